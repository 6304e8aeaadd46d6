"""Units of one locale that hold a text: whole, as a stretch of them, or most of its words.

The locale's word index proposes passages; their units are compared with the text itself.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kb.embedded import Collection
from kb.locales import language_of
from kb.text import Folded, analyse, fold, words
from kb.unitdb import ArticleUnits
from kb.units import UnitReader

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
    paths = list(dict.fromkeys(collection.paths[store.rows[row]] for row in rows))
    articles = [a for path in paths if (a := reader.article(collection.name, locale, path)) is not None]
    wanted = list(dict.fromkeys(token.text for token in analyse(text, language_of(locale))))
    tokens = [[unit.tokens for unit in a.units] for a in articles]
    weights = _weights(wanted, [of_unit for of_article in tokens for of_unit in of_article])
    phrase = " ".join(fold(text).text.split())
    found = []
    for article, of_article in zip(articles, tokens, strict=True):
        for n, (unit, has) in enumerate(zip(article.units, of_article, strict=True)):
            match = _match(phrase, unit.text, sum(weights[w] for w in wanted if w in has))
            if match is not None:
                found.append(Found(article, n, *match))
    found.sort(key=lambda f: (-f.score, len(f.text), f.article.path, f.unit))
    return Searched(found, paths, len(rows))


def _weights(wanted: Sequence[str], units: Sequence[frozenset[str]]) -> dict[str, float]:
    """Each word's share in what all of them say: by how few units of those at hand have it; they add up to 1."""
    df = Counter(word for tokens in units for word in wanted if word in tokens)
    raw = {word: math.log1p(len(units) / (df[word] + 0.5)) for word in wanted}
    total = sum(raw.values()) or 1.0
    return {word: weight / total for word, weight in raw.items()}


def _match(phrase: str, text: str, coverage: float) -> tuple[Kind, float] | None:
    folded = fold(text).text
    if phrase and phrase in folded:
        if phrase.strip(SENTENCE_EDGE) == folded.strip(SENTENCE_EDGE):
            return "exact", 1.0
        return "phrase", round(
            (0.9 if _whole_words(phrase, folded) else 0.8) + 0.09 * len(phrase) / len(folded), 4
        )
    return ("words", round(0.75 * coverage, 4)) if coverage >= _MIN_COVERAGE else None


def _whole_words(phrase: str, folded: str) -> bool:
    """Whether the first occurrence neither begins nor ends inside a word."""
    start = folded.index(phrase)
    end = start + len(phrase)
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
