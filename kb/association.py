"""Words that translate each other, from how often they stand in the same passages.

    dice(w, t) = 2 · n(w, t) / (n(w) + n(t))

n being the number of passages whose text has the word in one locale, its candidate in the other, or both (Smadja
et al. 1996, "Translating Collocations for Bilingual Lexicons"). A passage is the same content in every localization,
and the word indexes know which passages have a word: nothing is computed beforehand, and no text is read.

Words are term ids of their locale's word index (kb.postings.term_id).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial

import numpy as np
import numpy.typing as npt

from kb.localestore import LocaleStore
from kb.unittokens import Ids

_MIN_DICE = 0.2
# A word seen in fewer passages comes together with whatever else stands there.
_MIN_PASSAGES = 3
# A word in a larger share of all passages is grammar mostly, and comes together with all that is.
_COMMON = 0.15
# Candidates this near to the best one translate the word too: an inflected form, the next bigram of one word.
_NEAR_BEST = 0.6
# Of two words' numbers of passages the smaller is at least this share of the larger.
_RATIO = _MIN_DICE / (2 - _MIN_DICE)
# Of what is kept of words, a bit for each passage of the collection.
_BYTES_IN_MEMORY = 16_000_000

Floats = npt.NDArray[np.float64]


class Association:
    """What words of one locale are in others, by the passages of a collection. Threads may share one.

    stores  the collection's locales; rows: of its views, which number the passages of all of them
    """

    def __init__(self, stores: Mapping[str, LocaleStore], rows: int) -> None:
        self._stores = stores
        # of the stores alone, so that it goes with what holds it
        self._bits = lru_cache(_BYTES_IN_MEMORY // (rows // 8 + 64))(partial(_find_bits, stores, rows))

    def scores(self, words: Ids, locale: str, candidates: Ids, other: str) -> Floats:
        """float64 [len(words), len(candidates)]: dice of each word of `locale` and each candidate of `other`.

        0 for a word that is too rare or too common to tell, and where the least score can't be reached.
        """
        out = np.zeros((len(words), len(candidates)))
        n = self._stores[locale].lexical.df(words)
        common = max(_MIN_PASSAGES, self._stores[locale].lexical.rows * _COMMON)
        telling = np.flatnonzero((n >= _MIN_PASSAGES) & (n <= common))
        m = self._stores[other].lexical.df(candidates)
        near = (m >= n[telling, None] * _RATIO) & (m <= n[telling, None] / _RATIO)
        asked = np.flatnonzero(near.any(axis=0))
        if len(asked):
            there = [self._bits(locale, word) for word in words[telling].tolist()]
            held = np.stack([self._bits(other, token) for token in candidates[asked].tolist()])
            together = np.stack([np.bitwise_count(held & word).sum(axis=1, dtype=np.int64) for word in there])
            dice = 2 * together / (n[telling, None] + m[asked])
            out[np.ix_(telling, asked)] = np.where(near[:, asked], dice, 0.0)
        return out


def _find_bits(
    stores: Mapping[str, LocaleStore], rows: int, locale: str, word: int
) -> npt.NDArray[np.uint64]:
    """A bit for each row: whether the word stands in it in `locale`."""
    store = stores[locale]
    there = np.zeros(-(-rows // 64) * 64, dtype=bool)
    there[store.word_rows[store.lexical.posted(word)]] = True
    return np.packbits(there).view(np.uint64)


def translating(scores: Floats) -> npt.NDArray[np.bool_]:
    """bool [candidates] of one text: whether each translates some word. scores: as above, [words, candidates]."""
    best = scores.max(axis=1, initial=0.0)
    least = np.maximum(_MIN_DICE, best * _NEAR_BEST)
    return np.asarray(((scores >= least[:, None]) & (best >= _MIN_DICE)[:, None]).any(axis=0), dtype=bool)
