"""Answers: quoted word for word, in the right language, cited, or honestly none."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from smallkb import DUTCH, Hashing, Workshop, bare, said_in, workshop, write_locale

from indexer.passages import PassageSettings
from kb import answer as answering
from kb import confidence
from kb.answer import Asking, find
from kb.article import Run, Segment
from kb.embedded import Generation
from kb.encoded import QuestionVectors
from kb.hit import Answer, Link, SearchRequest, Step
from kb.quoted import Quotable, links_in
from kb.quotes import quotes_of, shown_with
from kb.rank import Question

GERMAN_ONLY = (
    "# Der Beamer bleibt dunkel\n\nSo geht er wieder an:\n\n1. Drücken Sie **Ein**.\n2. Warten Sie.\n"
)
PATHS = {"printing/paper-jam", "vpn/tunnel-drops", "mail/mailbox-full", "beamer"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with pytest.MonkeyPatch.context() as patch:
        made = workshop(tmp_path_factory.mktemp("answers"), patch)
        german = write_locale(made.root, "de-DE", {})
        (german / "beamer.md").write_text(GERMAN_ONLY, encoding="utf-8")
        made.index(
            german,
            write_locale(made.root, "nl-NL", DUTCH),
            write_locale(made.root, "ja-JP", {}, merged=True, bare=("red",)),
            passages=PassageSettings(target_tokens=20, max_tokens=60, context_tokens=24),
        )
        yield made


@pytest.fixture(scope="module")
def generation(shop: Workshop) -> Iterator[Generation]:
    opened = Generation(shop.home)
    yield opened
    opened.close()


Ask = Callable[..., Answer]


@pytest.fixture
def ask(generation: Generation, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Asks with the outcome set: `Hashing` is not what the confidence was trained on."""

    def ask(question: str, language: str = "en", outcome: str = "answered", **request: str) -> Answer:
        monkeypatch.setattr(answering, "outcome_of", lambda _confidence: outcome)
        asked = SearchRequest(question, **request)
        asking = Asking(generation, asked, language, Hashing().reader, time.perf_counter())
        return answering.answer(asking, find(asking))

    return ask


def told(answer: Answer) -> list[Step]:
    return [*([answer.lead] if answer.lead else []), *answer.steps]


def text_of(shop: Workshop, locale: str, path: str) -> str:
    return (shop.root / locale / f"{path}.md").read_text(encoding="utf-8")


QUESTIONS = {
    "the paper is stuck, open the lid": "printing/paper-jam",
    "what do the red and blinking lights mean": "printing/paper-jam",
    "my tunnel drops every hour": "vpn/tunnel-drops",
    "archive the old mail": "mail/mailbox-full",
    "der Beamer bleibt dunkel": "beamer",
}


@pytest.mark.parametrize("locale", ["nl-NL", "de-DE", "ja-JP", "en-US"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_every_quote_is_word_for_word_in_the_lines_that_it_cites(
    shop: Workshop, ask: Ask, question: str, locale: str
) -> None:
    answer = ask(question, locale=locale)
    steps = told(answer)
    assert steps and [c.n for c in answer.citations] == sorted(s.citation for s in steps)
    assert {c.article for c in answer.citations} == {QUESTIONS[question]}
    by_number = {c.n: c for c in answer.citations}
    for step in steps:
        citation = by_number[step.citation]
        text = text_of(shop, citation.lines_locale, citation.article)
        side = "source" if citation.locale == "en-US" else "target"
        assert step.text and bare(step.text) in said_in(text, citation.lines, side)
        if step.source_text is not None:
            assert bare(step.source_text) in said_in(text, citation.lines, "source")
        assert all(f'-{unit}"' in text for unit in step.units)
        assert step.units == citation.units
        assert (citation.source_locale is None) == (step.source_text is None)


def test_the_checker_itself_tells_a_quote_from_an_invention(shop: Workshop) -> None:
    text = text_of(shop, "nl-NL", "vpn/tunnel-drops")
    line = next(n for n, line in enumerate(text.split("\n"), 1) if "In leven houden" in line)
    said = said_in(text, (line, line), "target")
    assert said == "KiesInlevenhoudenindeclient." and said_in(text, (line, line), "source") == (
        "SelectKeepaliveintheclient."
    )
    assert bare("Kies Niet in leven houden") not in said


def test_steps_come_in_order_with_their_own_numbers_and_what_leads_in(ask: Ask) -> None:
    answer = ask("the paper is stuck, open the front lid", locale="nl-NL")
    assert answer.lead is not None
    assert answer.lead.text == "Doe dit als er een vel vastzit. Het duurt een minuut."
    numbered = [(s.number, s.text, s.source_text) for s in answer.steps if s.kind == "step"]
    assert numbered == [
        ("1", "Open de klep aan de voorkant.", "Open the front lid."),
        ("2", "Trek het vel eruit. Scheur het niet.", "Pull the sheet out. Don't tear it."),
        ("3", "Sluit de klep.", "Close the lid."),
    ]
    assert any(s.essential for s in told(answer))


def test_a_table_is_quoted_row_by_row_and_lettered_lines_one_by_one(ask: Ask) -> None:
    rows = [
        s.text for s in ask("red blinking light meaning toner", locale="en-US").steps if s.kind == "table"
    ]
    assert rows == ["Light | Meaning", "red | The toner is empty.", "blinking | The tray is open."]
    lettered = [(s.number, s.text) for s in ask("archive the old mail", locale="nl-NL").steps if s.number]
    assert lettered == [("a", "a. Open het archief."), ("b", "b. Sleep de oude post erin.")]


def test_what_matched_is_marked_essential_and_the_rest_of_its_section_is_not(ask: Ask) -> None:
    steps = told(ask("a printer of another floor has no lights", locale="en-US"))
    assert [s.text for s in steps if s.essential][-1] == "A printer of another floor has no lights."
    assert not all(s.essential for s in steps)
    assert "Open the front lid." not in [s.text for s in steps]


@pytest.mark.parametrize(
    ("language", "request_", "locale"),
    [
        ("en", {}, "en-US"),
        ("nl", {}, "nl-NL"),
        ("en", {"locale": "nl"}, "nl-NL"),
        ("nl", {"locale": "de-AT"}, "de-DE"),
        ("fr", {}, "en-US"),
        ("nl", {"locale": "fr-FR"}, "nl-NL"),
        ("fi", {"locale": "fr-FR"}, "en-US"),
    ],
)
def test_it_is_in_the_readers_locale_else_the_questions_else_the_source(
    ask: Ask, language: str, request_: dict[str, str], locale: str
) -> None:
    answer = ask("the paper is stuck", language, **request_)
    assert answer.locale == locale and {c.locale for c in answer.citations} == {locale}
    assert (told(answer)[0].source_text is None) == (locale == "en-US")


def test_an_article_that_lacks_the_readers_locale_is_quoted_in_one_that_it_has(ask: Ask) -> None:
    answer = ask("Der Beamer bleibt dunkel", "nl", locale="nl-NL")
    assert answer.locale == "de-DE" and {c.article for c in answer.citations} == {"beamer"}
    assert [s.text for s in told(answer)] == ["So geht er wieder an:", "Drücken Sie Ein.", "Warten Sie."]
    assert all(s.source_text is None and s.units == [] for s in told(answer))


@pytest.mark.parametrize("essential", [False, True])
def test_what_leads_in_is_a_step_where_it_answers_itself(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, essential: bool
) -> None:
    def chosen(found: Quotable, _question: Question) -> list[int]:
        kinds = [found.article.blocks[quote.block].kind for quote in found.quotes]
        first = kinds.index("step")
        return [first - 1, first] if essential else [first]

    monkeypatch.setattr("kb.quoted.essential_quotes", chosen)
    answer = ask("the paper is stuck, open the front lid", locale="nl-NL")
    leading = told(answer)[0]
    assert leading.text == "Doe dit als er een vel vastzit. Het duurt een minuut."
    assert (answer.lead is None, leading.essential) == (essential, essential)


def test_a_source_quote_names_the_file_that_its_lines_are_of(ask: Ask) -> None:
    citation = ask("the paper is stuck", locale="en-US").citations[0]
    assert (citation.locale, citation.lines_locale, citation.translation) == ("en-US", "de-DE", None)
    assert citation.url == "/a/printing/paper-jam?locale=en-US"


def test_related_articles_are_hits_and_no_answer_has_none(ask: Ask) -> None:
    related = ask("the paper is stuck", outcome="related", locale="nl-NL")
    assert (related.lead, related.steps, related.citations) == (None, [], [])
    assert {hit.article for hit in related.related} == PATHS
    none = ask("the paper is stuck", outcome="none", locale="nl-NL")
    assert (none.steps, none.citations, none.related) == ([], [], [])
    assert none.locale == "nl-NL"
    answered = ask("the paper is stuck", locale="nl-NL")
    assert {hit.article for hit in answered.related} == PATHS - {"printing/paper-jam"}


def test_a_question_far_from_everything_is_still_answered_in_whole_blocks(
    generation: Generation, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every cosine is below zero, so that a share of the best score lies above it."""
    everything = np.mean([c.means["passage"] for c in generation.collections.values()], axis=0)
    monkeypatch.setattr(
        Hashing,
        "question",
        lambda _self, _text, _language="": QuestionVectors(
            -everything.astype(np.float32), np.empty((0, 0), dtype=np.float32)
        ),
    )
    assert told(ask("zzzz qqqq"))


def test_the_outcome_is_cut_from_the_confidence() -> None:
    assert confidence.outcome_of(1.0) == "answered" and confidence.outcome_of(0.0) == "none"


@pytest.mark.usefixtures("shop")
def test_a_long_section_is_shown_around_the_match(tmp_path: Path) -> None:
    long = Workshop(tmp_path)
    folder = tmp_path / "src" / "nl-NL"
    folder.mkdir(parents=True)
    steps = "".join(f"{n}. Draai aan schroef nummer {n} hier.\n" for n in range(1, 90))
    (folder / "schroef.md").write_text(f"# Schroeven\n\n{steps}", encoding="utf-8")
    long.index(folder)
    generation = Generation(long.home)
    article = generation.collections["default"].locales["nl-NL"].article("schroef").article
    generation.close()
    quotes = quotes_of(article)
    shown = [quotes[at].number for at in shown_with(article, quotes, [59])]
    assert len(shown) < 50 and "60" in shown


def test_links_of_a_quote_say_where_they_point() -> None:
    bold = (Run("See "), Run("the ", href="../mail/quota.md"), Run("quota", ("strong",), "../mail/quota.md"))
    other = (Run("or", href="https://example.com"), Run("logo", href="https://example.com", image="logo.png"))
    segments = [Segment("1", ("1",), bold, None), Segment("2", ("2",), other, None)]
    assert links_in(segments) == [Link("the quota", "../mail/quota.md"), Link("or", "https://example.com")]
