"""Golden conversations over a small bilingual knowledge base: follow-ups, steps, topic switches, undoing."""

from collections.abc import Iterator, Sequence

import pytest
from smallkb import DUTCH, Workshop, workshop, write_locale

from kb import answer as answering
from kb.chat import ChatRequest, HistoryItem, Interpreted
from kb.errors import InputError, NotFound
from kb.hit import Answer, SearchRequest
from kb.knowledge import KnowledgeBase

JAM = "The paper jams in the printer"
CITED = HistoryItem(JAM, JAM, "printing/paper-jam")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with pytest.MonkeyPatch.context() as patch:
        made = workshop(tmp_path_factory.mktemp("chat"), patch)
        made.index(write_locale(made.root, "nl-NL", DUTCH))
        yield made


@pytest.fixture(scope="module")
def kb(shop: Workshop) -> Iterator[KnowledgeBase]:
    opened = shop.open()
    yield opened
    opened.close()


def turn(
    kb: KnowledgeBase, question: str, history: Sequence[HistoryItem] = (), **more: object
) -> tuple[Interpreted, Answer]:
    interpreted, answer = kb.chat(ChatRequest(question, history=tuple(history), **more))  # type: ignore[arg-type]
    assert isinstance(interpreted, Interpreted)
    assert isinstance(answer, Answer)
    return interpreted, answer


def test_a_first_question_is_answered_as_ask_answers_it(kb: KnowledgeBase) -> None:
    interpreted, answer = turn(kb, JAM, locale="nl-NL")
    asked = kb.ask(JAM, locale="nl-NL")
    assert (interpreted.interpreted_query, interpreted.follow_up) == (JAM, False)
    assert (answer.outcome, answer.lead, answer.steps) == (asked.outcome, asked.lead, asked.steps)
    assert (answer.citations, answer.confidence) == (asked.citations, asked.confidence)


@pytest.mark.parametrize(
    ("question", "locale", "number", "text"),
    [
        ("step 2?", None, "2", "Pull the sheet out. Don't tear it."),
        ("en stap 3?", "nl-NL", "3", "Sluit de klep."),
        ("第三步", "nl-NL", "3", "Sluit de klep."),
        ("the first step", "en-US", "1", "Open the front lid."),
    ],
)
def test_a_step_of_the_cited_article_is_meant(
    kb: KnowledgeBase, question: str, locale: str | None, number: str, text: str
) -> None:
    interpreted, answer = turn(kb, question, [CITED], locale=locale)
    assert (interpreted.step, interpreted.follow_up, answer.outcome) == (number, True, "answered")
    assert [(s.number, s.text) for s in answer.steps if s.essential] == [(number, text)]
    assert {c.article for c in answer.citations} == {"printing/paper-jam"}


def test_a_step_that_the_article_lacks_is_a_question_like_any(kb: KnowledgeBase) -> None:
    full = HistoryItem("The mailbox is full", None, "mail/mailbox-full")
    interpreted, answer = turn(kb, "step 9?", [full])
    assert interpreted.step is None
    assert all(step.number != "9" for step in answer.steps)


def test_a_step_without_a_cited_article_is_a_question_like_any(kb: KnowledgeBase) -> None:
    for history in ([], [HistoryItem(JAM)], [HistoryItem(JAM, JAM, "gone/away")]):
        assert turn(kb, "step 2?", history)[0].step is None


def test_a_follow_up_finds_what_its_context_is_about(kb: KnowledgeBase) -> None:
    alone, _ = turn(kb, "and then?")
    interpreted, answer = turn(kb, "and then?", [CITED])
    assert alone.interpreted_query == "and then?"
    assert interpreted.interpreted_query == f"{JAM}: and then?"
    assert first(answer) == "printing/paper-jam"


def test_the_context_may_be_in_another_language(kb: KnowledgeBase) -> None:
    interpreted, answer = turn(kb, "en dan?", [CITED], locale="nl-NL", lang="nl")
    assert interpreted.interpreted_query == f"{JAM}: en dan?"
    assert first(answer) == "printing/paper-jam"


def test_what_is_named_to_the_letter_comes_before_the_article_told_last(kb: KnowledgeBase) -> None:
    interpreted, answer = turn(kb, 'and "tunnel drops"?', [CITED])
    assert first(answer) == "vpn/tunnel-drops", interpreted


def test_the_question_that_opened_the_topic_and_the_last_one_are_the_context(kb: KnowledgeBase) -> None:
    topic = HistoryItem("The tunnel drops every hour", None, None)
    leant = HistoryItem("why?", "The tunnel drops every hour: why?", None)
    interpreted, answer = turn(kb, "and?", [topic, leant])
    assert interpreted.interpreted_query == "The tunnel drops every hour; why: and?"
    assert first(answer) == "vpn/tunnel-drops"


def test_another_topic_is_not_dragged_back(kb: KnowledgeBase) -> None:
    interpreted, answer = turn(kb, "The tunnel drops every hour", [CITED])
    assert (interpreted.follow_up, interpreted.interpreted_query) == (False, "The tunnel drops every hour")
    assert first(answer) == "vpn/tunnel-drops"


def test_an_interpretation_can_be_undone(kb: KnowledgeBase) -> None:
    for question in ("and then?", "step 2?"):
        undone, answer = turn(kb, question, [CITED], interpret=False)
        assert (undone.interpreted_query, undone.follow_up, undone.step) == (question, False, None)
        assert first(answer) == kb.search(SearchRequest(question)).hits[0].article


def test_a_turn_that_is_cut_short_frees_its_generation(shop: Workshop) -> None:
    opened = shop.open()
    parts = opened.chat(ChatRequest(JAM))
    next(parts)
    assert opened._leases.current.readers == 1
    parts.close()  # type: ignore[attr-defined]
    assert opened._leases.current.readers == 0
    opened.close()


def test_what_ask_refuses_is_refused(kb: KnowledgeBase) -> None:
    with pytest.raises(InputError, match="empty"):
        turn(kb, "  ")
    with pytest.raises(NotFound, match="no collection"):
        turn(kb, JAM, collection="none")


def first(answer: Answer) -> str | None:
    """The article that an answer puts first."""
    if answer.citations:
        return answer.citations[0].article
    return answer.related[0].article if answer.related else None


def test_a_follow_up_is_at_least_told_what_it_may_be_about(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "outcome_of", lambda _confidence: "none")
    interpreted, answer = turn(kb, "and up?", [CITED])
    assert interpreted.follow_up
    assert (answer.outcome, answer.citations) == ("related", [])
    assert answer.related[0].article == CITED.article
    _, alone = turn(kb, JAM)
    assert (alone.outcome, alone.related) == ("none", [])
