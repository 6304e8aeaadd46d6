"""What of a text is marked."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.highlight import highlights


def marked(query: str, text: str, language: str, common: frozenset[str] = frozenset()) -> list[str]:
    return [text[a:b] for a, b in highlights(query, text, language, language, common.__contains__)]


@pytest.mark.parametrize(
    ("query", "language", "text", "expected"),
    [
        ("printers jam", "en", "The printer jams.", ["printer", "jams"]),
        ("papers", "en", "Paper, PAPER and papers", ["Paper", "PAPER", "papers"]),
        ("nothing", "en", "of this", []),
        ("印刷", "ja", "紙が印刷されない", ["印刷"]),
        ("lid", "en", "🖨️ the lid 👩‍🔧", ["lid"]),
        ("принтеры", "ru", "Принтер печатает", ["Принтер"]),
        ("الطابعة", "ar", "افتح الطابعة الآن", ["الطابعة"]),
        ("เครื่องพิมพ์", "th", "เปิดเครื่องพิมพ์ใหม่", ["เครื่องพิมพ์"]),
    ],
)
def test_words_are_marked_in_any_of_their_forms(
    query: str, language: str, text: str, expected: list[str]
) -> None:
    assert marked(query, text, language) == expected


def test_identifiers_are_marked_whole() -> None:
    assert marked("error 0x80072EE7", "Code 0x80072EE7 or 80072", "en") == ["0x80072EE7"]
    assert marked("Set-PrintConfiguration fails", "Run Set-PrintConfiguration now", "en") == [
        "Set-PrintConfiguration"
    ]


def test_a_quoted_phrase_is_marked_as_one_stretch() -> None:
    text = "Open the lid. The lid is open; open the lid again."
    assert marked("“open the lid”", text, "en", frozenset({"the", "is"}))[0] == "Open the lid"
    assert "open the lid" in marked("“open the lid”", text, "en")


def test_words_that_say_nothing_are_marked_only_where_there_is_nothing_else() -> None:
    common = frozenset({"the", "of"})
    assert marked("the lid of the printer", "the lid, of all", "en", common) == ["lid"]
    assert marked("the lid of the printer", "none of the others", "en", common) == ["of", "the"]


def test_japanese_grammar_is_not_marked_beside_words() -> None:
    assert marked("印刷できない", "印刷を設定できない", "ja") == ["印刷"]


def test_two_thai_characters_in_common_are_no_match() -> None:
    assert marked("กระดาษติด", "การเปิดเครื่อง", "th") == []


def test_letters_keep_their_marks() -> None:
    decomposed = unicodedata.normalize("NFD", "Der Drücker klemmt")
    assert marked("drücker", decomposed, "de") == [unicodedata.normalize("NFD", "Drücker")]
    assert marked("كتب", "كَتَبَ الدرس", "ar") == ["كَتَبَ"]


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=80), st.sampled_from(["en", "ja", "th", "ar", "xx"]))
def test_ranges_ascend_do_not_touch_and_lie_inside(query: str, text: str, language: str) -> None:
    found = highlights(query, text, "en", language)
    flat = [n for pair in found for n in pair]
    assert flat == sorted(set(flat)) and all(0 <= n <= len(text) for n in flat)


@settings(deadline=None)
@given(st.text(alphabet="ab \u0301\u0e01\u0e31\u0e49かカ漢👩\u200d🔧", max_size=40))
def test_no_range_begins_with_a_mark_or_ends_before_one(text: str) -> None:
    for start, end in highlights(text, text, "en", "th"):
        assert not unicodedata.category(text[start]).startswith("M") or start == 0
        assert end == len(text) or not unicodedata.category(text[end]).startswith("M")
