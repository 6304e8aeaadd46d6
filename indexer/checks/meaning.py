"""Pairs whose sides lie far apart in embedding space: a translation that says something else, perhaps.

Each side is centred by its language's mean vector, as search does it (E5's vectors carry the language), then the
cosine of both sides is taken. How similar true translations are differs by locale, so the bound is a locale's own:
FAR standard deviations below its mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from indexer.checks.finding import Found
from indexer.checks.spool import Spool
from kb.embedcache import EmbeddingCache, TextEncoder, encode_cached

Floats = npt.NDArray[np.float32]
FAR = 2.5
# Shorter texts say too little by themselves.
LEAST_CHARACTERS = 25
_BATCH = 256
_PAIRS = (
    "SELECT id, source, target FROM pair WHERE locale = ? AND length(source) >= ? AND source_key <> target_key"
    " AND target <> '' ORDER BY id"
)


def find_meaning(
    spool: Spool, encoder: Callable[[], TextEncoder], cache: EmbeddingCache, advance: Callable[[int], None]
) -> None:
    """Adds findings of kind "meaning" to the spool. Memory is a batch of pairs; vectors come from the cache twice.

    advance  called with the number of pairs encoded since the last call
    """
    for (locale,) in list(spool.rows("SELECT DISTINCT locale FROM pair ORDER BY locale")):
        sums = [np.zeros(0), np.zeros(0)]
        count = 0
        for batch in _batches(spool, locale):
            sides = _encoded(batch, encoder, cache)
            sums = [(s if s.size else np.zeros(v.shape[1])) + v.sum(axis=0, dtype=np.float64)
                    for s, v in zip(sums, sides, strict=True)]  # fmt: skip
            count += len(batch)
            advance(len(batch))
        if count < 2:
            continue
        means = [total / count for total in sums]
        similar = np.concatenate(
            [_cosines(*_encoded(batch, encoder, cache), *means) for batch in _batches(spool, locale)]
        )
        bound = float(similar.mean() - FAR * similar.std())
        ids = (row[0] for batch in _batches(spool, locale) for row in batch)
        for pair, value in zip(ids, similar.tolist(), strict=True):
            if value < bound:
                told = f"the sides are {value:.2f} alike, in this locale {similar.mean():.2f} on average"
                spool.add_found(pair, 0, Found("meaning", told))


def _batches(spool: Spool, locale: str) -> Iterator[list[Any]]:
    rows = spool.rows(_PAIRS, (locale, LEAST_CHARACTERS))
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _encoded(
    batch: list[Any], encoder: Callable[[], TextEncoder], cache: EmbeddingCache
) -> tuple[Floats, Floats]:
    return (
        encode_cached(encoder, [row[1] for row in batch], cache),
        encode_cached(encoder, [row[2] for row in batch], cache),
    )


def _cosines(source: Floats, target: Floats, source_mean: Any, target_mean: Any) -> npt.NDArray[np.float64]:
    """float64 [n]: cosines of rows, each side's mean taken away first."""
    one, other = source - source_mean, target - target_mean
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    cosines: npt.NDArray[np.float64] = (one * other).sum(axis=1) / np.maximum(lengths, 1e-12)
    return cosines
