"""Mistyped words judged by the encoder's vocabulary: against every possible edit tried in turn, and by example."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb import subwords
from kb.alphabets import letters_of
from kb.errors import ModelError
from kb.subwords import Subwords, read_subwords

PIECES = {
    "▁": -4.0, "▁print": -8.0, "▁printer": -9.5, "▁pri": -9.0, "▁re": -5.0, "er": -5.0, "ing": -6.0, "set": -8.5,
    "▁reset": -10.0, "▁paper": -9.8, "pap": -12.0, "▁pa": -7.0, "p": -9.0, "t": -8.0, "r": -8.0, "i": -7.0, "n": -7.5,
}  # fmt: skip
UNKNOWN = min(PIECES.values()) - 10.0


@cache
def likelihood(text: str) -> float:
    """Of the best of all segmentations, tried one after another."""
    if not text:
        return 0.0
    cuts = [PIECES[text[:n]] + likelihood(text[n:]) for n in range(1, len(text) + 1) if text[:n] in PIECES]
    return max([*cuts, UNKNOWN + likelihood(text[1:])])


def gains(word: str, letters: str, plain: str) -> list[tuple[float, str]]:
    """What every edit wins, its price deducted."""
    found = []
    for n in range(len(word) + 1):
        edits = [(word[:n] + c + word[n:], subwords._LEFT_OUT) for c in letters]
        if n < len(word) and word[n] in plain:
            edits += [(word[:n] + word[n + 1 :], subwords._PUT_IN)]
            edits += [(word[:n] + c + word[n + 1 :], subwords._REPLACED) for c in letters]
        if n + 1 < len(word):
            edits += [(word[:n] + word[n + 1] + word[n] + word[n + 2 :], subwords._SWAPPED)]
        found += [(likelihood("▁" + edited) - price, edited) for edited, price in edits]
    return found


@settings(deadline=None)
@given(st.text("printesaö", min_size=5, max_size=9))
def test_the_best_of_all_edits_is_found(word: str) -> None:
    letters = letters_of(word, "de")
    assert letters is not None
    best, _ = max(gains(word, letters.all, letters.plain))
    meant = Subwords(PIECES).meant(word, "de")
    if best <= likelihood("▁" + word) + 1e-9:
        assert meant is None
    else:
        assert meant is not None
        assert max(gain for gain, edited in gains(word, letters.all, letters.plain) if edited == meant) == (
            pytest.approx(best)
        )


@pytest.mark.parametrize("word", ["prit", "", "prinetr" * 6, "프린터기를"])
def test_short_and_endless_words_and_other_scripts_are_left_alone(word: str) -> None:
    assert Subwords(PIECES).meant(word, "de") is None


def test_letters_with_marks_are_never_taken_away() -> None:
    """People leave marks out; nobody strikes them by mistake."""
    letters = dict.fromkeys("▁paieróí", -9.0)
    pieces = Subwords({**letters, "▁papir": -6.0})
    assert pieces.meant("papier", "hu") == "papir"
    assert pieces.meant("papóir", "hu") is None
    assert Subwords({**letters, "▁papír": -6.0}).meant("papir", "hu") == "papír"
    assert Subwords({**letters, "▁papír": -6.0}).meant("papir", "nl") is None  # no letter of that language


@pytest.mark.parametrize(
    ("word", "language", "alphabet"),
    [
        ("straße", "de", "äöü"),
        ("дім", "uk", "ґєії"),
        ("λέξη", "el", "άώ"),
        ("fjärr", "sv", "åäö"),
        ("מדפסת", "he", "ת"),
    ],
)
def test_each_language_has_its_letters(word: str, language: str, alphabet: str) -> None:
    letters = letters_of(word, language)
    assert letters is not None and set(alphabet) <= set(letters.all)
    assert len(set(letters.all)) == len(letters.all)


def test_scripts_of_syllables_have_none() -> None:
    assert letters_of("프린터", "ko") is None
    assert letters_of("प्रिंटर", "hi") is None


def test_a_tokenizer_of_another_kind_corrects_nothing(english_model: Path, tmp_path: Path) -> None:
    assert read_subwords(english_model) is None
    assert read_subwords(tmp_path) is None


def test_a_damaged_tokenizer_is_named(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text('{"model": {"type": "Unigram"}}', encoding="utf-8")
    with pytest.raises(ModelError, match=r"tokenizer\.json is damaged"):
        read_subwords(tmp_path)


@pytest.mark.suite
class TestRealModel:
    @pytest.mark.parametrize(
        ("language", "mistyped", "meant"),
        [
            ("sv", "skirvare", "skrivare"),
            ("sv", "lösenrd", "lösenord"),
            ("pl", "druakrka", "drukarka"),
            ("cs", "kalendřá", "kalendář"),
            ("it", "calendraio", "calendario"),
            ("it", "conessione", "connessione"),
            ("uk", "прнитер", "принтер"),
            ("el", "σύνδσεη", "σύνδεση"),
            ("ro", "imagniea", "imaginea"),
            ("hu", "jelszvó", "jelszó"),
            ("id", "perangkta", "perangkat"),
        ],
    )
    def test_slips_are_seen(self, real_model: Path, language: str, mistyped: str, meant: str) -> None:
        pieces = read_subwords(real_model)
        assert pieces is not None
        assert pieces.meant(mistyped, language) == meant

    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("sv", "skrivaren hittar inte papperet i facket efter uppdateringen"),
            ("pl", "drukarka zacina papier podczas drukowania dwustronnego"),
            ("cs", "tiskárna hlásí chybu zásobníku papíru"),
            ("fi", "tulostin ei löydä langatonta verkkoa päivityksen jälkeen"),
            ("hu", "a nyomtató nem találja a vezeték nélküli hálózatot"),
            ("uk", "принтер не бачить папір після оновлення"),
            ("el", "ο εκτυπωτής δεν βρίσκει το χαρτί"),
        ],
    )
    def test_right_words_stay(self, real_model: Path, language: str, words: str) -> None:
        pieces = read_subwords(real_model)
        assert pieces is not None
        assert [word for word in words.split() if pieces.meant(word, language)] == []
