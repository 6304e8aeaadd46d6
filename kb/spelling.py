"""Words that an index does not know, and the known words that they were probably meant to be.

Candidates are the words of the index itself that are one restricted Damerau-Levenshtein edit away (a letter
inserted, left out, replaced, or two neighbours swapped), two for long words. Before distances are counted, a mask
of each word's letters rules most of them out: an edit adds at most one letter to the set and takes one away.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from math import log

import numpy as np
import numpy.typing as npt
import regex
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from kb.folding import fold, without_accents
from kb.text import analyse

_MAX_WORD = 40
# Shorter words have too many neighbours for one of them to be the likely one.
_LEAST = 4
_TWO_EDITS_FROM = 8
# A word in fewer articles than this may be a slip of the article's own, and corrects nothing.
_LEAST_ARTICLES = 2
# "the" and "van" are in more articles than any term; a short word is one of them sooner ("not", "bij").
_COMMON_SHARE = 0.35
_COMMON_SHORT_SHARE = 0.15
_SHORT = 3
_COMMON_ARTICLES = 20
# Known words that begin like an unknown one are stemmed to see whether it is another form of one of them.
_STEM_PREFIX = 3
_STEMS_READ = 40
_LAST = "\U0010ffff"
_SPACELESS = (
    r"\p{Han}\p{Hiragana}\p{Katakana}\u30FC\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"  # not cut into words here
)
_WORD = regex.compile(
    rf"[\p{{L}}--[{_SPACELESS}]][[\p{{L}}\p{{M}}]--[{_SPACELESS}]]{{1,{_MAX_WORD - 1}}}+", regex.V1
)


def spelled_words(text: str) -> list[str]:
    """Folded words of letters alone, in order; none of scripts without spaces."""
    found: list[str] = _WORD.findall(fold(text).text)
    return found


class Speller:
    """The vocabulary of one locale: (folded word, articles that have it), in the order of words."""

    def __init__(self, vocabulary: Sequence[tuple[str, int]], language: str) -> None:
        self._language = language
        self.vocabulary: Mapping[str, int] = dict(vocabulary)
        self._ordered = [word for word, _ in vocabulary]

    def knows(self, word: str) -> bool:
        """Whether a folded word stands in the locale's articles: itself, without accents, or inflected."""
        return word in self.vocabulary or without_accents(word) in self._bare or self._has_stem_of(word)

    def articles(self, word: str) -> int:
        return self.vocabulary.get(word, 0)

    def likelihood(self, bare: Sequence[str]) -> float:
        """Natural logarithm of the share of the articles that have each of the folded words without their accents, all
        of them multiplied."""
        known, most = self._bare, self._most
        return sum(log((known.get(word, 0) + 0.5) / (most + 1)) for word in bare)

    def is_common(self, word: str) -> bool:
        """Whether so many articles have a folded word that it says nothing about any of them."""
        share = _COMMON_SHARE if len(word) > _SHORT else _COMMON_SHORT_SHARE
        return self.vocabulary.get(word, 0) > max(_COMMON_ARTICLES, share * self._most)

    def nearest(self, word: str) -> tuple[str, int] | None:
        """(the likeliest known word that a folded one was meant to be, edits between them), None without any."""
        if not _LEAST <= len(word) <= _MAX_WORD:
            return None
        for edits in (1, 2) if len(word) >= _TWO_EDITS_FROM else (1,):
            found = [w for w in self._within(word, edits) if _likely(word, w, edits)]
            if found:
                # people seldom mistake a word's first letter
                best = min(found, key=lambda w: (w[0] != word[0], -self.vocabulary[w], w))
                return best, edits
        return None

    def _within(self, word: str, edits: int) -> list[str]:
        """Known words that are so many edits away, given that none is nearer."""
        words, masks, starts = self._by_length
        low, high = starts[max(0, len(word) - edits)], starts[len(word) + edits + 1]
        mask, there = np.uint64(_mask(word)), masks[low:high]
        few = (np.bitwise_count(there & ~mask) <= edits) & (np.bitwise_count(mask & ~there) <= edits)
        candidates = [words[low + i] for i in np.flatnonzero(few)]
        if not candidates:
            return []
        distances = cdist([word], candidates, scorer=OSA.distance, score_cutoff=edits, dtype=np.uint8)[0]
        return [candidates[i] for i in np.flatnonzero(distances <= edits)]

    def _has_stem_of(self, word: str) -> bool:
        stem = _stem(word, self._language)
        if stem in self.vocabulary:
            return True
        prefix = word[: max(_STEM_PREFIX, min(len(stem), len(word)) - 1)]
        start = bisect_left(self._ordered, prefix)
        stop = bisect_left(self._ordered, prefix + _LAST, start)
        return any(_stem(other, self._language) == stem for other in self._ordered[start:stop][:_STEMS_READ])

    def warm_like(self, other: Speller) -> None:
        """Works out what the other one has been asked for already."""
        for name in ("_most", "_bare", "_by_length"):
            if name in vars(other):
                getattr(self, name)

    @cached_property
    def _most(self) -> int:
        """Articles that have the most frequent word: nearly all, in any language."""
        return max(self.vocabulary.values(), default=0)

    @cached_property
    def _bare(self) -> Mapping[str, int]:
        """Words without their accents, and the articles that have the most frequent of those that differ in them."""
        found: dict[str, int] = {}
        for word, articles in self.vocabulary.items():
            bare = without_accents(word)
            found[bare] = max(articles, found.get(bare, 0))
        return found

    @cached_property
    def _by_length(self) -> tuple[list[str], npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
        """Words that may correct others, short ones first; their masks; where each length begins."""
        words = sorted(
            (w for w, n in self.vocabulary.items() if n >= _LEAST_ARTICLES), key=lambda w: (len(w), w)
        )
        lengths = np.array([len(word) for word in words], dtype=np.int64)
        starts = np.searchsorted(lengths, np.arange(_MAX_WORD + 4)).astype(np.int64)
        return words, np.array([_mask(word) for word in words], dtype=np.uint64), starts


def _likely(word: str, candidate: str, edits: int) -> bool:
    """Whether an edit is one that fingers make rather than the difference between two words."""
    if edits > 1:
        return candidate[0] == word[0]
    # of four letters each one tells words apart ("lift", "list"); left out or swapped they are slips
    return len(word) > _LEAST or len(candidate) > len(word) or sorted(candidate) == sorted(word)


def _mask(word: str) -> int:
    """The set of a word's letters, folded into 64 bits."""
    mask = 0
    for letter in word:
        mask |= 1 << (ord(letter) & 63)
    return mask


@lru_cache(20_000)
def _stem(word: str, language: str) -> str:
    return "".join(token.text for token in analyse(word, language))
