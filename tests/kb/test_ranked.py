"""Copies of a passage share a score; who comes first among them."""

from dataclasses import dataclass
from typing import Any

from kb.ranked import Ranked, order_copies


@dataclass(frozen=True)
class Rows:
    """What ordering reads of a collection."""

    numbers: tuple[int, ...]
    copy_of: tuple[int, ...]


def ranked(rows: Rows, **found: tuple[int, float]) -> list[Ranked]:
    """found: article=(its best row, its score)."""
    collection: Any = rows
    return [Ranked(collection, path, score, 0, 0, 0, ((row, score),)) for path, (row, score) in found.items()]


def order(rows: Rows, **found: tuple[int, float]) -> list[tuple[str, float]]:
    return [(r.path, r.score) for r in order_copies(ranked(rows, **found))]


def test_articles_come_by_score_then_path_of_their_rows() -> None:
    rows = Rows(numbers=(1, 1, 1), copy_of=(0, 1, 2))
    assert order(rows, c=(2, 0.5), a=(0, 0.5), b=(1, 0.9)) == [("b", 0.9), ("a", 0.5), ("c", 0.5)]


def test_copies_share_the_best_score_and_the_one_that_says_it_earlier_leads() -> None:
    rows = Rows(numbers=(4, 1, 1), copy_of=(0, 0, 2))
    found = order(rows, late=(0, 0.9), early=(1, 0.7), other=(2, 0.8))
    assert found == [("early", 0.9), ("late", 0.9), ("other", 0.8)]


def test_of_copies_at_the_same_place_the_better_by_itself_leads() -> None:
    rows = Rows(numbers=(1, 1), copy_of=(0, 0))
    assert order(rows, a=(0, 0.7), b=(1, 0.9)) == [("b", 0.9), ("a", 0.9)]
    assert order(rows, b=(1, 0.7), a=(0, 0.7)) == [("a", 0.7), ("b", 0.7)]
