"""Lookup: a text in any language, the units that hold it, and the same units in other locales, hits marked on both
sides; where no unit has its words, units that mean the same."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from kb.concordance import SENTENCE_EDGE, Found, Kind, Searched, search_units
from kb.embedded import Collection
from kb.errors import InputError
from kb.language import LanguageDetector
from kb.linking import Linker, Ranges
from kb.locales import language_of, normalise
from kb.parallel import ParallelText, line_up_unit, locales_asked, row_texts
from kb.rank import Question, RankSettings, question_locale, rank
from kb.text import fold
from kb.units import UnitReader
from kb.vectors import Floats, centre

MAX_TOP_K = 100
MAX_TEXT = 2_000
_ALSO = 20
# Passages whose units are compared by meaning, and how many units that may be: the encoder reads each of them.
_MEANT_PASSAGES = 4
_MEANT_UNITS = 16
# Below this cosine (centred) a unit does not mean the text: of the development questions that the articles answer
# 91 % have a unit above it, of the off-topic ones 4 %. It belongs to the default encoder.
_LEAST_MEANING = 0.32


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


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoder as a lookup needs it, asked only where no words match: raw unit vectors of a query, of texts."""

    query: Callable[[str], Floats]
    texts: Callable[[Sequence[str]], Floats]


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
            matches += _matches(
                reader, collection, request, [_by_meaning(reader, collection, request, language, encoding)]
            )
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


def _by_meaning(
    reader: UnitReader, collection: Collection, request: LookupRequest, language: str, encoding: Encoding
) -> Searched:
    """Of the passages that search finds, the units nearest to the text: one of each passage, best first."""
    own = question_locale(collection, language)
    vector = encoding.query(request.text)
    only = locales_asked(collection, [request.from_locale])[0] if request.from_locale else None
    allowed = collection.locales[only].rows if only else None
    ranked = rank(collection, Question(request.text, vector, language, None), RankSettings(), allowed)
    candidates: list[list[tuple[Found, str]]] = []
    for best in ranked[:_MEANT_PASSAGES]:
        number = collection.numbers[best.row]
        for locale in [name for name in (only, own, collection.source_locale) if name]:
            article = reader.article(collection.name, locale, best.path)
            passage = collection.locales[locale].passage(best.path, number) if article else None
            if article is not None and passage is not None:
                inside = [n for n, u in enumerate(article.units) if passage.start <= u.start < passage.stop]
                candidates.append(
                    [(Found(article, n, "meaning", 0.0), article.units[n].pivot) for n in inside]
                )
                break
    meant = [[c for c in of_passage if c[1]] for of_passage in candidates]
    room = max(1, _MEANT_UNITS // max(len(meant), 1))
    meant = [of_passage[:room] for of_passage in meant if of_passage]
    if not meant:
        return Searched([], [], 0)
    vectors = centre(
        encoding.texts([text for of_passage in meant for _, text in of_passage]), collection.means["passage"]
    )
    near = iter((vectors @ centre(vector[None, :], collection.question_mean(own))[0]).tolist())
    found = [
        max((replace(f, score=round(next(near), 4)) for f, _ in of_passage), key=lambda f: f.score)
        for of_passage in meant
    ]
    found = sorted((f for f in found if f.score >= _LEAST_MEANING), key=lambda f: (-f.score, f.article.path))
    return Searched(found, [], len(meant))


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
    linkers: dict[str, Linker] = {}
    matches = []
    for same in list(groups.values())[: request.top_k]:
        best, *others = same.values()
        locale = best.article.locale
        if locale not in linkers:
            linkers[locale] = Linker(reader.association(collection.name), locale, request.text)
        matches.append(_match(reader, collection, best, others, to, linkers[locale]))
    return matches


def _said(text: str) -> str:
    """What makes two sentences the same: their letters, folded, and what stands between them."""
    folded = " ".join(fold(text).text.split())
    return folded.strip(SENTENCE_EDGE) or folded


def _match(
    reader: UnitReader,
    collection: Collection,
    found: Found,
    others: Sequence[Found],
    to: Sequence[str],
    linker: Linker,
) -> LookupMatch:
    article = found.article
    unit = article.units[found.unit]
    names = list(dict.fromkeys((article.locale, *to)))
    texts = row_texts(*line_up_unit(reader, collection, article, found.unit, names), names)
    marked = {
        name: linker.mark(name, text.text, found) for name, text in texts.items() if text.text is not None
    }
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
        count=1 + len(others),
        also=[Occurrence(f.article.path, f.article.units[f.unit].unit) for f in others[:_ALSO]],
        texts=texts,
        highlights={name: mark.ranges for name, mark in marked.items()},
        linked={name: mark.linked for name, mark in marked.items()},
    )
