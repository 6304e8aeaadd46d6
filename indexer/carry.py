"""From one encoder's tokens to another's: the matrix that takes the one as near to the other as it can.

Both encoders have read the same passages, and their tokens lie over the same characters, so that pairs of vectors are
there by the hundred thousand without anything to be judged: ridge regression (Hoerl and Kennard 1970) of each of the
first's tokens on the mean of the second's that share characters with it. A token of any language that the first knows
has a place in the second's space with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kb.encoded import Spans
from kb.means import Mean
from kb.tokenview import TokenView
from kb.vectors import Floats

# With 600 passages the cosine of what is carried and what it stands for is .571, with 1,500 .577.
_PASSAGES = 1500
Vectors = npt.NDArray[np.float64]
_RIDGE = 30.0  # of 1 to 300 each gives the same


class Tokenized(NamedTuple):
    """A token view and the mean that was taken off its tokens, and what tells where they stand in their texts."""

    view: TokenView
    mean: Mean
    spans: Spans


def learn_carry(first: Tokenized, second: Tokenized, texts: Sequence[str]) -> Floats | None:
    """float32 [first's dim, second's dim]; None where no passage has tokens of both.

    texts  of all rows of the views
    """
    rows = np.unique(np.linspace(0, max(len(texts) - 1, 0), num=min(len(texts), _PASSAGES)).astype(np.int64))
    dim = len(first.mean)
    squared, crossed = np.zeros((dim, dim)), np.zeros((dim, len(second.mean)))
    for own, other in _pairs(first, second, [(row, texts[row]) for row in rows.tolist()]):
        squared += own.T @ own
        crossed += own.T @ other
    if not crossed.any():
        return None
    return np.linalg.solve(squared + _RIDGE * np.eye(dim), crossed).astype(np.float32)


def _pairs(
    first: Tokenized, second: Tokenized, texts: Sequence[tuple[int, str]]
) -> Iterator[tuple[Vectors, Vectors]]:
    """For each (row, text) its tokens and what the second encoder has for them, as far as it has."""
    for row, text in texts:
        own, other = (read.view.vectors(row)[:, : len(read.mean)] for read in (first, second))
        places, others = first.spans([text])[0], second.spans([text])[0]
        if len(places) != len(own) or len(others) != len(other):
            continue  # cut at an encoder's length
        met = [
            (n, [k for k, (start, stop) in enumerate(others) if start < end and begin < stop])
            for n, (begin, end) in enumerate(places)
            if text[begin:end].strip()
        ]
        kept = [(n, over) for n, over in met if over]
        if kept:
            means = np.array([other[over].mean(axis=0) for _, over in kept], dtype=np.float64)
            lengths = np.linalg.norm(means, axis=1, keepdims=True)
            yield own[[n for n, _ in kept]].astype(np.float64), means / np.maximum(lengths, 1e-9)
