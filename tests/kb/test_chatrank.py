"""Two orders made one: what counts of each, and what counts before the score."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from kb.chatrank import gap_to, merged
from kb.ranked import Ranked

HERE = cast(Any, SimpleNamespace(name="here"))


def order(**scores: float) -> list[Ranked]:
    """Articles by their scores."""
    found = [Ranked(HERE, path, score, 0, 0, 0, ((0, score),)) for path, score in scores.items()]
    return sorted(found, key=lambda r: -r.score)


def paths(ranked: list[Ranked]) -> list[str]:
    return [r.path for r in ranked]


def test_an_article_that_both_orders_hold_good_is_best() -> None:
    ranked = merged(
        order(phone=0.6, mailbox=0.5, car=0.4), order(mailbox=0.7, quota=0.65, phone=0.2), 1.0, None
    )
    assert paths(ranked) == ["mailbox", "quota", "phone", "car"]


def test_the_article_told_last_wins_a_close_race_and_no_other() -> None:
    alone, together = order(phone=0.60, mailbox=0.54), order(phone=0.60, mailbox=0.56)
    assert paths(merged(alone, together, 1.0, ("here", "mailbox")))[0] == "mailbox"
    assert paths(merged(alone, together, 1.0, ("elsewhere", "mailbox")))[0] == "phone"
    far = order(phone=0.80, mailbox=0.50)
    assert paths(merged(far, far, 1.0, ("here", "mailbox")))[0] == "phone"


def test_the_context_counts_by_the_odds_of_a_follow_up() -> None:
    alone, together = order(phone=0.60, mailbox=0.50), order(phone=0.50, mailbox=0.60)
    firsts = [paths(merged(alone, together, p, None))[0] for p in (0.2, 0.34, 0.4, 0.9, 1.0)]
    assert firsts == ["phone", "phone", "mailbox", "mailbox", "mailbox"]
    # at even odds 1.8 of the context against 1 of the question's own, and never more than 5
    scores = [merged(alone, together, p, None)[0].score for p in (0.5, 0.999, 1.0)]
    assert [round(s, 4) for s in scores] == [0.5643, 0.5833, 0.5833]


def test_what_the_question_says_to_the_letter_stays_first() -> None:
    named = [Ranked(HERE, "809", 0.1, 0, 0, 0, ((0, 0.1),), place=(0, -1)), *order(mailbox=0.5)]
    assert paths(merged(named, order(mailbox=0.9), 1.0, ("here", "mailbox")))[0] == "809"


@given(st.dictionaries(st.sampled_from("abcdef"), st.floats(0, 1), min_size=1))
def test_a_question_that_surely_stands_on_its_own_keeps_its_order(scores: dict[str, float]) -> None:
    alone = order(**scores)
    kept = merged(alone, order(a=1.0, z=0.9), 0.0, ("here", "z"))
    assert [r.score for r in kept if r.path in scores] == [r.score for r in alone]


def test_the_gap_is_to_the_first_and_at_most_to_the_last() -> None:
    alone = order(phone=0.6, mailbox=0.5, car=0.25)
    assert gap_to(alone, ("here", "phone")) == 0.0
    assert gap_to(alone, ("here", "unseen")) == 0.35
    assert gap_to(alone, None) is None
