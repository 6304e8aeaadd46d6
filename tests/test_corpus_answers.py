"""A real locale indexed whole: its counts, and one question in four languages of which three are not installed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typos import with_typos

from indexer.build import BuildOptions, build
from indexer.report import BuildReport, Quiet
from kb.hit import SearchRequest
from kb.knowledge import KnowledgeBase
from kb.modelstore import default_cache, install

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]
ARTICLE = "AlchemyInsights/user-provisioning-sync-issues"
QUESTIONS = {
    "en": "The attribute I want to map does not appear in the Source attribute list",
    "nl": "Het kenmerk dat ik wil toewijzen staat niet in de lijst met bronkenmerken",
    "de": "Das Attribut, das ich zuordnen möchte, erscheint nicht in der Liste der Quellattribute",
    "ja": "マップしたい属性がソース属性の一覧に表示されない",
}


@pytest.fixture(scope="module")
def indexed(
    shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[BuildReport, KnowledgeBase]]:
    install(default_cache())
    home = tmp_path_factory.mktemp("home")
    report = build([shared / "corpus/sxs/nl-NL.tar.gz"], home, options=BuildOptions(), progress=Quiet())
    kb = KnowledgeBase.open(home)
    yield report, kb
    kb.close()


def test_every_file_and_every_unit_is_accounted_for(indexed: tuple[BuildReport, KnowledgeBase]) -> None:
    report, _ = indexed
    (dutch,) = report.locales
    assert report.files == 2910 == report.indexed + report.excluded + len(report.skipped)
    assert (len(report.skipped), report.excluded) == (0, 1)
    assert dutch.units + report.excluded_units == 27_120
    assert dutch.front_matter_units == 3


@pytest.mark.parametrize("language", QUESTIONS)
def test_a_question_finds_its_article(indexed: tuple[BuildReport, KnowledgeBase], language: str) -> None:
    _, kb = indexed
    found = kb.search(SearchRequest(QUESTIONS[language]))
    assert (found.detected_lang, found.hits[0].article) == (language, ARTICLE)


def test_the_reader_gets_the_step_in_dutch_with_the_english_beside_it(
    indexed: tuple[BuildReport, KnowledgeBase],
) -> None:
    _, kb = indexed
    answer = kb.ask(QUESTIONS["en"], locale="nl-NL")
    first = answer.steps[0]
    cited = answer.citations[first.citation - 1]
    assert (answer.outcome, answer.locale, first.number, first.essential) == ("answered", "nl-NL", "1", True)
    assert first.source_text and first.text != first.source_text
    assert (cited.article, cited.locale, cited.units) == (ARTICLE, "nl-NL", ["103", "104"])


def test_without_a_locale_an_english_question_is_answered_in_english(
    indexed: tuple[BuildReport, KnowledgeBase],
) -> None:
    _, kb = indexed
    answer = kb.ask(QUESTIONS["en"])
    assert (answer.outcome, answer.locale) == ("answered", "en-US")
    assert answer.steps[0].text == kb.ask(QUESTIONS["en"], locale="nl-NL").steps[0].source_text


def test_a_slip_in_every_long_word_costs_less_than_a_tenth(
    shared: Path, indexed: tuple[BuildReport, KnowledgeBase]
) -> None:
    """MRR@10 of the development questions; all languages but two are not installed here."""
    _, kb = indexed
    records = [json.loads(line) for line in (shared / "eval/queries.jsonl").read_text("utf-8").splitlines()]

    def mrr(change: Callable[[str], str]) -> float:
        found = 0.0
        for record in records:
            right = {record["article"], *record.get("also", [])}
            ranked = kb.rank(SearchRequest(change(record["query"])))[:10]
            places = (n for n, r in enumerate(ranked, 1) if r.path.rpartition("/")[2] in right)
            found += 1 / next(places, float("inf"))
        return found / len(records)

    assert mrr(lambda text: text) - mrr(with_typos) < 0.10
