"""What a check reads, a Pair of texts, and what it tells, Findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from indexer.checks.masks import masked
from kb.article import Mark, Run, Segment, visible

Kind = Literal[
    "number",
    "measure",
    "code",
    "link",
    "bold",
    "placeholder",
    "letter",
    "untranslated",
    "label",
    "name",
    "acronym",
    "inconsistent",
    "meaning",
]
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pair:
    """Both sides of one translation unit; texts are the visible ones, and all ranges count their code points.

    line                        1-based, where the unit begins in the file
    source_prose, target_prose  the texts with inline code, addresses and the like as blanks, of equal length
    """

    unit: str
    line: int
    target_runs: tuple[Run, ...]
    source_runs: tuple[Run, ...]
    target: str
    source: str
    target_prose: str
    source_prose: str

    @classmethod
    def of(cls, segment: Segment, line: int) -> Pair | None:
        """The pair of a segment; None outside units, without a source, and where both sides are empty."""
        if segment.unit is None or segment.source is None:
            return None
        pair = cls.build(segment.unit, line, segment.target, segment.source)
        return pair if pair.target.strip() or pair.source.strip() else None

    @classmethod
    def build(cls, unit: str, line: int, target: tuple[Run, ...], source: tuple[Run, ...]) -> Pair:
        """The pair of two sides, its texts made of their runs."""
        texts = visible(target), visible(source)
        return cls(unit, line, target, source, *texts, masked(texts[0], target), masked(texts[1], source))


@dataclass(frozen=True, slots=True)
class Found:
    """What a check finds in one pair; ranges are half-open, empty where nothing in the text can be shown."""

    kind: Kind
    message: str
    source_ranges: tuple[Range, ...] = ()
    target_ranges: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A Found with its place.

    root, file  the source's absolute path, and the article file's name below it
    path        the article's path
    """

    locale: str
    path: str
    root: str
    file: str
    line: int
    unit: str
    found: Found
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring runs under one mark or link, as one: its visible text and where it stands."""

    text: str
    range: Range
    href: str | None = None


def marked(runs: tuple[Run, ...], mark: Mark) -> list[Stretch]:
    """Every stretch under a mark, outer blanks left out; blank ones are none."""
    if not any(mark in run.marks for run in runs):
        return []
    return [s for s in _stretches(runs, lambda run: mark if mark in run.marks else None) if s.text]


def linked(runs: tuple[Run, ...]) -> list[Stretch]:
    """Every stretch that links somewhere, with its target."""
    if not any(run.href for run in runs):
        return []
    return list(_stretches(runs, lambda run: run.href))


def _stretches(runs: tuple[Run, ...], key: Callable[[Run], str | None]) -> Iterator[Stretch]:
    position, start, open_key, text = 0, 0, None, ""
    for run in (*runs, Run("")):
        here = key(run) if run.text else None
        if run.image is not None:
            continue
        if here != open_key:
            if open_key is not None:
                yield _trimmed(text, start, open_key)
            open_key, start, text = here, position, ""
        text += run.text
        position += len(run.text)
    if open_key is not None:
        yield _trimmed(text, start, open_key)


def _trimmed(text: str, start: int, href: str) -> Stretch:
    bare = text.strip()
    start += len(text) - len(text.lstrip())
    return Stretch(bare, (start, start + len(bare)), href)
