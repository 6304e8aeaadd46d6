"""Articles from ranked passages: each by its best one, copies side by side, near-duplicates as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kb.embedded import Collection
from kb.vectors import Floats


class Ranked(NamedTuple):  # hundreds are made for a question
    """An article with its best passage; `rows`: its candidate passages, best first, as (view row, fused score).

    dense, lexical, late  the best passage's own scores: a cosine between centred vectors, BM25 over the sum of idf,
                          late interaction (the lowest seen where its passage was not looked at); dense and late of
                          both encoders where there are two
    place                 what counts before the score: below 0 for an article that a rule has pinned, then less the
                          more it has of what the question says to the letter
    """

    collection: Collection
    path: str
    score: float
    dense: float
    lexical: float
    late: float
    rows: tuple[tuple[int, float], ...]
    place: tuple[int, int] = (0, 0)

    @property
    def row(self) -> int:
        return self.rows[0][0]


def articles_of(
    collection: Collection,
    rows: npt.NDArray[np.int64],
    fused: npt.NDArray[np.float64],
    legs: tuple[Floats, npt.NDArray[np.float64], npt.NDArray[np.float64]],
) -> list[Ranked]:
    """Candidate articles of passages, ordered by (-score, path). legs: dense, lexical and late scores of the rows."""
    dense, words, late = legs
    lowest = float(np.nanmin(late)) if np.isfinite(late).any() else 0.0
    order = np.lexsort((rows, -fused))
    scored = list(zip(rows[order].tolist(), fused[order].tolist(), strict=True))
    best: dict[str, list[tuple[int, float]]] = {}
    places: list[int] = []
    for n, found in enumerate(scored):
        path = collection.paths[found[0]]
        if path in best:
            best[path].append(found)
        else:
            best[path] = [found]
            places.append(n)
    firsts = order[places]
    alone = zip(
        dense[firsts].tolist(),
        words[firsts].tolist(),
        np.where(np.isfinite(late[firsts]), late[firsts], lowest).tolist(),
        strict=True,
    )
    ranked = [
        Ranked(collection, path, found[0][1], *legs_of, tuple(found))
        for (path, found), legs_of in zip(best.items(), alone, strict=True)
    ]
    return order_copies(ranked)


def order_copies(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Ordered by (-score, path); articles whose best passage is word for word the same share the best score, and the
    one that says it earlier comes first: there it is what the article is about. Then the better one by itself."""
    firsts = [r.collection.copy_of[r.row] for r in ranked]
    shared: dict[int, float] = {}
    for r, first in zip(ranked, firsts, strict=True):
        shared[first] = max(shared.get(first, r.score), r.score)
    placed = sorted(
        (-shared[first], first, r.collection.numbers[r.row], -r.score, r.path, n)
        for n, (r, first) in enumerate(zip(ranked, firsts, strict=True))
    )
    best = ((ranked[n], -score) for score, *_, n in placed)
    return [r if r.score == score else r._replace(score=score) for r, score in best]


def fold_duplicates(ranked: Sequence[Ranked]) -> list[tuple[Ranked, list[str]]]:
    """Articles that say the same below their titles, as (the best of them, paths of the others)."""
    groups: dict[tuple[str, str], tuple[Ranked, list[str]]] = {}
    for r in ranked:
        key = (r.collection.name, r.collection.bodies.get(r.path, r.path))
        if key in groups:
            groups[key][1].append(r.path)
        else:
            groups[key] = (r, [])
    return list(groups.values())
