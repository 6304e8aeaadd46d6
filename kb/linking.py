"""Hits marked on both sides: the text's own words where it was found, their translations in the other locales."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import regex

from kb.association import Association, Floats, translating
from kb.concordance import Found, occurrences, text_ids
from kb.highlight import highlights
from kb.locales import language_of
from kb.localestore import LocaleStore
from kb.text import words
from kb.unittokens import UnitTokens

Ranges = list[tuple[int, int]]

_SPACED = regex.compile(r"[^\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]+")
# Shorter words that are written alike in two languages mostly are different ones ("de", "in").
_SAME_WORD = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """[from, to) in code points of a text; linked: "unit" where that is the whole text, for want of better."""

    ranges: Ranges
    linked: Literal["words", "unit"]


class Linkable(NamedTuple):
    """What a locale has for a unit that was found."""

    found: Found
    text: str
    tokens: UnitTokens


class Linker:
    """Marks a looked-up text in units of the locale that it was found in, and in those aligned with them."""

    def __init__(self, association: Association, store: LocaleStore, text: str) -> None:
        self._association = association
        self._locale = store.locale
        self._text = text
        self._ids = text_ids(store, text)
        self._mine: dict[tuple[str, int], npt.NDArray[np.bool_]] = {}
        self._words = frozenset(
            t.text for t in words(text) if len(t.text) >= _SAME_WORD or any(c.isdigit() for c in t.text)
        )

    def mark(self, locale: str, units: Sequence[Linkable]) -> list[Mark]:
        """What of each text is the looked-up one: where it was found its words, elsewhere what translates them."""
        if locale == self._locale:
            return [self._own(unit) for unit in units]
        if not units:
            return []
        ids = [unit.tokens.ids for unit in units]
        candidates, places = np.unique(np.concatenate(ids), return_inverse=True)
        scores = self._association.scores(self._ids, self._locale, candidates, locale)
        # by words found: what was marked before, mostly what is to mark again
        said: dict[bytes, dict[tuple[str, ...], None]] = {}
        marks = []
        stop = 0
        for unit, own in zip(units, ids, strict=True):
            start, stop = stop, stop + len(own)
            mine = self._words_in(unit.found)
            before = said.setdefault(mine.tobytes(), {})
            mark = _as_before(unit, before)
            if mark is None:
                mark = self._across(unit, scores[np.ix_(mine, places[start:stop])])
                if mark.linked == "words":
                    before[tuple(unit.text[a:b] for a, b in mark.ranges)] = None
            marks.append(mark)
        return marks

    def _words_in(self, found: Found) -> npt.NDArray[np.bool_]:
        """Which of the text's tokens a unit has."""
        place = found.article.path, found.unit
        if place not in self._mine:
            self._mine[place] = (self._ids[:, None] == found.tokens.ids).any(axis=1)
        return self._mine[place]

    def _own(self, unit: Linkable) -> Mark:
        if unit.found.kind != "meaning":
            language = language_of(self._locale)
            ranges = occurrences(self._text, unit.text) or highlights(
                self._text, unit.text, language, language
            )
            if ranges:
                return Mark(ranges, "words")
        return _whole(unit.text)

    def _across(self, unit: Linkable, scores: Floats) -> Mark:
        """scores: of the words found and the unit's tokens (kb.association), [words, tokens]."""
        starts, ends = unit.tokens.places()
        spans = list(zip(starts.tolist(), ends.tolist(), strict=True))
        marked = translating(scores).tolist()
        said = unit.text.casefold()
        if any(word in said for word in self._words):
            alike = [unit.text[start:end].casefold() in self._words for start, end in spans]
            marked = [one or other for one, other in zip(marked, alike, strict=True)]
        ranges = _joined((span for span, yes in zip(spans, marked, strict=True) if yes), unit.text)
        return Mark(ranges, "words") if ranges else _whole(unit.text)


def _as_before(unit: Linkable, before: Iterable[tuple[str, ...]]) -> Mark | None:
    """The mark that needs no comparison: of the whole text, or of phrases that were marked before."""
    if unit.found.kind in ("meaning", "exact"):
        return _whole(unit.text)
    found = (ranges for phrases in before if (ranges := _all_of(phrases, unit.text)))
    return next((Mark(ranges, "words") for ranges in found), None)


def _whole(text: str) -> Mark:
    return Mark([(0, len(text))] if text else [], "unit")


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


def _joined(spans: Iterable[tuple[int, int]], text: str) -> Ranges:
    """Ranges of tokens, those with nothing but blanks between them as one."""
    ranges: Ranges = []
    for start, end in sorted(spans):
        if ranges and not text[ranges[-1][1] : start].strip():
            ranges[-1] = (ranges[-1][0], max(ranges[-1][1], end))
        else:
            ranges.append((start, end))
    return ranges
