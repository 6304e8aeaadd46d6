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
    """Candidate articles of passages, ordered by (-score, path); articles whose best passage is word for word the same
    share the best score, and the one that says it earlier comes first: there it is what the article is about. Then
    the better one by itself.

    legs  dense, lexical and late scores of the rows
    """
    dense, words, late = legs
    lowest = float(np.nanmin(late)) if np.isfinite(late).any() else 0.0
    order = np.lexsort((rows, -fused))
    rows, fused = rows[order], fused[order]
    places, firsts, of_place = np.unique(
        collection.facets.of_row[rows], return_index=True, return_inverse=True
    )
    # an article's passages side by side, best first
    together = np.argsort(of_place, kind="stable")
    ends = np.cumsum(np.bincount(of_place, minlength=len(places))).tolist()
    passages = list(zip(rows[together].tolist(), fused[together].tolist(), strict=True))
    best = order[firsts]
    ranking, shared = order_copies(
        fused[firsts], collection.copies[rows[firsts]], collection.ordinals[rows[firsts]]
    )
    scores = zip(
        shared.tolist(),
        dense[best].tolist(),
        words[best].tolist(),
        np.where(np.isfinite(late[best]), late[best], lowest).tolist(),
        strict=True,
    )
    found = [
        Ranked(collection, collection.facets.paths[place], *own, tuple(passages[start:end]))
        for place, own, start, end in zip(places.tolist(), scores, [0, *ends], ends, strict=False)
    ]
    return [found[n] for n in ranking.tolist()]


def order_copies(
    scores: npt.NDArray[np.float64], firsts: npt.NDArray[np.int64], numbers: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """(the order of articles that come by path, the score that each shares with its copies).

    firsts   the first row that says what the article's best passage says
    numbers  the number of that passage in its article
    """
    _, group = np.unique(firsts, return_inverse=True)
    best = np.full(len(scores), -np.inf)
    np.maximum.at(best, group, scores)
    shared = best[group]
    return np.lexsort((-scores, numbers, firsts, -shared)), shared


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
