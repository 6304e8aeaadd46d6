"""Copies of a passage share a score; who comes first among them."""

import numpy as np

from kb.ranked import order_copies


def order(**found: tuple[float, int, int]) -> list[tuple[str, float]]:
    """found: article=(its score, the first row that says its best passage, that passage's number), by path."""
    paths = sorted(found)
    scores, firsts, numbers = zip(*(found[path] for path in paths), strict=True)
    places, shared = order_copies(np.array(scores), np.array(firsts), np.array(numbers))
    return [(paths[n], float(shared[n])) for n in places]


def test_articles_come_by_score_then_path_of_their_rows() -> None:
    assert order(c=(0.5, 2, 1), a=(0.5, 0, 1), b=(0.9, 1, 1)) == [("b", 0.9), ("a", 0.5), ("c", 0.5)]


def test_copies_share_the_best_score_and_the_one_that_says_it_earlier_leads() -> None:
    found = order(late=(0.9, 0, 4), early=(0.7, 0, 1), other=(0.8, 2, 1))
    assert found == [("early", 0.9), ("late", 0.9), ("other", 0.8)]


def test_of_copies_at_the_same_place_the_better_by_itself_leads() -> None:
    assert order(a=(0.7, 0, 1), b=(0.9, 0, 1)) == [("b", 0.9), ("a", 0.9)]
    assert order(b=(0.7, 0, 1), a=(0.7, 0, 1)) == [("a", 0.7), ("b", 0.7)]
