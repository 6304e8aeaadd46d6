"""Tokens gathered to words."""

import numpy as np
import pytest

from kb.wordtokens import WordTokens, word_tokens, word_vectors


@pytest.mark.parametrize(
    ("text", "spans", "words"),
    [
        ("open the lid", [(0, 4), (5, 8), (9, 12)], [(0, 4, [0]), (5, 8, [1]), (9, 12, [2])]),
        ("opening", [(0, 4), (4, 7)], [(0, 7, [0, 1])]),  # pieces of one word
        ("a, b", [(0, 1), (1, 2), (2, 4)], [(0, 1, [0]), (3, 4, [2])]),  # what is no word has no tokens here
        ("open lid", [(0, 4)], [(0, 4, [0])]),  # cut at the encoder's length
        ("", [], []),
        ("打开盖子", [(0, 2), (2, 4)], [(0, 2, [0]), (2, 4, [1])]),  # no blanks: each token by itself
        ("Mac上的", [(0, 3), (3, 5)], [(0, 3, [0]), (3, 5, [1])]),
    ],
)  # fmt: skip
def test_words_have_the_tokens_that_lie_in_them(
    text: str, spans: list[tuple[int, int]], words: list[tuple[int, int, list[int]]]
) -> None:
    assert [(w.start, w.end, w.tokens) for w in word_tokens(text, spans)] == words


def test_a_words_vector_is_the_mean_of_its_tokens_of_unit_length() -> None:
    tokens = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, -1.0]], dtype=np.float32)
    words = [WordTokens(0, 1, [0], True), WordTokens(1, 2, [0, 1], True), WordTokens(2, 3, [1, 2], True)]
    assert word_vectors(words, tokens) == pytest.approx(np.array([[1, 0], [0.5**0.5, 0.5**0.5], [0, 0]]))
    assert word_vectors([], tokens).shape == (0, 2)
