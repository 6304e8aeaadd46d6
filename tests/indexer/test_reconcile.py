"""Localizations complete each other in a build, whatever the order in which they come."""

from pathlib import Path
from typing import Any

import pytest
from smallkb import DUTCH, PAPER, Workshop, localized, workshop

from indexer.reconcile import source_locale_of
from kb.generation import open_manifest
from kb.hit import SearchRequest

EN = "# Feed the cat\n\nThe cat is hungry.\n\n## Bowl {#bowl}\n\n1. Open the tin.\n2. Close the tin.\n"
NL = "# Voer de kat\n\nDe kat heeft honger.\n\n## Bak {#bowl}\n\n1. Open het blik.\n2. Sluit het blik.\n"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    return workshop(tmp_path, monkeypatch)


def tree(shop: Workshop, **texts: str) -> Path:
    """content/<locale>/cat.md"""
    for locale, text in texts.items():
        put(shop.root / "content" / locale, text)
    return shop.root / "content"


def put(folder: Path, text: str, name: str = "cat") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


def shown(shop: Workshop, locale: str, path: str = "cat") -> dict[str, Any]:
    knowledge = shop.open()
    article = knowledge.article(path, locale=locale)
    knowledge.close()
    return article


def sources(shop: Workshop, locale: str = "nl") -> list[str | None]:
    return [s["source"] for b in shown(shop, locale)["blocks"] for s in b["segments"]]


def covers(shop: Workshop, locale: str) -> dict[str, list[str]]:
    blocks = shown(shop, locale, "paper")["blocks"]
    return {s["unit"]: s["covers"] for b in blocks for s in b["segments"] if (s["unit"] or "")[:1] == "p"}


# --- a parallel tree


def test_a_parallel_tree_is_one_set_of_passages_in_two_languages(shop: Workshop) -> None:
    report = shop.index(tree(shop, en=EN, nl=NL))
    entry = open_manifest(shop.home)[1].collections["default"]
    assert (report.source_locale, entry.source_locale, sorted(entry.locales)) == ("en", "en", ["en", "nl"])
    assert entry.passages == entry.locales["nl"].passages == entry.locales["en"].passages
    knowledge = shop.open()
    (hit,) = knowledge.search(SearchRequest("open the tin", locale="nl", lang="en")).hits
    knowledge.close()
    assert (hit.locale, hit.locales, hit.source_title) == ("nl", ["en", "nl"], "Feed the cat")
    assert "Open het blik." in hit.text and "Open the tin." in (hit.source_text or "")


def test_a_section_without_a_twin_is_still_searched(shop: Workshop) -> None:
    shop.index(tree(shop, en=EN, nl=NL + "\n## Zebra {#zebra}\n\nAai de zebra.\n"))
    assert sources(shop)[-1] == "Aai de zebra."
    knowledge = shop.open()
    texts = [p.text for p in knowledge.search(SearchRequest("aai de zebra", locale="nl", lang="nl")).hits]
    knowledge.close()
    assert texts == ["Aai de zebra."]


def test_a_change_of_the_source_reaches_the_translation_that_stays(shop: Workshop) -> None:
    shop.index(tree(shop, en=EN, nl=NL))
    shop.index(put(shop.root / "content" / "en", EN.replace("hungry", "asleep")))
    assert "The cat is asleep." in sources(shop)
    shop.index(put(shop.root / "content" / "en", "- Only a list now.\n"))
    assert set(sources(shop)) == {None}


def test_a_source_that_is_gone_lives_on_in_no_translation(shop: Workshop) -> None:
    shop.index(tree(shop, en=EN, nl=NL))
    (shop.root / "content" / "en" / "cat.md").unlink()
    shop.index(put(shop.root / "content" / "en", "# Dog\n", "dog"), allow_shrink=True)
    assert set(sources(shop)) == {None}
    assert shown(shop, "nl")["locales"] == ["nl"]


@pytest.mark.parametrize("order", [("en", "nl"), ("nl", "en")])
def test_the_order_of_the_runs_changes_nothing(shop: Workshop, order: tuple[str, ...]) -> None:
    content = tree(shop, en=EN, nl=NL)
    for locale in order:
        shop.index(content / locale)
    assert [text for text in sources(shop) if text][:2] == ["Feed the cat", "The cat is hungry."]
    entry = open_manifest(shop.home)[1].collections["default"]
    assert entry.source_locale == "en"
    assert entry.passages == entry.locales["nl"].passages == entry.locales["en"].passages


def test_the_source_locale_is_the_default_or_one_of_its_language() -> None:
    def of(*locales: str) -> str:
        return source_locale_of({locale: Path(locale) for locale in locales}, "en-US")

    assert of("en", "en-US", "nl") == "en-US"
    assert of("nl", "en-GB", "en") == "en"
    assert of("nl", "de-DE") == "en-US"


# --- p-units

SHIFTED = PAPER.replace("{Do this when", "{Read this first.}\n\n{Do this when")


def test_p_units_are_exact_in_any_order_of_the_sources(shop: Workshop) -> None:
    joined = put(shop.root / "ja-JP", localized(PAPER, {}, "ja-JP", merged=True), "paper")
    single = put(shop.root / "nl-NL", localized(PAPER, DUTCH, "nl-NL"), "paper")
    found = []
    for sources in ((joined, single), (single, joined)):
        shop.index(*sources)
        found.append(covers(shop, "ja-JP"))
    assert found == [{"p102": ["102", "103"], "p105": ["105", "106"]}] * 2


def test_another_variant_s_numbers_are_not_taken(shop: Workshop) -> None:
    joined = put(shop.root / "ja-JP", localized(PAPER, {}, "ja-JP", merged=True), "paper")
    shop.index(joined)
    inferred = covers(shop, "ja-JP")
    shop.index(put(shop.root / "nl-NL", localized(SHIFTED, DUTCH, "nl-NL"), "paper"))
    assert covers(shop, "ja-JP") == inferred == {"p102": ["102", "103"], "p105": ["105", "106"]}
