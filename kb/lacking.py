"""What of a question the best article lacks: each word's nearest token there, beside the nearest in other articles; and
what of it no article has a word for.

A near miss says the name of a known product and something that no article is about. Scores of whole texts hardly see
that; the word that nothing comes near to does, and so does a word that the encoder puts nearer to grammar than to
anything that the source says.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kb.lexical import LexicalIndex
from kb.namer import Naming
from kb.postings import idf
from kb.text import analyse, words
from kb.vectors import Floats

LACKING = (
    "tokens",
    "weak_words",
    "weak_rarity",
    "middling_rarity",
    "weakest_word",
    "weaker_words",
    "strongest_tokens",
    "deviation",
    "lacking_rarity",
    "lacking_most",
    "lacking_tokens",
    "lacking_token",
    "anywhere",
    "anywhere_low",
    "anywhere_least",
    "rarity",
    "rarest",
    "unknown",
    "own_words",
)
NAMED = ("unnamed", "unnamed_rarity")
# Cosines below which a word counts as not met, or hardly; half of the words of answerable questions lie above .5.
_WEAK, _MIDDLING = 0.35, 0.45


class Word(NamedTuple):
    """A word of the question: the places of its tokens, its inverse document frequency, and whether any row has it."""

    tokens: list[int]
    rarity: float
    known: bool


def words_of(text: str, spans: Sequence[tuple[int, int]], lexical: LexicalIndex) -> list[Word]:
    """The words of a text that have tokens. spans: code points of its tokens; lexical: where rarity is counted."""
    found = []
    for word in words(text):
        places = [n for n, (start, end) in enumerate(spans) if start < word.end and word.start < end]
        if not places:
            continue
        rows = [lexical.postings(t.text, "stem") for t in analyse(word.text, lexical.language)]
        holders = max((p.stop - p.start for p in rows), default=0)
        found.append(Word(places, float(idf(holders, lexical.rows)), holders > 0))
    return found


def lacking_features(
    met: Floats, elsewhere: Floats, asked: Sequence[Word], own_words: float
) -> dict[str, float]:
    """A number for each name of LACKING; {} for a question without words or tokens.

    met        best cosine of each of the question's tokens in the best article
    elsewhere  in the articles ranked after it
    own_words  the share of the question's words, by rarity, in the article's text in the question's own language; 0
               where that isn't installed or is the source's

    tokens                           logarithm of their number
    weak_words, weak_rarity          share of the words whose tokens are hardly met; of their rarity; middling_rarity:
                                     of a higher bound
    weakest_word, weaker_words       lowest mean cosine of a word, and the lower quartile; strongest_tokens: the
                                     highest tenth; deviation: of the tokens
    lacking_rarity, lacking_most     what words gain elsewhere, mean by rarity, and the most; lacking_tokens,
                                     lacking_token: of tokens
    anywhere, anywhere_low, anywhere_least  mean, quartile and lowest of the best cosines in any of the articles
    rarity, rarest, unknown          mean and highest rarity of the words; the share that no row has
    """
    if not asked or not len(met):
        return {}
    rarity = np.array([word.rarity for word in asked])
    share = rarity / max(float(rarity.sum()), 1e-9)
    here = np.array([met[word.tokens].mean() for word in asked])
    gained = np.maximum(0.0, np.array([elsewhere[word.tokens].mean() for word in asked]) - here)
    anywhere = np.maximum(met, elsewhere)
    values = (
        math.log1p(len(met)),
        (here < _WEAK).mean(),
        share @ (here < _WEAK),
        share @ (here < _MIDDLING),
        here.min(),
        np.quantile(here, 0.25),
        np.quantile(met, 0.9),
        met.std(),
        share @ gained,
        gained.max(),
        (anywhere - met).mean(),
        (anywhere - met).max(),
        anywhere.mean(),
        np.quantile(anywhere, 0.25),
        anywhere.min(),
        rarity.mean(),
        rarity.max(),
        np.mean([not word.known for word in asked]),
        own_words,
    )
    return dict(zip(LACKING, map(float, values), strict=True))


def naming_features(naming: Naming, asked: Sequence[Word]) -> dict[str, float]:
    """A number for each name of NAMED; {} for a question without named words.

    unnamed         mean over the words of how likely each has a name after all, 0 for those whose likeliest class has
                    one: what the encoder puts nowhere is likeliest grammar, for that is met with everything, but not
                    as clearly as grammar is
    unnamed_rarity  mean of the rarity of words without a name, 0 for the others
    """
    known = [word for word in asked if np.isfinite(naming.silent[word.tokens]).any()]
    if not known:
        return {}
    silent = np.array([np.nanmean(naming.silent[word.tokens]) for word in known])
    said = np.array([np.nanmean(naming.said[word.tokens]) for word in known])
    rarity = np.array([word.rarity for word in known])
    return dict(zip(NAMED, (float((silent * said).mean()), float((silent * rarity).mean())), strict=True))
