"""IBM Model 1: which words translate each other, from sentence pairs alone.

Brown et al. 1993, "The Mathematics of Statistical Machine Translation": every word of one side is taken to come from
some word of the other, or from none, and how likely each pair is makes the pairs seen likeliest (expectation
maximisation, which has one maximum here, wherever it starts).

    t(e|f) = c(e, f) / Σ c(e', f)        c(e, f) = Σ over pairs of t(e|f) / Σ t(e|f') over all f' of the pair
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

# Of 3 to 8 rounds each gave the same best translations to all but a few words.
_ROUNDS = 5
Numbers = npt.NDArray[np.int64]


class Side(NamedTuple):
    """One side of sentence pairs: numbers of the words of all sentences, one after the other, each once in its
    sentence; how many each sentence has; how many numbers there are."""

    words: Numbers
    counts: Numbers
    size: int


class Table(NamedTuple):
    """Pairs of words that share a sentence pair, by `given`, then `word`: t(word | given)."""

    given: Numbers
    word: Numbers
    probability: npt.NDArray[np.float64]


def pair_counts(words: Numbers, given: Numbers) -> Numbers:
    """Pairs of words that training looks at in each sentence pair, by how many words its sides have."""
    return words * (given + 1)


def train(words: Side, given: Side) -> Table:
    """The table of sentence pairs, pairs with no word of the other side (that is none of `given`) left out."""
    none = given.size
    sentences = np.arange(len(given.counts), dtype=np.int64)
    # what a word may come from: the words of its pair's other side, and none of them
    sources = np.concatenate([given.words, np.full(len(sentences), none, dtype=np.int64)])
    order = np.argsort(np.concatenate([np.repeat(sentences, given.counts), sentences]), kind="stable")
    sources, counts = sources[order], given.counts + 1
    of_word = np.repeat(sentences, words.counts)
    times = counts[of_word]
    begins = np.cumsum(counts) - counts
    place = np.arange(int(times.sum())) + np.repeat(begins[of_word] - (np.cumsum(times) - times), times)
    which = np.repeat(np.arange(len(words.words), dtype=np.int32), times)
    keys, pair = np.unique(sources[place] * words.size + np.repeat(words.words, times), return_inverse=True)
    of_given = keys // max(words.size, 1)
    pair = pair.astype(np.int32)
    t = 1.0 / np.bincount(of_given, minlength=none + 1)[of_given]
    for _ in range(_ROUNDS):
        likely = t[pair]
        expected = np.bincount(pair, likely / np.bincount(which, likely)[which], minlength=len(keys))
        t = expected / np.bincount(of_given, expected)[of_given]
    known = of_given < none
    return Table(of_given[known], keys[known] % max(words.size, 1), t[known])
