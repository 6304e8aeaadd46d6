"""What a follow-up leans on, and when a question is one."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from kb.chat import (
    HistoryItem,
    asks_for_step,
    context_of,
    follow_probability,
    is_follow_up,
    joined,
    leans_on,
)
from kb.hit import Answer, Citation, Hit

FIRST = HistoryItem("how do I descale it", article="coffee/descale")
LEANT = HistoryItem("on mobile?", interpreted_query="Descale: on mobile?")
OTHER = HistoryItem("mend a puncture", interpreted_query="mend a puncture", article="bike/puncture")


def test_a_first_question_has_no_context() -> None:
    assert context_of([]) is None


def test_the_topic_goes_back_through_follow_ups_to_the_question_that_opened_it() -> None:
    context = context_of([OTHER, FIRST, LEANT, LEANT])
    assert context is not None
    assert (context.previous, context.topic, context.article) == (LEANT, FIRST, "coffee/descale")


def test_a_question_that_stood_on_its_own_opens_a_topic() -> None:
    context = context_of([FIRST, LEANT, OTHER])
    assert context is not None
    assert (context.topic, context.article) == (OTHER, "bike/puncture")


def test_a_short_question_that_finds_little_and_the_article_told_last_among_it_is_a_follow_up() -> None:
    assert is_follow_up(follow_probability(0.30, 0.05, "and on mobile?"))
    assert not is_follow_up(follow_probability(0.55, 0.40, "why does the VPN fail with error 809 at home"))


def test_without_an_article_told_the_gap_is_an_average_one() -> None:
    near, unknown, far = (follow_probability(0.40, gap, "and then?") for gap in (0.0, None, 0.6))
    assert near > unknown > far


@given(st.floats(-1, 1), st.floats(0, 1), st.text(max_size=200))
def test_each_sign_counts_the_way_it_should(near: float, gap: float, question: str) -> None:
    here = follow_probability(near, gap, question)
    assert 0 <= here <= 1
    assert follow_probability(near + 0.1, gap, question) <= here
    assert follow_probability(near, gap + 0.1, question) <= here
    assert follow_probability(near, gap, question + "more words") <= here


def test_a_step_is_meant_by_few_words_or_in_a_follow_up() -> None:
    assert asks_for_step(3, 0.1)
    assert asks_for_step(9, 0.9)
    assert not asks_for_step(9, 0.1)


def test_a_context_stands_before_the_question() -> None:
    assert joined(["Is it full?"], " and then? ") == "Is it full: and then?"
    assert joined(["满了吗？", "怎么清空？ "], "然后呢？") == "满了吗; 怎么清空: 然后呢？"


def test_the_question_that_opened_the_topic_and_the_last_one_are_looked_up_with_a_follow_up() -> None:
    opened, longer = (
        context_of([OTHER, FIRST]),
        context_of([OTHER, FIRST, LEANT, replace(LEANT, question="and now?")]),
    )
    assert opened is not None
    assert longer is not None
    assert opened.questions == ("how do I descale it",)
    assert longer.questions == ("how do I descale it", "and now?")


def test_the_next_question_leans_on_what_is_cited_else_on_what_is_listed_first() -> None:
    cited = Citation(1, "cited", "default", "en-US", "", [], [], (1, 1), "en-US", "", None)
    texts = ("default", "en-US", [], "", None, 0.5, [], "#1", "", None, [], [], None, None, "")
    listed = [Hit("first", *texts), Hit("second", *texts)]
    whole = Answer("answered", 0.9, "en-US", "g", None, [], [cited], listed, 0.1)
    assert leans_on(whole) == "cited"
    assert leans_on(replace(whole, outcome="related", citations=[])) == "first"
    assert leans_on(replace(whole, outcome="none", citations=[], related=[])) is None
