"""Stems with the words that they are of."""

from indexer.stems import Stemmed, commonest_words, stemmed, times_of


def test_every_stem_stands_beside_its_word() -> None:
    assert stemmed("The Printers jammed", "en") == Stemmed(
        ("the", "printer", "jam"), ("the", "printers", "jammed")
    )
    assert stemmed("", "en") == Stemmed((), ())


def test_a_stem_is_called_by_its_commonest_word() -> None:
    texts = [stemmed(text, "en") for text in ("printers jam", "two printers", "a printer jams")]
    assert commonest_words(texts) == {
        "printer": "printers", "jam": "jam", "two": "two", "a": "a",
    }  # fmt: skip


def test_times_count_repetitions() -> None:
    assert times_of([["a", "b", "a"], ["a"]]) == {"a": 3, "b": 1}
