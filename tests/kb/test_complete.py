"""Titles and phrases that go on from what has been typed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.browsedb import ArticleFacts, Phrase
from kb.complete import Completer, typing_key

TITLES = [
    "Reset the password of a printer",
    "Password rules",
    "Réinitialiser le mot de passe",
    "Drucker wieder einschalten",
    "プリンターのパスワードをリセットする",
    "新しいPrinterの設定",
    "รีเซ็ตรหัสผ่านเครื่องพิมพ์",
    "إعادة تعيين كلمة المرور",
    "Łącze do drukarki",
]


def completer(*phrases: tuple[str, int]) -> Completer:
    articles = [ArticleFacts(f"a/{n}", t, typing_key(t), None, None, (), ()) for n, t in enumerate(TITLES)]
    return Completer(articles, [Phrase(text, typing_key(text), n) for text, n in phrases])


def found(typed: str, limit: int = 10) -> list[str]:
    return [entry.text for entry in completer().find(typed, limit)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("pass", ["Password rules", "Réinitialiser le mot de passe", "Reset the password of a printer"]),
        ("password res", ["Reset the password of a printer"]),
        ("password rex", []),
        ("printer pass", ["Reset the password of a printer"]),
        ("reset password", ["Reset the password of a printer"]),
        ("res", ["Reset the password of a printer"]),
        ("REINITIALISER MOT", ["Réinitialiser le mot de passe"]),
        ("lacze", ["Łącze do drukarki"]),
        ("リセット", ["プリンターのパスワードをリセットする"]),
        ("プリンター リセ", ["プリンターのパスワードをリセットする"]),
        ("printer設", ["新しいPrinterの設定"]),
        ("รหัส", ["รีเซ็ตรหัสผ่านเครื่องพิมพ์"]),
        ("اعادة كلم", ["إعادة تعيين كلمة المرور"]),
        ("assword", []),
        ("…", []),
        ("", []),
    ],
)
def test_every_typed_word_is_there_the_last_as_a_beginning(typed: str, expected: list[str]) -> None:
    assert found(typed) == expected


def test_words_before_the_last_may_be_beginnings_where_whole_ones_find_nothing() -> None:
    assert found("pri pass") == ["Reset the password of a printer"]


def test_what_begins_as_typed_comes_first_then_the_frequent() -> None:
    entries = completer(("Reset password", 9), ("Password reset", 40), ("a password", 70)).find("password", 9)
    assert [e.text for e in entries if e.article is None] == [
        "Password reset",
        "a password",
        "Reset password",
    ]
    assert next(e for e in entries if e.article).text == "Password rules"


def test_a_phrase_that_is_a_title_is_left_to_the_title() -> None:
    entries = completer(("password RULES", 9)).find("password ru", 9)
    assert [(e.text, e.article) for e in entries] == [("Password rules", "a/1")]


def test_equal_titles_are_one_suggestion() -> None:
    twice = [ArticleFacts(p, "The same", "the same", None, None, (), ()) for p in ("b", "a")]
    assert [e.article for e in Completer(twice, []).find("sam", 5)] == ["a"]


@settings(deadline=None)
@given(st.sampled_from(TITLES), st.integers(1, 40))
def test_whatever_is_typed_of_a_title_finds_it(title: str, length: int) -> None:
    assert not typing_key(title[:length]) or title in found(title[:length], limit=len(TITLES))


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_may_be_typed(typed: str) -> None:
    assert len(completer(("Reset password", 9)).find(typed, 3)) <= 6
