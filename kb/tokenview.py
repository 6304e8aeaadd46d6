"""The token view: how well every token of a question is met by some token of a passage.

    score(question, passage) = mean over the question's tokens of max over the passage's tokens of their cosine

Late interaction as in Khattab & Zaharia 2020, "ColBERT", with the tokens of an encoder that was trained for whole
texts: it tells apart what one vector for a passage blurs. Tokens are centred by language like the texts themselves
(kb.vectors.centre). It costs more than a dot product, so it orders what the other legs have found.

On disk, below the folder of a collection (tokens of its source) or of a locale (of its own text): `codes.npy` uint8
[tokens, dim / 2], two dimensions a byte; `scales.npy` float32 [tokens]; `starts.npy` int64 [rows + 1], where each row's
tokens begin. A token's value is scale · (code − 8).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from tokenize import TokenError
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kb.errors import IndexDamaged
from kb.generation import REBUILD
from kb.rowfile import RowFile, Span
from kb.vectors import Floats, centre

_STEPS = 7  # codes 1 to 15, so that 0 has a code of its own
_ZERO = 8
# Products of so many multiplications at most are what OpenBLAS does by a shorter way, almost twice as fast.
_SMALL_PRODUCT = 1_000_000
_SHORTEST_STRETCH = 64
# A question's further tokens are not looked up: people say what they want before that.
MAX_QUESTION_TOKENS = 64


class TokenCounts(NamedTuple):
    """mean: of all tokens, summed in float64 in order, None where no row has any; counts: each row's, int64 [rows]."""

    mean: npt.NDArray[np.float64] | None
    counts: npt.NDArray[np.int64]


def count_tokens(rows: Iterable[Floats]) -> TokenCounts:
    """What has to be known of all rows before the first one can be written."""
    total: npt.NDArray[np.float64] | None = None
    counts: list[int] = []
    for tokens in rows:
        counts.append(len(tokens))
        if len(tokens):
            here = np.add.reduce(tokens, axis=0, dtype=np.float64)
            total = here if total is None else total + here
    every = np.array(counts, dtype=np.int64)
    return TokenCounts(None if total is None else total / every.sum(), every)


def token_mean(rows: Iterable[Floats]) -> npt.NDArray[np.float64] | None:
    """Mean vector of all tokens, summed in float64 in order; None where no row has any."""
    return count_tokens(rows).mean


def write_token_view(
    folder: Path,
    rows: Iterable[Floats],
    mean: npt.NDArray[np.float64],
    counts: npt.NDArray[np.int64],
) -> None:
    """Writes each row's tokens, centred by `mean`. counts: how many tokens each has."""
    folder.mkdir(parents=True)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    half = (len(mean) + 1) // 2
    shape = (int(starts[-1]), half)
    codes = np.lib.format.open_memmap(folder / "codes.npy", mode="w+", dtype=np.uint8, shape=shape)
    scales = np.empty(shape[0], dtype=np.float32)
    for start, tokens in zip(starts, rows, strict=False):
        if len(tokens):
            stop = start + len(tokens)
            codes[start:stop], scales[start:stop] = _quantise(centre(tokens, mean), half)
    codes.flush()
    del codes
    np.save(folder / "scales.npy", scales)
    np.save(folder / "starts.npy", starts)


def copy_token_rows(view: TokenView, rows: npt.NDArray[np.int64], folder: Path) -> None:
    """Writes some rows of a view, in the order given, as a view of its own."""
    folder.mkdir(parents=True)
    spans = view.spans(rows)
    np.save(folder / "codes.npy", view.codes.read(spans))
    np.save(folder / "scales.npy", view.scales.read(spans))
    np.save(folder / "starts.npy", np.cumsum([0, *(stop - start for start, stop in spans)], dtype=np.int64))


class TokenView:
    """A token view opened for scoring. Threads may share one."""

    def __init__(self, folder: Path) -> None:
        try:
            self.codes, self.scales = (RowFile(folder / f"{name}.npy") for name in ("codes", "scales"))
            with (folder / "starts.npy").open("rb") as file:
                self._starts = np.lib.format.read_array(file)
        except (
            OSError,
            EOFError,
            ValueError,
            SyntaxError,
            TokenError,
        ) as error:  # numpy reads headers as Python
            raise IndexDamaged(f"{folder} is no readable token view ({error}); {REBUILD}") from error
        if not self._fits():
            raise IndexDamaged(f"{folder} has files that don't belong together; {REBUILD}")

    def _fits(self) -> bool:
        arrays = (self.codes, self.scales, self._starts)
        return (
            [(a.dtype.name, len(a.shape)) for a in arrays] == [("uint8", 2), ("float32", 1), ("int64", 1)]
            and all(a.dtype.isnative for a in arrays)
            and len(self.codes) == len(self.scales) == self._starts[-1]
            and self._starts[0] == 0
            and bool((np.diff(self._starts) >= 0).all())
        )

    @property
    def rows(self) -> int:
        return len(self._starts) - 1

    def score(self, question: Floats, rows: npt.NDArray[np.int64]) -> Floats:
        """float32 [len(rows)], the formula above; 0 for rows and questions without tokens.

        question  centred unit vectors of its tokens, [tokens, dim]
        """
        spans = self.spans(rows)
        counts = np.array([stop - start for start, stop in spans], dtype=np.int64)
        full = np.flatnonzero(counts)
        scores = np.zeros(len(rows), dtype=np.float32)
        if not len(question) or not len(full):
            return scores
        begins = np.concatenate([[0], np.cumsum(counts[full])[:-1]])
        near = self._cosines(question[:MAX_QUESTION_TOKENS], spans)
        scores[full] = np.maximum.reduceat(near, begins, axis=0).mean(axis=1)
        return scores

    def spans(self, rows: npt.NDArray[np.int64]) -> list[Span]:
        """Where the tokens of each of the rows stand in `codes` and `scales`."""
        return list(zip(self._starts[rows].tolist(), self._starts[rows + 1].tolist(), strict=True))

    def vectors(self, row: int) -> Floats:
        """float32 [the row's tokens, dim, made even]: each token's centred unit vector as far as its codes tell it."""
        spans = self.spans(np.array([row]))
        codes = self.codes.read(spans)
        values = np.concatenate([codes >> 4, codes & 15], axis=1).astype(np.float32) - _ZERO
        return np.asarray(values * self.scales.read(spans)[:, None], dtype=np.float32)

    def near(self, question: Floats, row: int) -> Floats:
        """float32 [the row's tokens, question tokens], the cosine of each of both, in the order of the text."""
        return self._cosines(question[:MAX_QUESTION_TOKENS], self.spans(np.array([row])))

    def _cosines(self, question: Floats, spans: Sequence[Span]) -> Floats:
        """float32 [tokens, question tokens], without unpacking the codes into values first."""
        all_codes = self.codes.read(spans)
        half = all_codes.shape[1]
        padded = np.zeros((len(question), 2 * half), dtype=np.float32)
        padded[:, : question.shape[1]] = question
        high, low = (np.ascontiguousarray(part.T) for part in (padded[:, :half], padded[:, half:]))
        raw = np.empty((len(all_codes), len(question)), dtype=np.float32)
        # a stretch at a time, which stays in the processor's cache
        stretch = max(_SMALL_PRODUCT // max(len(question) * half, 1), _SHORTEST_STRETCH)
        nibbles = np.empty((min(stretch, len(all_codes)), half), dtype=np.uint8)
        values = np.empty(nibbles.shape, dtype=np.float32)
        for start in range(0, len(all_codes), stretch):
            codes, out = all_codes[start : start + stretch], raw[start : start + stretch]
            size = len(codes)
            values[:size] = np.right_shift(codes, 4, out=nibbles[:size])
            np.matmul(values[:size], high, out=out)
            values[:size] = np.bitwise_and(codes, 15, out=nibbles[:size])
            out += values[:size] @ low
        raw -= _ZERO * padded.sum(axis=1)
        raw *= self.scales.read(spans)[:, None]
        return raw


def _quantise(tokens: Floats, half: int) -> tuple[npt.NDArray[np.uint8], Floats]:
    padded = np.zeros((len(tokens), 2 * half), dtype=np.float32)
    padded[:, : tokens.shape[1]] = tokens
    largest = np.abs(padded).max(axis=1)
    scales = np.where(largest == 0.0, 1.0, largest / _STEPS).astype(np.float32)
    codes = (np.rint(padded / scales[:, None]) + _ZERO).astype(np.uint8)
    return (codes[:, :half] << 4) | codes[:, half:], scales
