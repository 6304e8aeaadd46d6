"""The translation memory of a generation as a stream: one unit of source text with its translations at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kb.article import Run, Segment, Side, visible
from kb.embedded import Collection, Generation
from kb.lineup import Lined, line_up
from kb.locales import language_of
from kb.unitalign import AlignedRow
from kb.units import UnitReader
from kb.unittext import ArticleUnits, UnitText

# Articles come in order, each read once.
_KEPT = 64


@dataclass(frozen=True, slots=True)
class MemoryText:
    """A unit in one locale. date: of the localization, ISO; translated: whether it differs from the source."""

    runs: tuple[Run, ...]
    translation: str | None
    date: str | None
    translated: bool
    corrected: bool


@dataclass(frozen=True, slots=True)
class MemoryUnit:
    """One source text at one place of an article, and what locales have for it, by locale.

    id       "path#101", unique in a memory; joined: a p-unit, several sentences in one
    heading  the headings above it, in the source
    """

    id: str
    collection: str
    article: str
    unit: str | None
    covers: tuple[str, ...]
    heading: tuple[str, ...]
    source_locale: str
    source: tuple[Run, ...]
    source_date: str | None
    texts: dict[str, MemoryText]

    @property
    def joined(self) -> bool:
        return len(self.covers) > 1


def memory_units(
    generation: Generation, collection: Collection, locales: Sequence[str], distinct: bool
) -> Iterator[MemoryUnit]:
    """Units in article and reading order, of those locales that have them; memory does not grow with the collection.

    With `distinct`, a source with the same translations comes once; 16 bytes a unit are remembered for that.
    """
    reader = UnitReader(generation, keep=_KEPT)
    seen: set[bytes] = set()
    for path in sorted({p for locale in locales for p in collection.locales[locale].paths}):
        for unit in _article_units(reader, collection, path, locales):
            if distinct:
                said = repr((visible(unit.source), [(k, visible(t.runs)) for k, t in unit.texts.items()]))
                digest = hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).digest()
                if digest in seen:
                    continue
                seen.add(digest)
            yield unit


def _article_units(
    reader: UnitReader, collection: Collection, path: str, locales: Sequence[str]
) -> Iterator[MemoryUnit]:
    lined = line_up(reader, collection, path, locales)
    segments = [_segments(collection, article) for article in lined.localizations]
    taken: set[str] = set()
    for row in lined.rows:
        for places in _by_source(lined, row).values():
            made = _unit(lined, segments, places, collection, locales)
            if made is not None:
                yield _with_own_id(made, lined, places, taken)


def _segments(collection: Collection, article: ArticleUnits) -> list[Segment]:
    row = collection.locales[article.locale].reader.require(article.path)
    return [s for block in row.article.blocks for s in block.segments]


def _by_source(lined: Lined, row: AlignedRow) -> dict[tuple[str, int], list[tuple[int, UnitText]]]:
    """Units of a row that translate the same text: what a p-unit joins and what it joins are different texts."""
    found: dict[tuple[str, int], list[tuple[int, UnitText]]] = {}
    for n in sorted(row.members):
        repeats: dict[str, int] = {}
        for m in row.members[n]:
            unit = lined.localizations[n].units[m]
            key = "".join(unit.pivot.split())
            repeats[key] = repeats.get(key, -1) + 1
            found.setdefault((key, repeats[key]), []).append((n, unit))
    return found


def _unit(
    lined: Lined,
    segments: Sequence[Sequence[Segment]],
    places: Sequence[tuple[int, UnitText]],
    collection: Collection,
    locales: Sequence[str],
) -> MemoryUnit | None:
    source_locale = collection.source_locale
    texts: dict[str, MemoryText] = {}
    source: tuple[Run, ...] | None = None
    date: str | None = None
    for n, unit in places:
        article = lined.localizations[n]
        if article.locale == source_locale:
            source, date = _runs(segments[n], unit, "target"), article.date
        elif article.locale in locales and unit.source is not None and unit.text:
            runs = _runs(segments[n], unit, "target")
            translated = unit.text != unit.source or language_of(article.locale) == article.source_language
            texts[article.locale] = MemoryText(
                runs, article.translation, article.date, translated, unit.corrected
            )
    first, unit = places[0]
    if source is None:
        source = _runs(segments[first], unit, "source")
    if not texts or not visible(source):
        return None
    article = lined.localizations[first]
    return MemoryUnit(
        id=f"{article.path}#{unit.unit if unit.unit is not None else f's{unit.start}'}",
        collection=collection.name,
        article=article.path,
        unit=unit.unit,
        covers=unit.covers,
        heading=article.headings[unit.block],
        source_locale=source_locale,
        source=source,
        source_date=date,
        texts=texts,
    )


def _with_own_id(
    made: MemoryUnit, lined: Lined, places: Sequence[tuple[int, UnitText]], taken: set[str]
) -> MemoryUnit:
    """A number that stands for another text in another variant of the article takes the locale's name behind it."""
    own, n = made.id, 1
    while own in taken:
        own = f"{made.id}@{lined.localizations[places[0][0]].locale}" + (f".{n}" if n > 1 else "")
        n += 1
    taken.add(own)
    return made if own == made.id else replace(made, id=own)


def _runs(segments: Sequence[Segment], unit: UnitText, side: Side) -> tuple[Run, ...]:
    """The runs of a unit's segments; between several stands what separates them in the article."""
    out: list[Run] = []
    for n, segment in enumerate(segments[unit.start : unit.stop]):
        if n and segment.glue:
            out.append(Run(segment.glue))
        if not (segment.marker and unit.unit is None):
            out += segment.runs(side)
    return tuple(out)
