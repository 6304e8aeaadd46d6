"""A locale's words with what its bilingual units call them in the source (kb.glosses).

Learned from the units alone (indexer.model1), so an article more may change any of them: they are learned anew with
every change of a locale, in a second or two.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from indexer.model1 import Numbers, Side, Table, pair_counts, train
from indexer.stems import Stemmed, commonest_words, stemmed
from kb.glosses import write_glosses
from kb.secondreading import LANGUAGE
from kb.unitdb import read_pairs
from kb.unittokens import unpack_ids

# Below, a word has too many translations for any one to be told: of .15 to .35 none moved MRR@10 by more than .01.
_LEAST = 0.2
# Pairs of words that are looked at, about 200 MB: the shortest units come first, which say most plainly what is what.
# With half as many, or with four times, questions in installed languages found the same.
_MOST_PAIRS = 4_000_000
_SOURCES_IN_MEMORY = 32_768  # source texts, which all locales of a collection share; 1 kB each


def write_locale_glosses(folder: Path) -> None:
    """Writes the file of a locale's folder from its units, those translated from the language of the second encoder."""
    pairs = read_pairs(folder, LANGUAGE)
    ids, counts = unpack_ids(packed for _, packed in pairs)
    sources = [_source(text) for text, _ in pairs]
    numbered = {stem: n for n, stem in enumerate(sorted({stem for text in sources for stem in text.stems}))}
    terms, target = np.unique(ids, return_inverse=True)
    given = _distinct(target.astype(np.int64), counts, len(terms))
    said = np.array([numbered[stem] for text in sources for stem in text.stems], dtype=np.int64)
    spoken = _distinct(said, np.array([len(text.stems) for text in sources], dtype=np.int64), len(numbered))
    kept = _shortest(pair_counts(spoken.counts, given.counts))
    table = train(_of(spoken, kept), _of(given, kept))
    shown = commonest_words(sources)
    names = [shown[stem] for stem in numbered]
    best = _best(table, len(terms))
    seen = np.flatnonzero(best != _UNSEEN)
    write_glosses(folder, terms[seen], [names[n] if n >= 0 else "" for n in best[seen].tolist()])


@lru_cache(_SOURCES_IN_MEMORY)
def _source(text: str) -> Stemmed:
    return stemmed(text, LANGUAGE)


def _distinct(numbers: Numbers, counts: Numbers, size: int) -> Side:
    """Each sentence's words once, ascending."""
    keys = np.unique(np.repeat(np.arange(len(counts)), counts) * max(size, 1) + numbers)
    return Side(keys % max(size, 1), np.bincount(keys // max(size, 1), minlength=len(counts)), size)


def _shortest(pairs: Numbers) -> Numbers:
    """The units to learn from, ascending: the smallest ones, as many as there is room for."""
    order = np.argsort(pairs, kind="stable")
    return np.sort(order[np.cumsum(pairs[order]) <= _MOST_PAIRS])


def _of(side: Side, kept: Numbers) -> Side:
    """The side with those sentences alone."""
    there = np.zeros(len(side.counts), dtype=bool)
    there[kept] = True
    return Side(side.words[np.repeat(there, side.counts)], side.counts[kept], side.size)


_UNSEEN, _UNCLEAR = -2, -1


def _best(table: Table, size: int) -> Numbers:
    """The likeliest translation of each word, the first of equals; _UNCLEAR where it isn't likely enough, _UNSEEN
    where no unit that was learned from has the word."""
    order = np.lexsort((table.word, -table.probability, table.given))
    given, first = np.unique(table.given[order], return_index=True)
    best = np.full(size, _UNSEEN, dtype=np.int64)
    chosen = order[first]
    best[given] = np.where(table.probability[chosen] >= _LEAST, table.word[chosen], _UNCLEAR)
    return best
