"""Postings as arrays, and the pieces of BM25 that are computed over them: nothing here knows what a field means.

terms.npy   uint64, the tokens' keys, ascending      rows.npy     the rows of each token, ascending
starts.npy  int64, where each token's postings begin  counts.npy   how often each of those rows has it
lengths.npy uint32 [fields, rows], tokens in each field of each row
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def key_of(field: str, token: str) -> int:
    """64 bits for a field's token; two of a million share theirs once in 40 million indexes."""
    return int.from_bytes(hashlib.blake2b(f"{field} {token}".encode(), digest_size=8).digest(), "little")


def idf(df: npt.ArrayLike, rows: int) -> Floats:
    """Inverse document frequency of tokens in `df` of `rows` rows, positive for every df."""
    known = np.asarray(df, dtype=np.float64)
    return np.asarray(np.log1p((rows - known + 0.5) / (known + 0.5)), dtype=np.float64)


def saturation(tf: npt.ArrayLike, length: npt.ArrayLike, mean_length: float, k1: float, b: float) -> Floats:
    """What BM25 makes of a token's count in a row, 0 to 1: tf / (tf + k1 · (1 − b + b · length / mean))."""
    count = np.asarray(tf, dtype=np.float64)
    norm = k1 * (1 - b + b * np.asarray(length, dtype=np.float64) / mean_length)
    return np.asarray(count / (count + norm), dtype=np.float64)


class PostingsWriter:
    """Collects rows' token counts; writes them by token, then row, in the narrowest types that hold them."""

    def __init__(self, fields: Sequence[str]) -> None:
        self.rows = 0
        self._fields = tuple(fields)
        self._ids: dict[tuple[str, str], int] = {}
        self._terms = array("I")
        self._counts = array("I")
        self._sizes = array("I")
        self._lengths: dict[str, array[int]] = {field: array("I") for field in self._fields}

    def add(self, field: str, tokens: Sequence[str]) -> None:
        """One field of one row; a row's fields come in the order given."""
        ids = self._ids
        counts = Counter(tokens)
        self._terms.extend([ids.setdefault((field, token), len(ids)) for token in counts])
        self._counts.extend(counts.values())
        self._lengths[field].append(len(tokens))
        if field == self._fields[0]:
            self.rows += 1
            self._sizes.append(0)
        self._sizes[-1] += len(counts)

    def write(self, folder: Path) -> None:
        keys = np.array([key_of(field, token) for field, token in self._ids], dtype=np.uint64)
        by_key = np.argsort(keys)
        rank = np.empty(len(keys), dtype=np.int64)
        rank[by_key] = np.arange(len(keys))
        terms = rank[np.frombuffer(self._terms, dtype=np.uint32)] if self._terms else np.empty(0, np.int64)
        order = np.argsort(terms, kind="stable")  # rows were added in order, so each token's rows ascend
        rows = np.repeat(np.arange(self.rows), np.array(self._sizes, dtype=np.int64))[order]
        counts = np.array(self._counts, dtype=np.uint32)[order]
        np.save(folder / "terms.npy", keys[by_key])
        sizes = np.bincount(terms, minlength=len(keys))
        np.save(folder / "starts.npy", np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64))
        np.save(folder / "rows.npy", rows.astype(np.min_scalar_type(max(self.rows, 1))))
        np.save(folder / "counts.npy", counts.astype(np.min_scalar_type(int(counts.max(initial=0)))))
        np.save(
            folder / "lengths.npy",
            np.array([self._lengths[field] for field in self._fields], dtype=np.uint32),
        )
