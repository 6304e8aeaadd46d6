"""Words that translate each other, from how often they stand in the same passages.

    dice(w, t) = 2 · n(w, t) / (n(w) + n(t))

n being the number of passages whose text has the word in one locale, its candidate in the other, or both (Smadja
et al. 1996, "Translating Collocations for Bilingual Lexicons"). A passage is the same content in every localization,
and the word indexes know which passages have a word: nothing is computed beforehand, and no text is read.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from kb.embedded import LocaleStore

_MIN_DICE = 0.45
# A word seen in fewer passages comes together with whatever else stands there.
_MIN_PASSAGES = 3
# Candidates this near to the best one translate the word too: an inflected form, the next bigram of one word.
_NEAR_BEST = 0.85

Rows = npt.NDArray[np.int64]


def dice(together: int, one: int, other: int) -> float:
    """The share of what either has that both have, 0 to 1."""
    return 2 * together / (one + other) if one + other else 0.0


class Association:
    """What words of one locale are in the text of others, by the passages of a collection."""

    def __init__(self, stores: dict[str, LocaleStore], rows: int) -> None:
        self._stores = stores
        self._there = np.zeros(rows, dtype=bool)

    def translations(
        self, words: Iterable[str], locale: str, tokens: Iterable[str], other: str
    ) -> dict[str, set[str]]:
        """For each word of `locale` those of the tokens of `other` that translate it; words without any left out."""
        found: dict[str, set[str]] = {}
        candidates = {token: self._rows(other, token) for token in tokens}
        for word in sorted(set(words)):
            mine = self._rows(locale, word)
            if len(mine) < _MIN_PASSAGES:
                continue
            self._there[mine] = True
            scores = {}
            for token, theirs in candidates.items():
                if dice(min(len(mine), len(theirs)), len(mine), len(theirs)) >= _MIN_DICE:
                    together = int(np.count_nonzero(self._there[theirs]))
                    scores[token] = dice(together, len(mine), len(theirs))
            self._there[mine] = False
            best = max(scores.values(), default=0.0)
            if best >= _MIN_DICE:
                found[word] = {t for t, s in scores.items() if s >= max(_MIN_DICE, best * _NEAR_BEST)}
        return found

    def _rows(self, locale: str, token: str) -> Rows:
        store = self._stores[locale]
        return store.rows[store.lexical.holders(token, "stem")]
