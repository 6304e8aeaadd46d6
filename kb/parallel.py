"""The same article, passage or unit in any number of locales side by side, with its gaps named."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kb.embedded import Collection
from kb.errors import InputError, NotFound
from kb.lineup import Lined, line_up
from kb.locales import language_of, lookup
from kb.unitalign import AlignedRow
from kb.units import UnitReader, article_collection
from kb.unittext import ArticleUnits, UnitText

Status = Literal["translated", "untranslated", "missing", "outdated"]


@dataclass(frozen=True, slots=True)
class ParallelRequest:
    """Which article, in which locales (all when empty), and which part of it (all when None).

    passage  a passage's number, or its id "path#3"
    unit     a unit's number, or a number that a p-unit covers
    """

    article: str
    locales: tuple[str, ...] = ()
    passage: str | None = None
    unit: str | None = None
    collection: str | None = None


@dataclass(frozen=True, slots=True)
class ParallelText:
    """One locale's text of a row.

    text         visible text, None where it is missing
    status       missing: the locale lacks it; outdated: it translates another version of the source; untranslated:
                 it equals its source; translated: all else, the source's own text too
    translation  "MT" or "HT" where the localization says so
    units        the locale's own units in this row
    source_text  what it translates, where that differs from the row's source
    corrected    whether it comes from an imported memory
    """

    text: str | None
    status: Status
    translation: str | None
    units: list[str]
    source_text: str | None = None
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class ParallelRow:
    """What one unit, or a p-unit and the units that it covers, says in each locale.

    unit          the number; None in an article without units
    covers        the numbers that the row stands for
    source_text   the source in its newest version
    kind          of the block that it is in, and the headings above that
    passage       "path#3", None where it is in none
    """

    unit: str | None
    covers: list[str]
    source_text: str | None
    kind: str
    heading_path: list[str]
    passage: str | None
    texts: dict[str, ParallelText]


@dataclass(frozen=True, slots=True)
class ParallelLocale:
    """A localization; `aligned`: whether its text is joined to the source's, else it is in no row."""

    title: str
    translation: str | None
    date: str | None
    url: str
    aligned: bool


@dataclass(frozen=True, slots=True)
class Parallel:
    """Rows in reading order; `locales`: None for one that the article does not exist in."""

    article: str
    collection: str
    source_locale: str
    generation: str
    locales: dict[str, ParallelLocale | None]
    rows: list[ParallelRow]
    took_ms: float


def parallel(reader: UnitReader, request: ParallelRequest) -> Parallel:
    """The article side by side. Errors: NotFound for an article, locale, passage or unit that is not there."""
    started = time.perf_counter()
    collection = article_collection(reader.generation, request.article, request.collection)
    if collection is None:
        raise NotFound(f"no article {request.article!r}; `kb search` shows the paths of articles")
    names = locales_asked(collection, request.locales)
    lined = line_up(reader, collection, request.article, names)
    numbers = _passage_numbers(collection, request.article, lined)
    wanted = _passage(request)
    rows = [
        shown
        for shown in (_row(lined, row, names, numbers) for row in lined.rows)
        if (wanted is None or shown.passage == f"{request.article}#{wanted}")
        and (request.unit is None or _is_unit(shown, request.unit))
    ]
    if not rows and (wanted is not None or request.unit is not None):
        what = f"unit {request.unit!r}" if request.unit is not None else f"passage {wanted}"
        raise NotFound(
            f"{request.article} has no {what} in {', '.join(names)}; leave it out to see all of them"
        )
    return Parallel(
        article=request.article,
        collection=collection.name,
        source_locale=collection.source_locale,
        generation=reader.generation.id,
        locales={name: _locale(reader, collection, request.article, name, lined) for name in names},
        rows=rows,
        took_ms=round((time.perf_counter() - started) * 1000, 2),
    )


def locales_asked(collection: Collection, asked: Sequence[str]) -> list[str]:
    """Installed locales for those asked, each once; all of them, the source first, when none is asked for."""
    installed = sorted(collection.locales, key=lambda name: (name != collection.source_locale, name))
    found: dict[str, None] = {}
    for tag in asked:
        name = lookup(tag, installed)
        if name is None:
            raise NotFound(
                f"no locale {tag!r} in collection {collection.name}; there are {', '.join(installed)}"
            )
        found[name] = None
    return list(found) or installed


def _row(
    lined: Lined, row: AlignedRow, names: Sequence[str], numbers: dict[int, dict[int, int]]
) -> ParallelRow:
    first = min(row.members)  # the newest version that has the row
    source = lined.source_of(row, first)
    texts = row_texts(lined, row, names)
    unit, covers = _identity(lined, row)
    article = lined.localizations[first]
    block = article.units[row.members[first][0]].block
    passage = numbers[first].get(row.members[first][0])
    return ParallelRow(
        unit=unit,
        covers=covers,
        source_text=source or None,
        kind=article.kinds[block],
        heading_path=list(article.headings[block]),
        passage=None if passage is None else f"{article.path}#{passage}",
        texts=texts,
    )


def row_texts(lined: Lined, row: AlignedRow, names: Sequence[str]) -> dict[str, ParallelText]:
    """What each of the locales has for a row; its source is that of the first localization which has the row."""
    source = lined.source_of(row, min(row.members))
    places = {article.locale: n for n, article in enumerate(lined.localizations)}
    return {
        name: _text(lined, row, n, source, lined.localizations[0])
        if (n := places.get(name, -1)) in row.members
        else ParallelText(None, "missing", None, [])
        for name in names
    }


def _text(lined: Lined, row: AlignedRow, n: int, source: str, newest: ArticleUnits) -> ParallelText:
    article = lined.localizations[n]
    units = [article.units[m] for m in row.members[n]]
    own = lined.source_of(row, n)
    text = lined.text_of(row, n)
    differs = own != source and "".join(own.split()) != "".join(source.split())
    return ParallelText(
        text=text,
        status=_status(article, text, own, differs and not article.same_source_file(newest)),
        translation=article.translation,
        units=[u.unit for u in units if u.unit is not None],
        source_text=own if differs else None,
        corrected=any(u.corrected for u in units),
    )


def _status(article: ArticleUnits, text: str, source: str, outdated: bool) -> Status:
    if outdated:
        return "outdated"
    foreign = language_of(article.locale) != article.source_language
    if foreign and text == source and any(c.isalpha() for c in text):
        return "untranslated"
    return "translated"


def _identity(lined: Lined, row: AlignedRow) -> tuple[str | None, list[str]]:
    """(unit, covers) of a row: the unit that covers most of it, in the first localization that has it whole."""
    single = [
        (n, units[0])
        for n, members in row.members.items()
        if len(units := [lined.localizations[n].units[m] for m in members]) == 1
    ]
    most = max((len(u.covers) for _, u in single), default=0)
    best: UnitText | None = next((u for _, u in single if len(u.covers) == most), None)
    if best is not None:
        return best.unit, list(best.covers)
    n = min(row.members)
    units = [lined.localizations[n].units[m] for m in row.members[n]]
    return units[0].unit, [number for u in units for number in u.covers]


def _is_unit(row: ParallelRow, unit: str) -> bool:
    own = [u for text in row.texts.values() for u in text.units]
    return unit in (row.unit, *row.covers, *own)


def _passage(request: ParallelRequest) -> int | None:
    if request.passage is None:
        return None
    number = request.passage.removeprefix(f"{request.article}#")
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise InputError(
            f"passage {request.passage!r} found, expected a number such as 3 or {request.article}#3"
        )
    return int(number)


def _passage_numbers(collection: Collection, path: str, lined: Lined) -> dict[int, dict[int, int]]:
    """For each localization, by its place: the number of the passage that each of its units is in."""
    numbers: dict[int, dict[int, int]] = {}
    for n, article in enumerate(lined.localizations):
        passages = collection.locales[article.locale].reader.passages_of(path)
        numbers[n] = {
            m: passage.number
            for m, unit in enumerate(article.units)
            for passage in passages
            if passage.start <= unit.start < passage.stop
        }
    return numbers


def _locale(
    reader: UnitReader, collection: Collection, path: str, name: str, lined: Lined
) -> ParallelLocale | None:
    found = reader.article(collection.name, name, path)
    if found is None:
        return None
    return ParallelLocale(
        found.title,
        found.translation,
        found.date,
        collection.pages.url(path, name, collection.name),
        any(a.locale == name for a in lined.localizations),
    )
