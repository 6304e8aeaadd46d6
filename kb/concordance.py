"""Units of one locale that hold a text: whole, as a stretch of them, or most of its words.

The locale's word index proposes passages; their units are compared with the text itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from kb.embedded import Collection
from kb.folding import Folded, fold
from kb.locales import language_of
from kb.localestore import LocaleStore
from kb.text import analyse, words
from kb.unitdb import FIELD
from kb.units import UnitReader
from kb.unittext import ArticleUnits, UnitText
from kb.unittokens import Ids, UnitTokens

Kind = Literal["exact", "phrase", "words", "meaning"]

PASSAGES = 48
# What may stand around a sentence without making it another one.
SENTENCE_EDGE = " .:;,!?…。：！？"
# A unit with less than this share of what the text's words weigh does not match.
_MIN_COVERAGE = 0.5


@dataclass(frozen=True, slots=True)
class Found:
    """A unit that matches: its article, its index among the article's units, how and how well (0 to 1)."""

    article: ArticleUnits
    unit: int
    kind: Kind
    score: float

    @property
    def text(self) -> str:
        return self.article.units[self.unit].text

    @property
    def tokens(self) -> UnitTokens:
        return self.article.units[self.unit].tokens


@dataclass(frozen=True, slots=True)
class Searched:
    """Units found, best first; the articles that were looked through, in the word index's order; how many passages."""

    found: list[Found]
    paths: list[str]
    passages: int


def search_units(reader: UnitReader, collection: Collection, locale: str, text: str) -> Searched:
    """Units of the locale that match, ordered by (-score, length, path, place)."""
    store = collection.locales[locale]
    rows = [hit.row for hit in store.lexical.search(text, PASSAGES)]
    paths = list(dict.fromkeys(collection.paths[store.word_rows[row]] for row in rows))
    articles = [a for path in paths if (a := reader.article(collection.name, locale, path)) is not None]
    units = [(article, n, unit) for article in articles for n, unit in enumerate(article.units)]
    coverage = _coverage(text_ids(store, text), articles)
    phrase = " ".join(fold(text).text.split())
    found = []
    for (article, n, unit), share in zip(units, coverage.tolist(), strict=True):
        match = _match(phrase, unit, share)
        if match is not None:
            found.append(Found(article, n, *match))
    found.sort(key=lambda f: (-f.score, len(f.text), f.article.path, f.unit))
    return Searched(found, paths, len(rows))


def text_ids(store: LocaleStore, text: str) -> Ids:
    """A text's distinct tokens as its locale's units have them, in order."""
    tokens = dict.fromkeys(token.text for token in analyse(text, language_of(store.locale)))
    return store.lexical.ids(tokens, FIELD)


def _coverage(wanted: Ids, articles: Sequence[ArticleUnits]) -> npt.NDArray[np.float64]:
    """For each unit of the articles the share of what the words say that it has, 0 to 1.

    A word weighs by how few of these units have it.
    """
    counts = np.array([len(article.units) for article in articles], dtype=np.int64)
    units = int(counts.sum())
    has = np.zeros((len(wanted), units), dtype=bool)
    if articles:
        ids = np.concatenate([article.held[0] for article in articles])
        firsts = (counts.cumsum() - counts).tolist()
        of_unit = np.concatenate(
            [article.held[1] + first for article, first in zip(articles, firsts, strict=True)]
        )
        for word, there in zip(wanted, has, strict=True):
            there[of_unit[ids == word]] = True
    weights = np.log1p(units / (has.sum(axis=1) + 0.5))
    total = float(weights.sum()) or 1.0
    coverage = np.zeros(units)
    for weight, there in zip(weights / total, has, strict=True):
        coverage += weight * there
    return coverage


def _match(phrase: str, unit: UnitText, coverage: float) -> tuple[Kind, float] | None:
    folded = unit.folded
    if phrase and phrase in folded:
        if phrase.strip(SENTENCE_EDGE) == folded.strip(SENTENCE_EDGE):
            return "exact", 1.0
        return "phrase", round(
            (0.9 if _whole_words(phrase, folded, unit) else 0.8) + 0.09 * len(phrase) / len(folded), 4
        )
    return ("words", round(0.75 * coverage, 4)) if coverage >= _MIN_COVERAGE else None


def _whole_words(phrase: str, folded: str, unit: UnitText) -> bool:
    """Whether the first occurrence neither begins nor ends inside a word."""
    start = folded.index(phrase)
    end = start + len(phrase)
    if unit.refolded is None and len(folded) == len(unit.text):  # its tokens stand there, too
        starts, ends = unit.tokens.places()
        return bool((starts == start).any() and (ends == end).any())
    found = words(folded)
    return any(token.start == start for token in found) and any(token.end == end for token in found)


def occurrences(phrase: str, text: str) -> list[tuple[int, int]]:
    """[from, to) of a text in another, in code points of the other as given, however either is written."""
    wanted = " ".join(fold(phrase).text.split())
    folded: Folded = fold(text)
    ranges: list[tuple[str, int, int]] = []
    at = folded.text.find(wanted) if wanted else -1
    while at >= 0:
        ranges.append(("", at, at + len(wanted)))
        at = folded.text.find(wanted, at + len(wanted))
    return [(token.start, token.end) for token in folded.tokens(ranges)]
