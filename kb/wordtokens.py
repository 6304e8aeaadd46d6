"""An encoder's tokens gathered to words: one vector for each word of a text, as the encoder has read it there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kb.text import runs
from kb.vectors import Floats


class WordTokens(NamedTuple):
    """A word's range in the text and the places of its tokens; in scripts without spaces each token is one by itself.

    spaced  whether it is a word between spaces
    """

    start: int
    end: int
    tokens: list[int]
    spaced: bool


def word_tokens(text: str, spans: Sequence[tuple[int, int]]) -> list[WordTokens]:
    """The words of a text that have tokens, in order. spans: code points [from, to) of its tokens, in order."""
    found: list[WordTokens] = []
    first = 0
    for start, end, spaced in runs(text):
        while first < len(spans) and spans[first][1] <= start:
            first += 1
        own, at = [], first
        while at < len(spans) and spans[at][0] < end:
            if spans[at][1] > start:
                own.append(at)
            at += 1
        if spaced and own:
            found.append(WordTokens(start, end, own, True))
        elif not spaced:
            found += [WordTokens(max(start, spans[n][0]), min(end, spans[n][1]), [n], False) for n in own]
    return found


def word_vectors(words: Sequence[WordTokens], tokens: Floats) -> Floats:
    """float32 [words, width]: the mean of each word's tokens, of unit length (zero where it is none)."""
    if not words:
        return np.empty((0, tokens.shape[1] if tokens.ndim == 2 else 0), dtype=np.float32)
    sums = np.stack([tokens[word.tokens].sum(axis=0) for word in words])
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray(sums / np.where(lengths == 0.0, 1.0, lengths), dtype=np.float32)
