"""Articles of a collection against its passages: every count, every range, every citation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from kb.article import Block
from kb.articledb import ArticleReader, ArticleRow, PassageRow
from kb.browse import Browse
from kb.errors import IndexDamaged
from kb.generation import CollectionEntry, LocaleEntry
from kb.locales import language_of
from kb.passagedb import PASSAGES, read_bodies, read_passage_keys
from kb.unitdb import UnitFile

_ARTICLES, _UNITS, _BROWSE = "articles.sqlite", "units.sqlite", "browse.sqlite"
Problems = Iterator[tuple[str, str]]


def check_articles(folder: Path, entry: CollectionEntry, checked: dict[str, int]) -> Problems:
    """(file below the collection's folder, what is wrong with it)."""
    keys = read_passage_keys(folder / PASSAGES)
    count(checked, "passages", len(keys))
    if len(keys) != entry.passages:
        yield PASSAGES, f"has {len(keys)} passages, the manifest says {entry.passages}"
    for row, (path, number, first) in enumerate(keys):
        if not 0 <= first <= row:
            yield PASSAGES, f"{path}#{number} is said to repeat row {first}, which comes later"
    rows = {(path, number) for path, number, _ in keys}
    bodies = read_bodies(folder / PASSAGES)
    for path in sorted({path for path, _ in rows} - bodies.keys()):
        yield PASSAGES, f"has no digest of {path}"
    shown: set[tuple[str, int]] = set()
    for locale, told in entry.locales.items():
        for file, problem in _check_locale(folder / locale, locale, told, rows, entry, checked):
            yield f"{locale}/{file}", problem
        shown |= _passages_in(folder / locale)
    for path, number in sorted(rows - shown):
        yield PASSAGES, f"{path}#{number} is in no locale"


def count(checked: dict[str, int], what: str, number: int) -> None:
    checked[what] = checked.get(what, 0) + number


def _passages_in(folder: Path) -> set[tuple[str, int]]:
    reader = ArticleReader(folder / _ARTICLES)
    try:
        return {(p.path, p.number) for p in reader.passages()}
    finally:
        reader.close()


def _check_locale(
    folder: Path,
    locale: str,
    told: LocaleEntry,
    rows: set[tuple[str, int]],
    entry: CollectionEntry,
    checked: dict[str, int],
) -> Problems:
    reader = ArticleReader(folder / _ARTICLES)
    try:
        found = reader.counts()
        passages = reader.passages()
        for what, here, said in (
            ("articles", found.articles, told.articles),
            ("units", found.units, told.units),
            ("passages", len(passages), told.passages),
            ("kinds of translation", found.translation, told.translation),
        ):
            if here != said:
                yield _ARTICLES, f"has {here} {what}, the manifest says {said}"
        if [p.row for p in passages] != list(range(len(passages))):
            yield _ARTICLES, "has passages whose rows do not count from 0"
        paths = reader.paths()
        count(checked, "articles", len(paths))
        by_path: dict[str, list[PassageRow]] = {path: [] for path in paths}
        for passage in passages:
            if (passage.path, passage.number) not in rows:
                yield _ARTICLES, f"{passage.path}#{passage.number} is not in the collection's {PASSAGES}"
            if passage.path not in by_path:
                yield _ARTICLES, f"has passages of {passage.path} but not the article"
            else:
                by_path[passage.path].append(passage)
        units = UnitFile(folder, locale)
        for path in paths:
            try:
                row = reader.require(path)
                for problem in check_citations(row, by_path[path], entry.locales):
                    yield _ARTICLES, f"{path}: {problem}"
                count(checked, "citations", len(by_path[path]))
                for problem in _check_units(row, units):
                    yield _UNITS, f"{path}: {problem}"
            except IndexDamaged as error:
                yield _ARTICLES, str(error)
        titles = [facts.path for facts in Browse(folder, language_of(locale)).articles()]
        if titles != paths:
            yield _BROWSE, f"is of {len(titles)} articles, not of the {len(paths)} that the locale has"
    finally:
        reader.close()


def check_citations(
    row: ArticleRow, passages: list[PassageRow], locales: Mapping[str, LocaleEntry]
) -> Iterator[str]:
    """What a citation of the article would have wrong: a range outside it, lines that are none.

    How many lines the article's file has is not in the index, so lines are only checked against each other.
    """
    blocks = row.article.blocks
    if row.lines_locale not in locales:
        yield f"its lines are counted in {row.lines_locale}, which is not there"
    segments = sum(len(block.segments) for block in blocks)
    if len(row.offsets) != 4 * (segments + 1):
        yield f"{len(row.offsets) // 4 - 1} offsets for {segments} segments"
    if sum(s.unit is not None for b in blocks for s in b.segments) != row.units:
        yield f"has not the {row.units} units that it is said to have"
    for passage in passages:
        if not 0 <= passage.start <= passage.stop <= segments:
            yield f"passage {passage.number} is segments {passage.start} to {passage.stop} of {segments}"
    if repeated := [n for n, times in Counter(p.number for p in passages).items() if times > 1]:
        yield f"has passages {repeated} more than once"
    for index, block in enumerate(blocks):
        yield from _check_block(index, block)


def _check_block(index: int, block: Block) -> Iterator[str]:
    first, last = block.lines
    if not 1 <= first <= last:
        yield f"block {index} is on lines {first} to {last}"
    for above in (*block.headings, *([] if block.parent is None else [block.parent])):
        if not 0 <= above < index:
            yield f"block {index} is below block {above}"
    for part in block.parts:
        begin, end = part.lines
        if not first <= begin <= end <= last:
            yield f"block {index}, on lines {first} to {last}, has a part on lines {begin} to {end}"
        if any(not 0 <= a <= b <= len(block.segments) for a, b in part.cells):
            yield f"block {index} has a part beyond its {len(block.segments)} segments"


def _check_units(row: ArticleRow, file: UnitFile) -> Iterator[str]:
    found = file.article(row.path)
    if found is None:
        yield "has no units laid out"
        return
    numbers = [s.unit for b in row.article.blocks for s in b.segments if s.unit is not None]
    if [u.unit for u in found.units if u.unit is not None] != numbers:
        yield "has other units than its article"
    if (found.title, found.variant) != (row.title, row.variant):
        yield "has another title or variant than its article"
