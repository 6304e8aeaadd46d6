"""The analyser: what it makes of texts in many scripts, and what holds for any text."""

from __future__ import annotations

import threading
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kb.folding import Token, fold
from kb.identifiers import identifiers
from kb.text import MAX_WORD, analyse, fourgrams, stemmed_words, words


def texts(tokens: list[Token]) -> list[str]:
    return [token.text for token in tokens]


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("Reset the Printer", ["reset", "the", "printer"]),
        ("the ﬁle at ２４ ℃", ["the", "file", "at", "24", "c"]),
        ("Größe STRASSE straße", ["grösse", "strasse", "strasse"]),
        ("İzmir ve Iğdır", ["izmir", "ve", "iğdır"]),
        ("rétro re\u0301tro", ["rétro", "rétro"]),
        ("l’accès de l'équipe", ["l'accès", "de", "l'équipe"]),
        ("сім'я та п’ять", ["сім'я", "та", "п'ять"]),
        ('רשת ביתית, דוא״ל ודוא"ל', ["רשת", "ביתית", "דואל", "ודואל"]),
        ("الشَّبَكَة ٢٠٢٤ مــرحبا", ["الشبكة", "2024", "مرحبا"]),
        ("می\u200cخواهم", ["میخواهم"]),
        ("फ़ाइल खोलें", ["फ़ाइल", "खोलें"]),
        ("프린터를 켜다", ["프린터를", "켜다"]),
        ("well\u00adknown \u202eword\u202c", ["wellknown", "word"]),
        ("印刷を直す。紙", ["印刷", "刷を", "を直", "直す", "紙"]),
        ("Wi-Fi接続とメール", ["wi", "fi", "接続", "続と", "とメ", "メー", "ール"]),
        ("ｶﾞｽ", ["ガス"]),
        ("ปิดเครื่อง 5", ["ปิด", "ดเ", "เค", "ครื่", "รื่อ", "อง", "5"]),
        ("ພິມ", ["ພິມ"]),
        ("ស្វាគមន៍", ["ស្វា", "វាគ", "គម", "មន៍"]),
        ("snake_case and a.b", ["snake", "case", "and", "a", "b"]),
        ("… — !? ()", []),
        ("", []),
    ],
)
def test_words_of_many_scripts(given_text: str, expected: list[str]) -> None:
    assert texts(words(given_text)) == [unicodedata.normalize("NFKC", word) for word in expected]


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "printing printers", "print printer's"),
        ("de-DE", "Druckern Einstellungen", "Drucker Einstellung"),
        ("nl", "printers instellingen", "printer instelling"),
        ("fr", "l’imprimante", "imprimantes"),
        ("ca", "l'escola", "escola"),
        ("ru", "принтеры", "принтеров"),
        ("sr-Latn-RS", "štampača", "штампача"),
        ("tr", "Windows'ta", "windows"),
        ("no", "skrivere", "skriveren"),
    ],
)
def test_forms_of_a_word_share_their_stem(language: str, one: str, other: str) -> None:
    assert texts(analyse(one, language)) == texts(analyse(other, language))


def test_a_language_without_stemmer_keeps_its_words() -> None:
    assert texts(analyse("Drukarki drukują", "pl")) != ["drukarki", "drukują"]
    assert texts(analyse("Принтери друкують", "uk")) == ["принтери", "друкують"]
    assert texts(analyse("anything goes", "tlh")) == ["anything", "goes"]


def test_words_with_digits_are_not_stemmed() -> None:
    assert texts(analyse("0x80ings b2s", "en")) == ["0x80ings", "b2s"]


def test_offsets_are_code_points_of_the_text_as_given() -> None:
    text = "Die ﬃnen Gr\u00adößen I\u0307 ½ 「印刷」"
    found = [(token.text, text[token.start : token.end]) for token in words(text)]
    assert found == [
        ("die", "Die"),
        ("ffinen", "ﬃnen"),
        ("grössen", "Gr\u00adößen"),
        ("i", "I\u0307"),
        ("1", "½"),
        ("2", "½"),
        ("印刷", "印刷"),
    ]


def test_fourgrams_find_parts_of_compounds() -> None:
    assert texts(fourgrams("Drucker")) == ["druc", "ruck", "ucke", "cker"]
    assert set(texts(fourgrams("Druckereinstellung"))) >= set(texts(fourgrams("Einstellung")))
    assert texts(fourgrams("an der")) == ["an", "der"]
    assert texts(fourgrams("프린터를")) == ["프린", "린터", "터를"]
    assert texts(fourgrams("印刷 ปิด")) == []


def test_fourgrams_forgive_accents() -> None:
    for bare, accented in [("kopirovani", "kopírování"), ("smorrebrod", "smørrebrød"), ("yazici", "yazıcı")]:
        assert texts(fourgrams(bare)) == texts(fourgrams(accented))
    assert texts(fourgrams("L'été")) == ["ete"]
    text = "Größe"
    assert [text[g.start : g.end] for g in fourgrams(text)] == ["Größ", "röß", "öße"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("error 0x80070035!", ["0x80070035", "80070035"]),
        ("(HRESULT: 0X8004010F)", ["0x8004010f", "8004010f"]),
        ("event id 4625", ["4625"]),
        ("install KB5001234.", ["kb5001234", "5001234"]),
        ("AADSTS50105", ["aadsts50105", "50105"]),
        ("run get-printer or Set-PrintConfiguration", ["get-printer", "set-printconfiguration"]),
        ("550-5.7.1 bounced", ["550-5.7.1", "550", "5.7.1"]),
        ("since v16.0.4266", ["v16.0.4266", "16.0.4266"]),
        (
            "{3F2504E0-4F89-11D3-9A0C-0305E82C3301}",
            ["3f2504e0-4f89-11d3-9a0c-0305e82c3301"],
        ),
        ("open spool.exe, then C:\\Windows\\Spool32", ["spool.exe", "windows\\spool32", "spool32"]),
        ("mail jo.doe@example.org", ["jo.doe@example.org", "jo.doe", "example.org"]),
        ("see https://example.org/print?a=b.", ["example.org/print", "example.org"]),
        ("PRINT_QUEUE_FULL", ["print_queue_full"]),
        ("エラー0x80070035が出る", ["0x80070035", "80070035"]),
        ("a well-known e-mail in plain words", []),
    ],
)
def test_identifiers_stay_whole(text: str, expected: list[str]) -> None:
    assert texts(identifiers(text)) == expected


ANY = st.text(max_size=60) | st.text(
    alphabet=st.sampled_from(
        "aÄßﬁİi\u0307\u0301\u0316’'\"-._@\\/:0٣½Ⅷは印ーﾞﾡￂㅏᄀ가ก่ำאבָ״ك\u200c\u00ad\u202e \n"
    ),
    max_size=40,
)


@settings(deadline=None)
@given(ANY)
@example("i\u0307\u0307")
@example("\U0001e4f0")
@example("ﾡￂ")
@example("\ufe70")
@example("\u0345\u0301")
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@settings(deadline=None)
@given(ANY, st.sampled_from(["en", "ja", "tr", "ar", "ca", "uk"]))
def test_tokens_stand_in_order_inside_the_text(text: str, language: str) -> None:
    for stream in (words(text), analyse(text, language), fourgrams(text), identifiers(text)):
        for token in stream:
            assert token.text
            assert not any(c.isspace() for c in token.text)
            assert 0 <= token.start < token.end <= len(text)
    starts = [token.start for token in words(text)]
    assert starts == sorted(starts)
    assert [(t.start, t.end) for t in words(text)] == [(t.start, t.end) for t in analyse(text, language)]


@settings(deadline=None)
@given(ANY)
def test_a_word_is_what_its_own_stretch_of_text_folds_to(text: str) -> None:
    for token in words(text):
        stretch = fold(text[token.start : token.end]).text.replace('"', "")
        assert token.text in stretch


@settings(deadline=None)
@given(st.text(st.characters(max_codepoint=0x24F) | st.sampled_from("'’“–…\u2028\u206f"), max_size=40))
@example("l'été d'İstanbul ªº ² ½ ß_x a''b 'c' 1'000")
def test_latin_text_takes_a_shorter_way_to_the_same_words(text: str) -> None:
    further = " \u0e01"  # a Thai letter leads the other way
    assert words(text) == words(text + further)[:-1]
    assert fourgrams(text) == fourgrams(text + further)


@settings(deadline=None)
@given(
    st.text(st.characters(max_codepoint=0x24F) | st.characters(min_codepoint=0x2000, max_codepoint=0x206F))
)
@example("d'İ ŉ \u00ad\u200f")
def test_latin_text_folds_by_a_shorter_way_to_the_same_letters(text: str) -> None:
    letters = "\u0430"  # one of another script takes the longer way
    assert fold(text + letters).text == fold(text).text + letters


def test_blanks_and_full_width_characters_fold_in_their_places() -> None:
    assert fold("Ｏｆｆｉｃｅ\u00a0３６５\u3000設定，Été").text == "office 365 設定,été"
    assert words("Ｏｆｆｉｃｅ\u202f設定")[0] == Token("office", 0, 6)
    assert fold("か\uff9e\u00a0Ａ\u0301").text == "が á"  # what composes still does


@settings(deadline=None)
@given(ANY, st.sampled_from(["en", "nl", "tr", "ar", "ca", "ja"]))
@example("De mappen van de l'été, 東京 365", "nl")
def test_wanted_stems_are_those_of_the_analyser(text: str, language: str) -> None:
    stems = analyse(text, language)
    wanted = {token.text for token in stems[::2]}
    found = [token for token, _ in stemmed_words(text, language, wanted)]
    assert found == [token for token in stems if token.text in wanted]


@settings(deadline=None)
@given(st.text(max_size=30))
def test_forms_of_unicode_do_not_matter(text: str) -> None:
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert texts(words(composed)) == texts(words(decomposed))


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "word ",
        "a.",
        "a'",
        "é",
        "\u0301\u0316",
        "漢",
        "กำ",
        "http://",
        "0123abcd-",
        "\\a_",
        'א"',
        "ㅏㄱ",
        "@",
    ],
)
def test_a_long_text_of_anything_is_linear(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    streams = (words(text), analyse(text, "en"), fourgrams(text), identifiers(text))
    assert sum(map(len, streams)) < 6 * len(text)
    assert all(len(token.text) <= MAX_WORD for token in streams[0])


def test_stemmers_are_not_shared_between_threads() -> None:
    text = " ".join(f"running{chr(97 + n % 26)} nationalities" for n in range(2_000))
    expected = analyse(text, "en")
    results: list[list[Token]] = []
    threads = [threading.Thread(target=lambda: results.append(analyse(text, "en"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 4
