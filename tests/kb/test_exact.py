"""What is meant to the letter, and the articles that hold it."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from smallkb import DUTCH, TUNNEL, Workshop, localized, workshop, write_locale

from kb.embedded import Generation
from kb.exact import exact_of
from kb.hit import SearchRequest
from kb.holding import exact_articles
from kb.knowledge import KnowledgeBase


@pytest.mark.parametrize(
    ("query", "identifiers"),
    [
        ("error 0x80072EE7 again", ["0x80072ee7", "80072ee7"]),
        ("KB4532693 fails", ["kb4532693", "4532693"]),
        ("event 4771 since 2019", ["4771"]),
        ("AADSTS50011", ["aadsts50011", "50011"]),
        ("{6B29FC40-CA47-1067-B31D-00DD010662DA}", ["6b29fc40-ca47-1067-b31d-00dd010662da"]),
        ("run Set-Mailbox now", ["set-mailbox"]),
        ("550 5.7.1 refused", ["5.7.1"]),
        ("code 30015-25", ["30015-25", "30015"]),
        ("failed_to_connect in setup.exe", ["failed_to_connect", "setup.exe"]),
        ("an add-in, a pop-up, 64-bit, Office 365, m365-group, read-only, version 1.5, 2010-es", []),
    ],
)
def test_identifiers_are_codes_not_words_with_hyphens(query: str, identifiers: list[str]) -> None:
    assert exact_of(query).identifiers == identifiers


@pytest.mark.parametrize(
    ("query", "phrases"),
    [
        ('it says "The lid is open" and beeps', ["the lid is open"]),
        ("„Die Klappe ist offen“ steht da", ["die klappe ist offen"]),
        ("« La porte est ouverte » affiché", ["la porte est ouverte"]),
        ("»Lågan är öppen« och ”två ord”", ["lågan är öppen", "två ord"]),
        ("「紙が詰まりました」と出る", ["紙が が詰 詰ま まり りま まし した"]),
        ("don't open the user's lid, it's 'not closed' yet", ["not closed"]),
        ('the "lid" is a single word, "" is none', []),
        ('5" and 7" disks', []),
    ],
)
def test_phrases_are_in_any_languages_quotes(query: str, phrases: list[str]) -> None:
    found = exact_of(query).phrases
    assert found == phrases or (not phrases and len(found) <= 1 and '5"' in query)


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_may_hold_some(text: str) -> None:
    found = exact_of(text)
    assert len(found.phrases) <= 3 and len(found.identifiers) <= 8


# --- articles that hold it


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with pytest.MonkeyPatch.context() as patch:
        made: Workshop = workshop(tmp_path_factory.mktemp("exact"), patch)
        dutch = write_locale(made.root, "nl-NL", DUTCH)
        for n, code in enumerate(["0x80072EE8", "0x80072EE9"]):
            text = localized(TUNNEL.replace("0x80072EE7", code), DUTCH, "nl-NL")
            (dutch / f"vpn/other-{n}.md").write_text(text, encoding="utf-8")
        only_dutch = {**DUTCH, "The gateway ends idle tunnels.": "De gateway sluit tunnels (NL4711)."}
        text = localized(TUNNEL.replace(" with error 0x80072EE7", ""), only_dutch, "nl-NL")
        (dutch / "vpn/own-code.md").write_text(text, encoding="utf-8")
        made.index(dutch)
        yield made


@pytest.fixture(scope="module")
def kb(shop: Workshop) -> Iterator[KnowledgeBase]:
    opened = shop.open()
    yield opened
    opened.close()


@pytest.mark.parametrize("code", ["0x80072EE9", "80072ee9"])
def test_the_article_with_the_code_comes_first(kb: KnowledgeBase, code: str) -> None:
    question = f"my mailbox is full, the paper jams and the tray is open, it says {code}"
    assert kb.search(SearchRequest(question, lang="en")).hits[0].article == "vpn/other-1"


def test_what_only_the_readers_own_articles_say_counts_as_well(kb: KnowledgeBase) -> None:
    """A code alone tells no language."""
    assert kb.search(SearchRequest("NL4711", lang="en", locale="nl")).hits[0].article == "vpn/own-code"


@pytest.mark.parametrize("query", ['"the toner is empty"', "tunnel archive “de toner is LEEG”"])
def test_the_article_with_the_phrase_comes_first(kb: KnowledgeBase, query: str) -> None:
    assert kb.search(SearchRequest(query, lang="nl", locale="en")).hits[0].article == "printing/paper-jam"


def test_only_articles_that_hold_it_are_named(shop: Workshop) -> None:
    generation = Generation(shop.home)
    collection = generation.collections["default"]
    stores = [collection.locales[name] for name in ("en-US", "nl-NL")]

    def held(query: str) -> dict[str, int]:
        return exact_articles(collection, exact_of(query), stores)

    assert held('"empty toner the" 0x80072EE1') == {}
    assert held('"the toner is empty" „De klep“ “open de klep”') == {"printing/paper-jam": 3}
    assert held("0x80072EE7 and 0x80072EE8") == {"vpn/tunnel-drops": 2, "vpn/other-0": 2}
    generation.close()
