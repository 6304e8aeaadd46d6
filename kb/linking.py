"""Hits marked on both sides: the text's own words where it was found, their translations in the other locales."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from kb.association import Association
from kb.concordance import Found, occurrences
from kb.highlight import highlights
from kb.locales import language_of
from kb.text import Token, analyse, fold, words

Ranges = list[tuple[int, int]]

# Shorter words that are written alike in two languages mostly are different ones ("de", "in").
_SAME_WORD = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """[from, to) in code points of a text; linked: "unit" where that is the whole text, for want of better."""

    ranges: Ranges
    linked: Literal["words", "unit"]


class Linker:
    """Marks a looked-up text in units of the locale that it was found in, and in those aligned with them."""

    def __init__(self, association: Association, locale: str, text: str) -> None:
        self._association = association
        self._locale = locale
        self._text = text
        self._tokens = frozenset(t.text for t in analyse(text, language_of(locale)))
        self._words = frozenset(
            t.text for t in words(text) if len(t.text) >= _SAME_WORD or any(c.isdigit() for c in t.text)
        )

    def mark(self, locale: str, text: str, found: Found) -> Mark:
        """What of a text is the looked-up one: in the locale of `found` its words, elsewhere what translates them."""
        whole = Mark([(0, len(text))] if text else [], "unit")
        if found.kind == "meaning":
            return whole
        if locale == self._locale:
            language = language_of(locale)
            ranges = occurrences(self._text, text) or highlights(self._text, text, language, language)
            return Mark(ranges, "words") if ranges else whole
        if found.kind == "exact":
            return whole
        folded = fold(text)
        tokens = analyse(folded, language_of(locale))
        mine = self._tokens & found.article.units[found.unit].tokens
        links = self._association.translations(mine, self._locale, {t.text for t in tokens}, locale)
        wanted = {other for others in links.values() for other in others}
        marked = [t for t in tokens if t.text in wanted]
        marked += [t for t in words(folded) if t.text in self._words]
        ranges = _joined(marked, text)
        return Mark(ranges, "words") if ranges else whole


def _joined(tokens: Iterable[Token], text: str) -> Ranges:
    """Ranges of tokens, those with nothing but blanks between them as one."""
    ranges: Ranges = []
    for start, end in sorted((t.start, t.end) for t in tokens):
        if ranges and not text[ranges[-1][1] : start].strip():
            ranges[-1] = (ranges[-1][0], max(ranges[-1][1], end))
        else:
            ranges.append((start, end))
    return ranges
