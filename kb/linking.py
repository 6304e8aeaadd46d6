"""Hits marked on both sides: the text's own words where it was found, their translations in the other locales."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import regex

from kb.association import Association
from kb.concordance import Found, occurrences
from kb.highlight import highlights
from kb.locales import language_of
from kb.text import Token, analyse, words

Ranges = list[tuple[int, int]]

_SPACED = regex.compile(r"[^\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]+")
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
        # by locale and words found: what was marked before, mostly what is to mark again
        self._said: dict[tuple[str, frozenset[str]], dict[tuple[str, ...], None]] = {}
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
        mine = self._tokens & found.article.units[found.unit].tokens
        said = self._said.setdefault((locale, mine), {})
        for ranges in (_all_of(phrases, text) for phrases in said):
            if ranges:
                return Mark(ranges, "words")
        tokens = analyse(text, language_of(locale))
        links = self._association.translations(mine, self._locale, {t.text for t in tokens}, locale)
        wanted = {other for others in links.values() for other in others}
        marked = [t for t in tokens if t.text in wanted or text[t.start : t.end].casefold() in self._words]
        ranges = _joined(marked, text)
        if not ranges:
            return whole
        said[tuple(text[a:b] for a, b in ranges)] = None
        return Mark(ranges, "words")


def _all_of(phrases: Sequence[str], text: str) -> Ranges:
    """Where all of the phrases stand as words, each once; nothing where one is not there."""
    lower = text.lower()
    found = []
    for phrase in phrases:
        start = lower.find(phrase.lower())
        end = start + len(phrase)
        if start < 0 or len(lower) != len(text):
            return []
        if _SPACED.fullmatch(phrase) and (
            lower[start - 1 : start].isalnum() or lower[end : end + 1].isalnum()
        ):
            return []
        found.append((start, end))
    return sorted(found) if len(set(found)) == len(phrases) else []


def _joined(tokens: Iterable[Token], text: str) -> Ranges:
    """Ranges of tokens, those with nothing but blanks between them as one."""
    ranges: Ranges = []
    for start, end in sorted((t.start, t.end) for t in tokens):
        if ranges and not text[ranges[-1][1] : start].strip():
            ranges[-1] = (ranges[-1][0], max(ranges[-1][1], end))
        else:
            ranges.append((start, end))
    return ranges
