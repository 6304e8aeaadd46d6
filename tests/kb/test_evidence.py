"""Which of an article's quotes meets which token of a question."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from smallkb import DUTCH, Hashing, Workshop, workshop, write_locale

from indexer import deepen as deepening
from indexer.deepen import deepen
from indexer.passages import PassageSettings
from indexer.report import Quiet
from kb.embedded import Generation
from kb.encoded import TextReader
from kb.evidence import Evidence
from kb.hit import SearchRequest
from kb.quoted import Quotable, quotable_in
from kb.quotematch import MATCH_FEATURES, match_features
from kb.search import question_of, rank_all

JAM = "printing/paper-jam"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with pytest.MonkeyPatch.context() as patch:
        made = workshop(tmp_path_factory.mktemp("evidence"), patch)
        made.index(
            write_locale(made.root, "nl-NL", DUTCH),
            passages=PassageSettings(target_tokens=12, max_tokens=60, context_tokens=24),
        )
        yield made


@pytest.fixture(scope="module")
def generation(shop: Workshop) -> Iterator[Generation]:
    opened = Generation(shop.home)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def deepened(shop: Workshop, generation: Generation) -> Iterator[Generation]:
    """The same home with the tokens of its Dutch text, after `generation`, which lacks them."""
    assert generation.collections["default"].locales["nl-NL"].tokens is None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deepening, "resolve", lambda _model, _cache: Path(shop.fingerprint))
        patch.setattr(deepening, "LazyEncoder", lambda folder: Hashing(folder, folder.name))
        deepen(shop.home, model=None, cache=shop.root / "cache", progress=Quiet())
    opened = Generation(shop.home)
    yield opened
    opened.close()


def found(
    generation: Generation, text: str, reader: TextReader | None = None, language: str = "en"
) -> Quotable:
    """The article on paper jams in Dutch, as a question finds it."""
    reader = reader or Hashing().reader
    collections = list(generation.collections.values())
    request = SearchRequest(text)
    question, _ = question_of(collections, request, language, reader)
    jam = next(r for r in rank_all(collections, question, request) if r.path == JAM)
    return quotable_in("nl-NL", jam, question, reader)


def first(quotable: Quotable) -> Evidence:
    assert quotable.evidence is not None and quotable.evidence.second is None
    return quotable.evidence.first


def said(quotable: Quotable, at: int) -> str:
    quote = quotable.quotes[at]
    return quotable.article.blocks[quote.block].text("source", quote.start, quote.stop)


def test_each_word_is_met_by_the_quote_that_says_it(generation: Generation) -> None:
    quotable = found(generation, "sheet lid")
    sheet, lid = first(quotable).quotes.T
    assert "sheet" in said(quotable, int(np.nanargmax(sheet)))
    assert "lid" in said(quotable, int(np.nanargmax(lid)))
    assert np.nanmax(sheet) > 0.9 and np.nanmin(sheet) < 0.9


def test_every_quote_that_says_something_has_tokens_of_its_own(generation: Generation) -> None:
    quotable = found(generation, "open the lid")
    assert np.isfinite(first(quotable).quotes).all() and np.isfinite(first(quotable).title).all()
    assert (first(quotable).anywhere >= np.nanmax(first(quotable).quotes, axis=0) - 1e-6).all()


def test_a_quotes_meaning_is_the_mean_of_its_own_tokens(generation: Generation) -> None:
    quotable = found(generation, "open the lid")
    meaning = first(quotable).meaning
    assert np.linalg.norm(meaning, axis=1) == pytest.approx(np.ones(len(quotable.quotes)), abs=1e-5)
    # words that two quotes share make them alike
    lids = [n for n in range(len(quotable.quotes)) if "lid" in said(quotable, n)]
    alike = meaning @ meaning.T
    assert len(lids) == 2 and alike[lids[0], lids[1]] > np.median(alike)


def test_the_title_counts_by_itself(generation: Generation) -> None:
    quotable = found(generation, "jams")
    assert first(quotable).title.max() > 0.9 > np.nanmax(first(quotable).quotes)


def test_a_tokenizer_that_is_not_the_views_tells_nothing_of_quotes(generation: Generation) -> None:
    letters = TextReader(
        Hashing().question,
        Hashing().begin,
        lambda texts: [[(n, n + 1) for n in range(len(text))] for text in texts],
        Hashing().reader.second_spans,
        lambda _word, _language: None,
    )
    quotable = found(generation, "sheet lid", letters)
    assert np.isnan(first(quotable).quotes).all()
    assert np.isnan(match_features(quotable.article, quotable.quotes, quotable.evidence)).all()


def test_the_quote_asked_for_leads_the_others(generation: Generation) -> None:
    quotable = found(generation, "pull the sheet out")
    table = match_features(quotable.article, quotable.quotes, quotable.evidence)
    assert table.shape == (len(quotable.quotes), len(MATCH_FEATURES))
    known = dict(zip(MATCH_FEATURES, np.isfinite(table).all(axis=0).tolist(), strict=True))
    assert not known.pop("title_near") and all(known.values())  # what only a second encoder tells
    best = int(table[:, MATCH_FEATURES.index("late")].argmax())
    assert "Pull the sheet out" in said(quotable, best)
    assert table[best, MATCH_FEATURES.index("late_lead")] == 0.0
    assert table[best, MATCH_FEATURES.index("sharp_late_lead")] == 1.0
    assert table[:, MATCH_FEATURES.index("best_of_tokens")].sum() == pytest.approx(1.0)


def test_a_question_in_an_installed_language_is_met_by_its_own_text_too(
    generation: Generation, deepened: Generation
) -> None:
    before, after = (first(found(g, "het vel", language="nl")) for g in (generation, deepened))
    assert np.nanmax(after.quotes[:, 1]) > 0.9 > np.nanmax(before.quotes[:, 1])
    assert (after.quotes >= before.quotes).all() and (after.anywhere >= before.anywhere).all()
    quotable = found(deepened, "het vel", language="nl")
    best = quotable.quotes[int(np.nanargmax(after.quotes[:, 1]))]
    assert "vel" in quotable.article.blocks[best.block].text("target", best.start, best.stop)


def test_a_question_in_the_source_language_is_not(generation: Generation, deepened: Generation) -> None:
    before, after = (first(found(g, "the sheet", language="en")) for g in (generation, deepened))
    assert (after.quotes == before.quotes).all()


def test_without_tokens_nothing_is_known(generation: Generation) -> None:
    quotable = found(generation, "pull the sheet out")
    assert np.isnan(match_features(quotable.article, quotable.quotes, None)).all()
