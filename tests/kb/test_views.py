"""Which views a question asks, and the better of their scores."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from smallkb import DUTCH, Hashing, Workshop, workshop, write_locale

from indexer import deepen as deepening
from indexer.deepen import deepen
from indexer.report import Quiet
from kb.embedded import Collection, Generation
from kb.errors import NotFound
from kb.hit import SearchRequest
from kb.vectors import centre
from kb.views import dense_scores, nearest, views_for

QUESTION = "de klep aan de voorkant van de printer"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """Dutch lacks one of the articles that German has."""
    with pytest.MonkeyPatch.context() as patch:
        made = workshop(tmp_path_factory.mktemp("views"), patch)
        patch.setattr(deepening, "resolve", lambda _model, _cache: Path(made.fingerprint))
        patch.setattr(deepening, "LazyEncoder", lambda folder: Hashing(folder, folder.name))
        dutch, german = write_locale(made.root, "nl-NL", DUTCH), write_locale(made.root, "de-DE", {})
        (dutch / "mail" / "mailbox-full.md").unlink()
        made.index(dutch, german)
        yield made


@pytest.fixture(scope="module")
def shallow(shop: Workshop) -> Iterator[Collection]:
    generation = Generation(shop.home)
    yield generation.collections["default"]
    generation.close()


@pytest.fixture(scope="module")
def deep(shop: Workshop, shallow: Collection) -> Iterator[Collection]:
    assert shallow.centroid is None
    deepen(shop.home, model=None, cache=shop.root / "cache", progress=Quiet())
    generation = Generation(shop.home)
    yield generation.collections["default"]
    generation.close()


def query(collection: Collection, locale: str | None) -> np.ndarray:
    return centre(Hashing().encode_queries([QUESTION]), collection.question_mean(locale))[0]


def test_before_an_index_is_deepened_only_the_source_is_asked(shallow: Collection) -> None:
    assert [views_for(shallow, locale) for locale in (None, "nl-NL", "en-US")] == [["source"]] * 3
    with pytest.raises(NotFound, match=r"'nl-NL' has no view of its own; .*--deepen"):
        nearest(shallow, ["nl-NL"], query(shallow, "nl-NL"), 5)


def test_each_language_asks_the_views_that_serve_it_best(deep: Collection) -> None:
    assert views_for(deep, "nl-NL") == ["source", "nl-NL"]
    assert views_for(deep, "en-US") == ["source"]
    assert views_for(deep, None) == ["source", "centroid"]


def test_a_row_scores_the_mean_of_both_views_where_it_has_both(deep: Collection) -> None:
    asked, rows = query(deep, "nl-NL"), np.arange(deep.source.rows)
    store = deep.locales["nl-NL"]
    assert store.target is not None
    source = deep.source.at(asked, rows)
    own = dict(zip(store.rows.tolist(), store.target.at(asked, np.arange(len(store.rows))), strict=True))
    assert 0 < len(own) < len(rows)
    expected = [(score + own.get(row, score)) / 2 for row, score in enumerate(source)]
    scores = dense_scores(deep, ["source", "nl-NL"], asked, rows)
    assert scores.tolist() == pytest.approx(expected)
    assert any(score > before for score, before in zip(scores, source, strict=True))
    turned = dense_scores(deep, ["source", "nl-NL"], asked, rows[::-1])
    assert turned.tolist() == pytest.approx(scores[::-1].tolist(), abs=1e-6)


def test_the_centroid_is_asked_row_for_row(deep: Collection) -> None:
    asked, rows = query(deep, None), np.arange(deep.source.rows)
    assert deep.centroid is not None
    expected = np.maximum(deep.source.at(asked, rows), deep.centroid.at(asked, rows))
    assert dense_scores(deep, ["source", "centroid"], asked, rows).tolist() == expected.tolist()


def test_the_nearest_rows_of_any_view_are_candidates_once(deep: Collection) -> None:
    asked, store = query(deep, "nl-NL"), deep.locales["nl-NL"]
    assert store.target is not None
    of_source, _ = deep.source.top(asked, 1)
    of_dutch, _ = store.target.top(asked, 1)
    found = nearest(deep, ["source", "nl-NL"], asked, 1).tolist()
    assert found == sorted({*of_source.tolist(), *store.rows[of_dutch].tolist()})
    every = nearest(deep, ["source", "nl-NL"], asked, 1000).tolist()
    assert every == list(range(deep.source.rows))


def test_results_say_which_views_were_asked_and_only_locale_still_filters(
    shop: Workshop, deep: Collection
) -> None:
    knowledge = shop.open()

    def asked(lang: str, only: str | None = None) -> tuple[list[str], set[str]]:
        result = knowledge.search(SearchRequest("mailbox printer tunnel", lang=lang, only_locale=only))
        return result.views, {hit.article for hit in result.hits}

    assert asked("nl")[0] == ["nl-NL", "source"]
    assert asked("fr")[0] == ["centroid", "source"]
    assert asked("en")[0] == ["source"]
    for lang in ("nl", "fr", "en"):
        assert "mail/mailbox-full" in asked(lang)[1]
        assert asked(lang, "nl")[1] == set(deep.locales["nl-NL"].paths)
    knowledge.close()
