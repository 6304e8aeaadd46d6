"""Stems of a text with the words that they are of, and what a stem is called: its commonest word."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from kb.folding import fold
from kb.text import analyse, words


class Stemmed(NamedTuple):
    """The stems of a text in order, and the words as folded that they are of."""

    stems: tuple[str, ...]
    words: tuple[str, ...]


def stemmed(text: str, language: str) -> Stemmed:
    folded = fold(text)
    return Stemmed(tuple(t.text for t in analyse(folded, language)), tuple(t.text for t in words(folded)))


def commonest_words(texts: Iterable[Stemmed]) -> dict[str, str]:
    """For each stem the word that it is of most often, the first by alphabet where several are."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for stem, word in zip(text.stems, text.words, strict=True):
            seen[stem][word] += 1
    return {stem: _commonest(found) for stem, found in seen.items()}


def _commonest(found: Counter[str]) -> str:
    return min(found, key=lambda word: (-found[word], word))


def times_of(texts: Iterable[Iterable[str]]) -> Counter[str]:
    """How often each stem stands in texts, given by their stems."""
    return Counter(stem for stems in texts for stem in stems)
