"""Looking a text up, over a knowledge base that is built."""

from collections.abc import Iterator

import pytest
from memorykb import index_memory
from smallkb import workshop

from kb import meaning
from kb.errors import InputError, NotFound
from kb.knowledge import KnowledgeBase
from kb.lookup import LookupMatch, LookupRequest


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with pytest.MonkeyPatch.context() as patch:
        shop = workshop(tmp_path_factory.mktemp("memory"), patch)
        index_memory(shop)
        opened = shop.open()
        yield opened
        opened.close()


def best(kb: KnowledgeBase, text: str, from_locale: str | None, *to: str) -> LookupMatch:
    return kb.lookup(LookupRequest(text, from_locale, to)).matches[0]


def marked(match: LookupMatch, locale: str) -> list[str]:
    text = match.texts[locale].text or ""
    return [text[a:b] for a, b in match.highlights[locale]]


def test_a_whole_sentence_finds_its_translation(kb: KnowledgeBase) -> None:
    found = best(kb, "open het archief", "nl", "de", "en")
    assert (found.article, found.unit, found.match) == ("mail/mailbox-full", "103", "exact")
    assert found.texts["de-DE"].text == "Öffnen Sie das Archiv."
    assert marked(found, "nl-NL") == ["Open het archief"]
    assert (marked(found, "de-DE"), found.linked["de-DE"]) == (["Öffnen Sie das Archiv."], "unit")


def test_identifiers_are_marked_on_both_sides(kb: KnowledgeBase) -> None:
    found = best(kb, "fout 0x80072EE7", "nl-NL", "en-US")
    assert found.match == "phrase"
    assert marked(found, "nl-NL") == ["fout 0x80072EE7"]
    assert (marked(found, "en-US"), found.linked["en-US"]) == (["0x80072EE7"], "words")


def test_words_in_another_order_match_by_their_weight(kb: KnowledgeBase) -> None:
    found = best(kb, "archief oude post slepen", "nl", "en")
    assert (found.match, found.unit) == ("words", "102") or found.unit == "104"
    assert 0.3 < found.score < 0.8


def test_without_a_locale_any_language_is_found(kb: KnowledgeBase) -> None:
    found = best(kb, "Drehen Sie die Lampe fest.", None, "en-US", "nl-NL")
    assert (found.article, found.locale, found.match) == ("home/lamp", "de-DE", "exact")
    assert found.texts["en-US"].text and found.texts["nl-NL"].status == "outdated"


def test_a_repeated_sentence_is_one_match_with_its_count(kb: KnowledgeBase) -> None:
    found = kb.lookup(LookupRequest("the lamp", "en", ("de",))).matches
    assert len({m.texts["en-US"].text for m in found}) == len(found)
    assert all(m.count == 1 + len(m.also) for m in found)


def test_where_no_words_match_meaning_does(kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    text = LookupRequest("zzzprinterzzz paperx", "en", ("nl",))
    # it may be gibberish, for all that the locales' words tell
    assert kb.lookup(text).matches == []
    monkeypatch.setattr(meaning, "_LEAST_UNKNOWN", 0.3)
    found = kb.lookup(text).matches
    assert found and {m.match for m in found} == {"meaning"}
    assert all(linked == "unit" for m in found for linked in m.linked.values())


def test_what_can_not_be_looked_up_is_said(kb: KnowledgeBase) -> None:
    with pytest.raises(InputError, match="the text is empty"):
        kb.lookup(LookupRequest(" "))
    with pytest.raises(InputError, match="at most 2000"):
        kb.lookup(LookupRequest("x" * 2001))
    with pytest.raises(NotFound, match="no locale 'fi'"):
        kb.lookup(LookupRequest("lamp", "fi"))
