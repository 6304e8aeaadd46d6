"""One score from the legs: the convex combination of dense and lexical, refined by late interaction.

Each leg proposes rows; a convex combination wants both scores of every row of the union. The caller computes
those that a leg did not propose: a dense score is a dot product, a lexical one is what
`LexicalIndex.score` says, 0 where the row has no word of the query.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FusionSettings:
    """Weights of dense and lexical, which need not add up to 1 (a missing leg's falls to the other); the share of late
    interaction in the final score, and that of the second encoder in dense and late scores, both 0 to 1."""

    dense_weight: float = 0.4
    lexical_weight: float = 0.6
    late_weight: float = 0.75
    second_weight: float = 0.5

    def __post_init__(self) -> None:
        weights = (self.dense_weight, self.lexical_weight)
        if min(weights) < 0 or sum(weights) <= 0:
            raise ValueError(f"fusion weights {weights} found, expected none below 0 and one above")
        for name, share in (
            ("late interaction", self.late_weight),
            ("the second encoder", self.second_weight),
        ):
            if not 0 <= share <= 1:
                raise ValueError(f"{name}'s share is {share}, expected 0 to 1")


# For a question that one encoder reads, and for one that two read: what both hold near is worth more. Of one in another
# language than the second encoder's that one has read but the words, and words of its own are looked up as before;
# those of a language that is not installed are named with less certainty.
ONCE = FusionSettings()
TWICE = FusionSettings(dense_weight=0.65, lexical_weight=0.35, late_weight=0.55)
GLOSSED = FusionSettings(second_weight=0.45)
NAMED = FusionSettings(second_weight=0.3)


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


def mixed(
    first: npt.NDArray[np.float32], second: npt.NDArray[np.float32], share: float
) -> npt.NDArray[np.float32]:
    """Two encoders' scores of the same rows as one: cosines of centred vectors both, so they are averaged as they are.

    share  of the second
    """
    return np.asarray((1 - share) * first + share * second, dtype=np.float32)


def refine(fused: Floats, late: Floats, settings: FusionSettings) -> Floats:
    """float64 [rows]: the fused scores with the late ones of the same rows mixed in.

    late  NaN for rows that were not good enough to be scored: they take the lowest of the others
    """
    known = np.isfinite(late)
    if not known.any():
        return fused
    filled = np.where(known, late, late[known].min())
    return np.asarray((1 - settings.late_weight) * fused + settings.late_weight * filled, dtype=np.float64)
