"""Words that translate each other, from how often they stand in the same passages.

    dice(w, t) = 2 · n(w, t) / (n(w) + n(t))

n being the number of passages whose text has the word in one locale, its candidate in the other, or both (Smadja
et al. 1996, "Translating Collocations for Bilingual Lexicons"). A passage is the same content in every localization,
and the word indexes know which passages have a word: nothing is computed beforehand, and no text is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kb.embedded import LocaleStore

_MIN_DICE = 0.2
# A word seen in fewer passages comes together with whatever else stands there.
_MIN_PASSAGES = 3
# A word in a larger share of all passages is grammar mostly, and comes together with all that is.
_COMMON = 0.15
# Candidates this near to the best one translate the word too: an inflected form, the next bigram of one word.
_NEAR_BEST = 0.6
# Of two words' numbers of passages the smaller is at least this share of the larger.
_RATIO = _MIN_DICE / (2 - _MIN_DICE)
_FIELD = "stem"


def dice(together: int, one: int, other: int) -> float:
    """The share of what either has that both have, 0 to 1."""
    return 2 * together / (one + other) if one + other else 0.0


class Association:
    """What words of one locale are in others, by the passages of a collection. Threads may share one."""

    def __init__(self, stores: Mapping[str, LocaleStore]) -> None:
        self._stores = stores
        self._span = lru_cache(100_000)(self._find_span)
        self._marked = lru_cache(512)(self._mark)
        self._known = lru_cache(4096)(self._nothing_yet)

    def translations(
        self, words: Iterable[str], locale: str, tokens: Iterable[str], other: str
    ) -> dict[str, set[str]]:
        """For each word of `locale` those of the tokens of `other` that translate it.

        Words without any are left out, rare and common ones too.
        """
        found: dict[str, set[str]] = {}
        candidates = {token: self._span(other, token) for token in tokens}
        common = max(_MIN_PASSAGES, len(self._stores[locale].rows) * _COMMON)
        for word in set(words):
            mine = self._span(locale, word)
            if _MIN_PASSAGES <= mine.stop - mine.start <= common:
                scores = self._scores(word, locale, other, candidates)
                best = max(scores.values(), default=0.0)
                if best >= _MIN_DICE:
                    found[word] = {t for t, s in scores.items() if s >= max(_MIN_DICE, best * _NEAR_BEST)}
        return found

    def _scores(
        self, word: str, locale: str, other: str, candidates: Mapping[str, slice]
    ) -> dict[str, float]:
        """dice of the word and each candidate that can reach the least score at all."""
        known = self._known(word, locale, other)
        size = self._span(locale, word)
        n = size.stop - size.start
        least, most = n * _RATIO, n / _RATIO
        near = {t: span for t, span in candidates.items() if least <= span.stop - span.start <= most}
        new = [(token, span) for token, span in near.items() if token not in known]
        if new:
            rows = self._stores[other].lexical.posted_rows
            there = self._marked(word, locale, other)[np.concatenate([rows[span] for _, span in new])]
            sizes = [span.stop - span.start for _, span in new]
            together = np.add.reduceat(there, np.cumsum([0, *sizes[:-1]]), dtype=np.int64).tolist()
            for (token, _), both, m in zip(new, together, sizes, strict=True):
                known[token] = dice(both, n, m)
        return {token: known[token] for token in near}

    def _mark(self, word: str, locale: str, other: str) -> npt.NDArray[np.bool_]:
        """For each passage of `other` whether the word stands in it in `locale`."""
        mine, theirs = self._stores[locale], self._stores[other]
        places = theirs.ordinals(mine.rows[mine.lexical.holders(word, _FIELD)])
        there = np.zeros(len(theirs.rows), dtype=bool)
        there[places[places >= 0]] = True
        return there

    def _nothing_yet(self, _word: str, _locale: str, _other: str) -> dict[str, float]:
        """Where the scores of a word are gathered as they are asked for."""
        return {}

    def _find_span(self, locale: str, token: str) -> slice:
        return self._stores[locale].lexical.postings(token, _FIELD)
