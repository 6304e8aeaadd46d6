"""Mistaken words, and what is left alone."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA
from smallkb import DUTCH, Hashing, Workshop, workshop, write_locale
from typos import KINDS, slip, with_typos

from kb.didyoumean import corrected, corrections
from kb.embedded import Collection, Generation
from kb.encoded import at_hand
from kb.hit import SearchRequest
from kb.rank import Question, RankSettings, rank
from kb.spelling import Speller, spelled_words

ENGLISH = Speller(
    sorted({"printer": 30, "printing": 9, "paper": 12, "lift": 3, "list": 40, "excel": 8, "tray": 5,
            "résumé": 4, "received": 6, "slipe": 1, "configuration": 7, "confirmation": 5}.items()),
    "en",
)  # fmt: skip


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("pritner", "printer"),
        ("papr", "paper"),
        ("pappper", None),
        ("exel", "excel"),
        ("recieved", "received"),
        ("confguratoin", "configuration"),
        ("xonfirmatoin", None),  # the first letter and another: too much of a guess
        ("lizt", None),  # of four letters every one counts
        ("tra", None),
        ("slipes", None),  # the only near word is in one article: a slip itself
        ("zzzzzzzz", None),
        ("p" * 41, None),
    ],
)
def test_the_nearest_known_word_is_meant(word: str, meant: str | None) -> None:
    near = ENGLISH.nearest(word)
    assert (near and near[0]) == meant
    assert near is None or near[1] == OSA.distance(word, near[0])


@pytest.mark.parametrize("word", ["printer", "printers", "printed", "resume", "résumé", "papers"])
def test_known_words_forms_of_them_and_left_out_accents_are_no_mistakes(word: str) -> None:
    assert ENGLISH.knows(word)


def test_words_are_letters_alone_and_none_of_scripts_without_spaces() -> None:
    assert spelled_words("L'accès à Outlookの設定 KB45 x รหัส Wi-Fi") == ["accès", "outlook", "kb", "wi", "fi"]


# --- against the vocabulary of a knowledge base


def nothing(_word: str, _language: str) -> None:
    """An encoder without a vocabulary."""


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    with pytest.MonkeyPatch.context() as patch:
        made: Workshop = workshop(tmp_path_factory.mktemp("spelling"), patch)
        made.index(write_locale(made.root, "nl-NL", DUTCH), write_locale(made.root, "de-DE", {}))
        generation = Generation(made.home)
        yield generation.collections["default"]
        generation.close()


def test_words_are_corrected_in_place(collection: Collection) -> None:
    words = corrections(collection, "De TUNEL en de Lampjse? archiev", "nl", nothing)
    assert words == {}  # no word of so small a knowledge base is in two articles
    assert corrected("De TUNEL en de Lampjse?", {"tunel": "tunnel", "lampjse": "lampjes"}) == (
        "De TUNNEL en de Lampjes?"
    )
    assert corrected("nothing", {}) is None


def test_only_words_that_nobody_knows_are_corrected(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.spelling._LEAST_ARTICLES", 1)
    for speller in (collection.names, *(store.browse.speller for store in collection.locales.values())):
        # which words are good for corrections
        monkeypatch.delitem(vars(speller), "_by_length", raising=False)
    assert corrections(collection, "Waarom valt de tunel weg?", "nl", nothing) == {"tunel": "tunnel"}
    assert corrections(collection, "the gatway ends", "nl", nothing) == {"gatway": "gateway"}
    assert corrections(collection, "tunel", "fi", nothing) == {}  # not installed: its words are no mistakes
    assert corrections(collection, "tunel.exe C:\\gatway\\x get-tunel", "nl", nothing) == {}
    assert corrections(collection, "kunt u de tunnel sluiten", "nl", nothing) == {}
    assert corrections(collection, "", "nl", nothing) == {}


def test_the_encoders_vocabulary_corrects_languages_that_are_not_installed(collection: Collection) -> None:
    def meant(word: str, language: str) -> str | None:
        return {("tunel", "fi"): "tunneli", ("sateen", "fi"): "säteen"}.get((word, language))

    assert corrections(collection, "tunel sateen", "fi", meant) == {"tunel": "tunneli", "sateen": "säteen"}
    assert corrections(collection, "tunel", "nl", meant) == {}  # installed: its articles have the words
    assert corrections(collection, "tunnel tunel.exe", "fi", lambda word, _: word[::-1]) == {}


def test_greek_words_end_in_their_own_sigma() -> None:
    assert corrected("ο λογαριαμσός;", {"λογαριαμσόσ": "λογαριασμόσ"}) == "ο λογαριασμός;"


def test_a_result_says_what_was_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.spelling._LEAST_ARTICLES", 1)
    made = workshop(tmp_path, monkeypatch)
    made.index(write_locale(made.root, "nl-NL", DUTCH))
    kb = made.open()
    found = kb.search(SearchRequest("Papeir in de printr", lang="nl"))
    assert found.did_you_mean == "Papier in de printer"
    assert found.hits
    assert kb.search(SearchRequest("Papier in de printer", lang="nl")).did_you_mean is None
    kb.close()


def test_what_one_collection_knows_is_no_mistake_in_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.spelling._LEAST_ARTICLES", 1)
    made = workshop(tmp_path, monkeypatch)
    made.index(write_locale(made.root, "nl-NL", DUTCH))
    (tmp_path / "de-DE").mkdir()
    (tmp_path / "de-DE" / "tunel.md").write_text("# Tunel\n\nEin Spiel.\n", encoding="utf-8")
    made.index(tmp_path / "de-DE", collection="games")
    kb = made.open()
    assert kb.search(SearchRequest("de tunel", lang="nl")).did_you_mean is None
    assert kb.search(SearchRequest("de tunel", lang="nl", collection="default")).did_you_mean == "de tunnel"
    kb.close()


def test_a_corrected_question_is_looked_up_as_well(collection: Collection) -> None:
    wrong, right = "De tunel valt weg", "De tunnel valt weg"
    vector = Hashing().encode_queries([wrong])[0]

    def best(*variants: str) -> float:
        question = Question(wrong, at_hand(vector), "nl", None, variants)
        ranked = rank(collection, question, RankSettings(), None)
        return next(r.lexical for r in ranked if r.path == "vpn/tunnel-drops")

    assert best(right) > best() > 0


@settings(deadline=None)
@given(st.text(max_size=60))
def test_replacing_words_by_themselves_changes_only_their_case(text: str) -> None:
    words = {word: word for word in spelled_words(text)}
    better = corrected(text, words)
    assert better is None or spelled_words(better) == spelled_words(text)


@settings(deadline=None)
@given(st.text(alphabet="abcdeß", min_size=5, max_size=20), st.integers(0, 99))
def test_a_slip_is_one_edit_and_never_the_word_itself(word: str, seed: int) -> None:
    wrong = slip(word, random.Random(seed))
    assert OSA.distance(word, wrong) == 1
    assert with_typos(f"{word} a1.exe {word}_x", seed).endswith(f" a1.exe {word}_x")
    assert set(KINDS) == {"swap", "drop", "replace", "insert"}
