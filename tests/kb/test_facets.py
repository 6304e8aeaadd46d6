"""Filters and facets, over arrays made by hand and over a small knowledge base."""

from collections.abc import Iterator

import numpy as np
import pytest
from smallkb import DUTCH, QUOTA, TUNNEL, Workshop, localized, workshop, write_locale

from kb.browsedb import ArticleFacts
from kb.embedded import Generation
from kb.errors import InputError
from kb.facets import FacetTable, locale_facets, most_frequent
from kb.filters import allowed_rows
from kb.hit import SearchRequest
from kb.knowledge import KnowledgeBase
from kb.search import check_request


def facts(path: str, translation: str | None, date: str | None, *product: str) -> ArticleFacts:
    return ArticleFacts(path, path, path, translation, date, product, ())


@pytest.fixture
def table() -> FacetTable:
    stored = {
        "en-US": locale_facets([facts("a", None, "2021-01-31"), facts("b", None, None)]),
        "nl-NL": locale_facets(
            [facts("a", "MT", "2020-02-01", "printers"), facts("c", "HT", "2021-12-31", "Printers", "vpn")]
        ),
    }
    there = {"en-US": frozenset("ab"), "nl-NL": frozenset("ac")}
    return FacetTable(["a", "a", "b", "c"], stored, there, "en-US")


def paths(table: FacetTable, mask: np.ndarray) -> list[str]:
    return [path for path, kept in zip(table.paths, mask, strict=True) if kept]


def test_what_is_shown_decides_over_translation_and_date(table: FacetTable) -> None:
    dutch, english = table.shown(("nl-NL", None)), table.shown((None, None))
    assert paths(table, table.with_translation(["MT"], dutch)) == ["a"]
    assert paths(table, table.with_translation(["MT"], english)) == []
    assert paths(table, table.with_translation(["none", "HT"], english)) == ["a", "b", "c"]
    assert paths(table, table.dated("2021-01-01", None, english)) == ["a", "c"]
    assert paths(table, table.dated("2021-01-01", "2021-12-31", dutch)) == ["c"]
    assert paths(table, table.dated(None, "2020-02-01", dutch)) == ["a"]


def test_products_are_those_of_all_localizations_in_any_case(table: FacetTable) -> None:
    assert paths(table, table.with_product(["PRINTERS"])) == ["a", "c"]
    assert paths(table, table.with_product(["vpn", "none"])) == ["c"]
    assert table.rows(table.with_product(["printers"])).tolist() == [0, 1, 3]
    assert table.rows_of(["b", "no such"]).tolist() == [2]


def test_counts_are_of_what_is_shown(table: FacetTable) -> None:
    counted = table.counts(["a", "c"], table.shown(("nl-NL",)))
    assert counted["translation"] == {"MT": 1, "HT": 1}
    assert counted["locale"] == {"nl-NL": 2}
    assert counted["year"] == {"2020": 1, "2021": 1}
    assert counted["product"] == {"printers": 1, "Printers": 1, "vpn": 1}
    assert most_frequent({"b": 1, "a": 1, "c": 5}, 2) == {"c": 5, "a": 1}


# --- over a knowledge base


def article(template: str, **front: str) -> str:
    lines = "".join(f"{key.replace('_', '.')}: {value}\n" for key, value in front.items())
    return localized(template, DUTCH, "nl-NL").replace("ms.translationtype: MT\n", lines)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with pytest.MonkeyPatch.context() as patch:
        made = workshop(tmp_path_factory.mktemp("facets"), patch)
        dutch = write_locale(made.root, "nl-NL", DUTCH)
        tunnel = article(
            TUNNEL, ms_translationtype="HT", ms_date="03/31/2021", ms_service="vpn", ms_custom="[7, 8]"
        )
        quota = article(QUOTA, ms_translationtype="MT", ms_date="04/01/2021", ms_prod="mail", ms_custom="8")
        (dutch / "vpn/tunnel-drops.md").write_text(tunnel, encoding="utf-8")
        (dutch / "mail/mailbox-full.md").write_text(quota, encoding="utf-8")
        made.index(dutch)
        yield made


@pytest.fixture(scope="module")
def kb(shop: Workshop) -> Iterator[KnowledgeBase]:
    opened = shop.open()
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"product": ("VPN",)}, {"vpn/tunnel-drops"}),
        ({"product": ("8",)}, {"vpn/tunnel-drops", "mail/mailbox-full"}),
        ({"product": ("7", "mail")}, {"vpn/tunnel-drops", "mail/mailbox-full"}),
        ({"translation": ("HT",)}, {"vpn/tunnel-drops"}),
        ({"date_to": "2021-03-31"}, {"vpn/tunnel-drops"}),
        ({"date_from": "2021-04-01", "product": ("vpn",)}, set()),
        ({"translation": ("HT",), "locale": "en"}, set()),
        (
            {"translation": ("none",), "locale": "en"},
            {"vpn/tunnel-drops", "mail/mailbox-full", "printing/paper-jam"},
        ),
        ({"only_locale": "fi"}, set()),
    ],
)
def test_a_filtered_search_finds_all_that_fit_and_nothing_else(
    kb: KnowledgeBase, filters: dict[str, object], expected: set[str]
) -> None:
    asked: dict[str, object] = {"lang": "nl", "locale": "nl"} | filters
    found = kb.search(SearchRequest("zebra", **asked))  # type: ignore[arg-type]
    assert {hit.article for hit in found.hits} == expected
    assert found.candidates == len(expected)
    assert sum(found.facets.get("collection", {}).values()) == len(expected)


def test_facets_count_all_candidates_not_only_the_page(kb: KnowledgeBase) -> None:
    found = kb.search(SearchRequest("het papier", lang="nl", locale="nl", top_k=1))
    assert len(found.hits) == 1 and found.candidates == 3
    assert found.facets["product"] == {"mail": 1, "vpn": 1}
    assert found.facets["custom"] == {"8": 2, "7": 1}
    assert found.facets["translation"] == {"MT": 2, "HT": 1}


def test_only_a_locales_own_passages_are_allowed(shop: Workshop) -> None:
    generation = Generation(shop.home)
    collection = generation.collections["default"]
    assert allowed_rows(collection, SearchRequest("x"), "en") is None
    only = allowed_rows(collection, SearchRequest("x", only_locale="nl"), "en")
    assert only is not None and only.tolist() == sorted(collection.locales["nl-NL"].rows.tolist())
    generation.close()


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        (SearchRequest("a", translation=("mt",)), "translation is 'mt', expected one of MT, HT, none"),
        (SearchRequest("a", date_from="31/12/2021"), "date_from is '31/12/2021', expected a day such as"),
        (SearchRequest("a", date_to="2021-02-30"), "day is out of range"),
        (SearchRequest("a", date_from="2021-02-02", date_to="2021-02-01"), "is later than date_to"),
        (SearchRequest("a", product=("x",) * 101), "product has 101 values"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(shop: Workshop, request_: SearchRequest, told: str) -> None:
    generation = Generation(shop.home)
    with pytest.raises(InputError, match=told):
        check_request(generation, request_)
    generation.close()
