"""Postings as arrays, and the pieces of BM25 that are computed over them: nothing here knows what a field means.

terms.npy   uint64, the tokens' keys, ascending       rows.npy    the rows of each token, ascending
starts.npy  int64, where each token's postings begin  counts.npy  how often each of those rows has it
fields.npy  uint8, the field of each token
lengths.npy uint32 [fields, rows], tokens in each field of each row
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
# Ids of terms that an index has are below.
UNKNOWN = 1 << 31


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


class Postings(NamedTuple):
    """The arrays of the module's table."""

    terms: npt.NDArray[np.uint64]
    starts: npt.NDArray[np.int64]
    rows: npt.NDArray[Any]
    counts: npt.NDArray[Any]
    fields: npt.NDArray[np.uint8]
    lengths: npt.NDArray[np.uint32]

    def by_row(self) -> Iterator[list[npt.NDArray[np.int64]]]:
        """For each row and field the places of its tokens in `terms`, each as often as the row has it."""
        places = np.repeat(np.arange(len(self.terms)), np.diff(self.starts))
        order = np.lexsort((places, self.fields[places], self.rows))
        repeated = np.repeat(places[order], self.counts[order].astype(np.int64))
        borders = np.concatenate([[0], np.cumsum(self.lengths.T.reshape(-1).astype(np.int64))])
        width = len(self.lengths)
        for row in range(self.lengths.shape[1]):
            at = borders[row * width : (row + 1) * width + 1]
            yield [repeated[at[f] : at[f + 1]] for f in range(width)]


def read_postings(folder: Path) -> Postings:
    """The arrays, mapped. Errors: OSError or ValueError."""
    # plain arrays over the maps: slicing a numpy.memmap costs ten times as much
    return Postings(
        *(np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in Postings._fields)
    )


def term_id(terms: npt.NDArray[np.uint64], field: str, token: str) -> int:
    """A token as a number of 32 bits: its place among an index's terms, or, from UNKNOWN on, a digest where the field
    has it nowhere."""
    key = key_of(field, token)
    place = int(np.searchsorted(terms, np.uint64(key)))
    known = place < len(terms) and int(terms[place]) == key
    return place if known else UNKNOWN | (key & (UNKNOWN - 1))


def read_terms(folder: Path) -> npt.NDArray[np.uint64]:
    """The terms of the index that `PostingsWriter.write` wrote to a folder, ascending."""
    terms: npt.NDArray[np.uint64] = np.load(folder / "terms.npy")
    return terms


class PostingsWriter:
    """Collects rows' token counts; writes them by token, then row, in the narrowest types that hold them."""

    def __init__(self, fields: Sequence[str]) -> None:
        self._fields = tuple(fields)
        self._ids: dict[tuple[str, str], int] = {}
        self._rows = array("q")
        self._terms = array("I")
        self._counts = array("I")
        self._sizes = array("I")
        self._lengths: dict[str, array[int]] = {field: array("I") for field in self._fields}

    def add(self, row: int, streams: Mapping[str, Sequence[str]]) -> None:
        """All fields' tokens of a row; rows come in ascending order."""
        ids = self._ids
        size = 0
        for field in self._fields:
            counts = Counter(streams[field])
            self._terms.extend([ids.setdefault((field, token), len(ids)) for token in counts])
            self._counts.extend(counts.values())
            self._lengths[field].append(len(streams[field]))
            size += len(counts)
        self._rows.append(row)
        self._sizes.append(size)

    def write(self, folder: Path, earlier: tuple[Postings, npt.NDArray[np.int64]] | None = None) -> Postings:
        """Writes the arrays, of the rows added and of those of an earlier index that stay.

        earlier  its postings, and for each of its rows the row that it is now, ascending, -1 where it is gone
        """
        new_keys = np.array([key_of(field, token) for field, token in self._ids], dtype=np.uint64)
        new_fields = np.array([self._fields.index(field) for field, _ in self._ids], dtype=np.uint8)
        new_rows = np.array(self._rows, dtype=np.int64)
        new = _Entries(
            np.frombuffer(self._terms, dtype=np.uint32) if self._terms else np.empty(0, np.uint32),
            np.repeat(new_rows, np.array(self._sizes, dtype=np.int64)),
            np.array(self._counts, dtype=np.uint32),
        )
        lengths = np.array([self._lengths[field] for field in self._fields], dtype=np.uint32)
        if earlier is None:
            made = _arranged(new_keys, new_fields, [(new_keys, new)], lengths)
        else:
            old, now = earlier
            kept = _kept(old, now)
            every = np.empty((len(self._fields), len(new_rows) + int((now >= 0).sum())), dtype=np.uint32)
            every[:, now[now >= 0]] = old.lengths[:, now >= 0]
            every[:, new_rows] = lengths
            keys, first = np.unique(np.concatenate([old.terms, new_keys]), return_index=True)
            fields = np.concatenate([old.fields, new_fields])[first]
            made = _arranged(keys, fields, [(old.terms, kept), (new_keys, new)], every)
        for name, values in made._asdict().items():
            np.save(folder / f"{name}.npy", values)
        return made


class _Entries(NamedTuple):
    """Postings one by one: the token's place among some keys, the row, how often."""

    terms: npt.NDArray[np.uint32]
    rows: npt.NDArray[np.int64]
    counts: npt.NDArray[np.uint32]


def _kept(old: Postings, now: npt.NDArray[np.int64]) -> _Entries:
    rows = now[old.rows]
    terms = np.repeat(np.arange(len(old.terms), dtype=np.uint32), np.diff(old.starts))
    stays = rows >= 0
    return _Entries(terms[stays], rows[stays], old.counts[stays].astype(np.uint32))


def _arranged(
    keys: npt.NDArray[np.uint64],
    fields: npt.NDArray[np.uint8],
    parts: Sequence[tuple[npt.NDArray[np.uint64], _Entries]],
    lengths: npt.NDArray[np.uint32],
) -> Postings:
    """parts: entries, and the keys that their terms are places of, all of which are among `keys`."""
    by_key = np.argsort(keys)
    ranked = keys[by_key]
    terms = np.concatenate([np.searchsorted(ranked, own)[e.terms] for own, e in parts])
    rows = np.concatenate([e.rows for _, e in parts])
    counts = np.concatenate([e.counts for _, e in parts])
    # of one part, rows were added in order, so each token's rows ascend
    order = np.argsort(terms, kind="stable") if len(parts) == 1 else np.lexsort((rows, terms))
    sizes = np.bincount(terms, minlength=len(ranked))
    used = sizes > 0
    return Postings(
        ranked[used],
        np.concatenate([[0], np.cumsum(sizes[used])]).astype(np.int64),
        rows[order].astype(np.min_scalar_type(max(lengths.shape[1], 1))),
        counts[order].astype(np.min_scalar_type(int(counts.max(initial=0)))),
        fields[by_key][used],
        lengths,
    )
