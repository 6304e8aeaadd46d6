"""Lookup: a text in any language, the units that hold it, and the same units in other locales, hits marked on both
sides; where no unit has its words, units that mean the same."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from kb.concordance import SENTENCE_EDGE, Found, Kind, Searched, search_units
from kb.embedded import Collection
from kb.errors import InputError
from kb.folding import fold
from kb.language import LanguageDetector
from kb.lineup import Lined, line_up_units
from kb.linking import Linkable, Linker, Mark, Ranges
from kb.locales import language_of, normalise
from kb.meaning import Encoding, Text, search_meaning
from kb.parallel import ParallelText, locales_asked, row_texts
from kb.rank import question_locale
from kb.unitalign import AlignedRow
from kb.units import UnitReader

MAX_TOP_K = 100
MAX_TEXT = 2_000
_ALSO = 20


@dataclass(frozen=True, slots=True)
class LookupRequest:
    """A text to look up.

    from_locale  the locale to find it in; None: that of its language, the source, then all others
    to           the locales to show beside it; all others when empty
    """

    text: str
    from_locale: str | None = None
    to: tuple[str, ...] = ()
    top_k: int = 10
    collection: str | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Where else the same sentence stands."""

    article: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class LookupMatch:
    """A unit that matches, and what other locales have for it.

    locale      that the text was found in
    match       exact: the whole unit; phrase: a stretch of it; words: most of the words; meaning: none of these
    score       0 to 1, comparable within one kind of match
    count       how many units in the passages looked at say the same; also: where the others are, at most 20
    highlights  for each locale [from, to) in code points of its text; the whole text where no word could be matched
    linked      for each locale what its highlights are: "words", or "unit" where they are the whole text
    """

    article: str
    collection: str
    unit: str | None
    covers: list[str]
    locale: str
    title: str
    heading_path: list[str]
    match: Kind
    score: float
    count: int
    also: list[Occurrence]
    texts: dict[str, ParallelText]
    highlights: dict[str, Ranges]
    linked: dict[str, Literal["words", "unit"]]


@dataclass(frozen=True, slots=True)
class LookupResult:
    """Matches in order (-score, length, path); `looked_at`: passages whose units were compared."""

    query: str
    detected_lang: str
    generation: str
    looked_at: int
    took_ms: float
    matches: list[LookupMatch] = field(default_factory=list)


def lookup(reader: UnitReader, request: LookupRequest, language: str, encoding: Encoding) -> LookupResult:
    """What was found. language: of the text, as detected or as `from_locale` has it.

    Errors: InputError for a text that is blank or too long, NotFound for an unknown collection or locale.
    """
    started = time.perf_counter()
    _check(request)
    generation = reader.generation
    names = [request.collection] if request.collection else sorted(generation.collections)
    collections = [generation.collection(name) for name in names]
    matches: list[LookupMatch] = []
    looked_at = 0
    for collection in collections:
        searched = _by_words(reader, collection, request, language)
        looked_at += sum(s.passages for s in searched)
        matches += _matches(reader, collection, request, searched)
    if not matches:
        for collection in collections:
            only = locales_asked(collection, [request.from_locale])[0] if request.from_locale else None
            meant = search_meaning(reader, collection, only, Text(request.text, language), encoding)
            matches += _matches(reader, collection, request, [meant])
    # each collection's own order stays where scores are equal
    matches.sort(key=lambda m: -m.score)
    return LookupResult(
        query=request.text,
        detected_lang=language,
        generation=generation.id,
        looked_at=looked_at,
        took_ms=round((time.perf_counter() - started) * 1000, 2),
        matches=matches[: request.top_k],
    )


def text_language(request: LookupRequest, detector: LanguageDetector) -> str:
    """The text's language: that of the locale to find it in, else detected."""
    if request.from_locale:
        return language_of(normalise(request.from_locale))
    return detector.detect(request.text).lang


def _check(request: LookupRequest) -> None:
    if not request.text.strip():
        raise InputError("the text is empty; type a word or a sentence to look up")
    if len(request.text) > MAX_TEXT:
        raise InputError(f"the text has {len(request.text)} characters, at most {MAX_TEXT} are looked up")
    if not 1 <= request.top_k <= MAX_TOP_K:
        raise InputError(f"top_k is {request.top_k}, expected 1 to {MAX_TOP_K}")


def _by_words(
    reader: UnitReader, collection: Collection, request: LookupRequest, language: str
) -> list[Searched]:
    """What the locales hold that the text is looked for in: the one asked for, else those of its language and of the
    source, and only where these have nothing all others."""
    if request.from_locale is not None:
        return [
            search_units(
                reader, collection, locales_asked(collection, [request.from_locale])[0], request.text
            )
        ]
    first = [name for name in (question_locale(collection, language), collection.source_locale) if name]
    first = [name for name in dict.fromkeys(first) if name in collection.locales]
    searched = [search_units(reader, collection, name, request.text) for name in first]
    if not any(s.found for s in searched):
        others = [name for name in sorted(collection.locales) if name not in first]
        searched += [search_units(reader, collection, name, request.text) for name in others]
    return searched


def _matches(
    reader: UnitReader, collection: Collection, request: LookupRequest, searched: Sequence[Searched]
) -> list[LookupMatch]:
    """Matches of one collection, each sentence once, at most `top_k`."""
    groups: dict[str, dict[tuple[str, int], Found]] = {}
    ordered = sorted((f for s in searched for f in s.found), key=lambda f: -f.score)
    for found in ordered:
        same = groups.setdefault(_said(found.article.units[found.unit].pivot), {})
        same.setdefault((found.article.path, found.unit), found)
    to = locales_asked(collection, request.to)
    shown = [tuple(same.values()) for same in list(groups.values())[: request.top_k]]
    lined = line_up_units(reader, collection, [(same[0].article, same[0].unit) for same in shown], to)
    aligned = [_Aligned(same[0], to, *one) for same, one in zip(shown, lined, strict=True)]
    marks = _marks(reader, collection, request.text, aligned)
    return [
        _match(collection, same, one.texts, marked)
        for same, one, marked in zip(shown, aligned, marks, strict=True)
    ]


class _Aligned:
    """A unit that was found, aligned with those of the other locales; texts: what each of them has."""

    def __init__(self, found: Found, to: Sequence[str], lined: Lined, row: AlignedRow) -> None:
        self.found = found
        self._lined, self._row = lined, row
        self.texts = row_texts(lined, row, list(dict.fromkeys((found.article.locale, *to))))
        self._places = {article.locale: n for n, article in enumerate(self._lined.localizations)}

    def linkable(self, locale: str) -> Linkable | None:
        text = self.texts[locale].text if locale in self.texts else None
        if text is None:
            return None
        return Linkable(self.found, text, self._lined.tokens_of(self._row, self._places[locale]))


def _marks(
    reader: UnitReader, collection: Collection, text: str, aligned: Sequence[_Aligned]
) -> list[dict[str, Mark]]:
    """For each aligned unit what is marked in each locale's text, all units of a locale at once."""
    marks: list[dict[str, Mark]] = [{} for _ in aligned]
    association = reader.association(collection.name)
    for locale in dict.fromkeys(a.found.article.locale for a in aligned):
        linker = Linker(association, collection.locales[locale], text)
        own = [n for n, a in enumerate(aligned) if a.found.article.locale == locale]
        for other in dict.fromkeys(name for n in own for name in aligned[n].texts):
            units = {n: unit for n in own if (unit := aligned[n].linkable(other)) is not None}
            for n, mark in zip(units, linker.mark(other, list(units.values())), strict=True):
                marks[n][other] = mark
    return marks


def _said(text: str) -> str:
    """What makes two sentences the same: their letters, folded, and what stands between them."""
    folded = " ".join(fold(text).text.split())
    return folded.strip(SENTENCE_EDGE) or folded


def _match(
    collection: Collection,
    same: Sequence[Found],
    texts: dict[str, ParallelText],
    marks: dict[str, Mark],
) -> LookupMatch:
    """same: all that say the same, the best first, whose texts and marks these are."""
    found, *others = same
    article = found.article
    unit = article.units[found.unit]
    return LookupMatch(
        article=article.path,
        collection=collection.name,
        unit=unit.unit,
        covers=list(unit.covers),
        locale=article.locale,
        title=article.title,
        heading_path=list(article.headings[unit.block]),
        match=found.kind,
        score=found.score,
        count=len(same),
        also=[Occurrence(f.article.path, f.article.units[f.unit].unit) for f in others[:_ALSO]],
        texts=texts,
        highlights={name: mark.ranges for name, mark in marks.items()},
        linked={name: mark.linked for name, mark in marks.items()},
    )
