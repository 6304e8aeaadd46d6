"""One score from the dense and the lexical leg: convex combination, reciprocal ranks where nothing is tuned.

Each leg proposes rows; a convex combination wants both scores of every row of the union. The caller computes
those that a leg did not propose: a dense score is a dot product, a lexical one is what
`LexicalIndex.score` says, 0 where the row has no word of the query.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class _Id(Hashable, Protocol):
    """What identifies a row: hashable, and ordered so that ties are settled the same way each time."""

    def __lt__(self, other: Any, /) -> bool: ...


Row = TypeVar("Row", bound=_Id)


class ArticleHit(NamedTuple, Generic[Row]):
    """An article with its best row and that row's score."""

    path: str
    row: Row
    score: float


@dataclass(frozen=True, slots=True)
class FusionSettings:
    """Weights of the convex combination; they need not add up to 1, a missing leg's falls to the other."""

    dense_weight: float = 0.6
    lexical_weight: float = 0.4

    def __post_init__(self) -> None:
        weights = (self.dense_weight, self.lexical_weight)
        if min(weights) < 0 or sum(weights) <= 0:
            raise ValueError(f"fusion weights {weights} found, expected none below 0 and one above")


def fuse(dense: npt.ArrayLike | None, lexical: npt.ArrayLike | None, settings: FusionSettings) -> Floats:
    """float64 [rows], the weighted mean of both scores of the same rows, in their order.

    Dense scores are cosines, lexical ones are `kb.lexical`'s shares of what the query could reach: each is on
    one scale for all queries, so they are combined as they are, whatever the best of each list is (Bruch et
    al. 2022, "An Analysis of Fusion Functions for Hybrid Retrieval", theoretical normalisation). None for a
    leg that could not be asked leaves the other's scores as they are.
    """
    if dense is None and lexical is None:
        raise ValueError("both legs are missing, expected scores of at least one")
    if lexical is None:
        return np.array(dense, dtype=np.float64)
    if dense is None:
        return np.array(lexical, dtype=np.float64)
    near, words = np.asarray(dense, dtype=np.float64), np.asarray(lexical, dtype=np.float64)
    if near.shape != words.shape:
        raise ValueError(
            f"dense scores {near.shape} and lexical scores {words.shape} are not of the same rows"
        )
    total = settings.dense_weight + settings.lexical_weight
    return np.asarray(
        (settings.dense_weight * near + settings.lexical_weight * words) / total, dtype=np.float64
    )


def reciprocal_rank_fusion(runs: Iterable[Sequence[Row]], rrf_k: int = 60) -> dict[Row, float]:
    """Σ 1 / (rrf_k + rank) over the runs that hold a row, ranks from 1 (Cormack et al. 2009).

    A run lists rows best first, each once; the result is ordered by (-score, row).
    """
    scores: dict[Row, float] = {}
    for run in runs:
        for rank, row in enumerate(run, start=1):
            scores[row] = scores.get(row, 0.0) + 1 / (rrf_k + rank)
    return dict(sorted(sorted(scores.items(), key=lambda item: item[0]), key=lambda item: -item[1]))


def best_passage_per_article(
    scores: Mapping[Row, float], path_of: Callable[[Row], str]
) -> list[ArticleHit[Row]]:
    """Each article with its highest score, the first row where two share it; ordered by (-score, path)."""
    best: dict[str, tuple[float, Row]] = {}
    for row in sorted(scores):
        path = path_of(row)
        if path not in best or scores[row] > best[path][0]:
            best[path] = (scores[row], row)
    hits = [ArticleHit(path, row, score) for path, (score, row) in best.items()]
    return sorted(hits, key=lambda hit: (-hit.score, hit.path))
