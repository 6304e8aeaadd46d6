"""Segments of a block: atoms of its inline text, with the placeholders of translation units resolved."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from indexer.dialects import plain_inline
from indexer.inline import Atom, parse_html, parse_inline
from indexer.runs import strip, tidy, with_text, wrap
from indexer.sxs import RawUnit
from kb.article import Run, Segment

# "cell" is markdown in a table, where "\\|" means "|" even in code
Syntax = Literal["markdown", "cell", "html", "code"]


@dataclass(slots=True)
class Units:
    """The units of one body, and how they stand in the text that the block parser sees.

    nonce     start of every placeholder; occurs nowhere else in the body
    lines     file lines [first, last] of each unit
    covers    numbers that each unit stands for
    placed    indexes of the units that are in a block already, in the order in which they came
    references  link definitions of the body, known once its blocks are parsed
    """

    nonce: str
    units: list[RawUnit]
    lines: list[tuple[int, int]]
    covers: list[tuple[str, ...]]
    closed: frozenset[str]
    placed: dict[int, None] = field(default_factory=dict)
    references: Mapping[str, Any] = field(default_factory=dict)
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        self.pattern = re.compile(rf"{self.nonce}(\d+)z")

    def placeholder(self, index: int) -> str:
        return f"{self.nonce}{index}z"

    def targets_in(self, text: str) -> str:
        """Text with placeholders replaced by their targets' markdown (link targets, say)."""
        if self.nonce not in text:
            return text
        return self.pattern.sub(lambda m: self.units[int(m[1])].target, text)

    def segment(self, index: int, outer: Run, syntax: Syntax = "markdown") -> tuple[Segment, bool, bool]:
        """(segment of a unit inside the marks of `outer`, blank before it, blank after it)."""
        unit = self.units[index]
        self.placed[index] = None
        target, before, after = self._side(_as_published(unit), outer, syntax)
        source = None if unit.source is None else self._side(unit.source, outer, syntax)[0]
        return Segment(unit.number, self.covers[index], target, source), before, after

    def _side(self, text: str, outer: Run, syntax: Syntax) -> tuple[tuple[Run, ...], bool, bool]:
        match syntax:
            case "markdown":
                runs = parse_inline(plain_inline(text), self.closed, self.references)
            case "cell":
                runs = parse_inline(plain_inline(text.replace("\\|", "|")), self.closed, self.references)
            case "html":
                runs = parse_html(text, self.closed)
            case "code":
                runs = tidy((Run(text),))
        return strip(wrap(runs, outer))


def _as_published(unit: RawUnit) -> str:
    """The target's markdown as the published page has it.

    The bilingual edition escapes the asterisks of bold that translation broke; on the page they are raw, and
    some of them pair again. Escapes that the source has as well are the author's.
    """
    if "\\*" not in unit.target or unit.target.count("\\*") <= (unit.source or "").count("\\*"):
        return unit.target
    return unit.target.replace("\\*", "*")


def _breaks(text: str) -> bool:
    """Whether a unit's markdown ends in a backslash that escapes nothing."""
    return (len(text) - len(text.rstrip("\\"))) % 2 == 1


def _without_break(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    if not runs or not runs[-1].text.endswith("\\"):
        return runs
    return strip((*runs[:-1], with_text(runs[-1], runs[-1].text[:-1])))[0]


@dataclass(slots=True)
class Line:
    """Where a line of a block's text starts: the segment that comes next, counted in soft and hard breaks."""

    segment: int
    breaks: int


class SegmentBuilder:
    """Collects a block's segments from atoms; `lines` tells where each of its lines starts."""

    def __init__(self, units: Units, syntax: Syntax = "markdown") -> None:
        self.units = units
        self.syntax = syntax
        self.segments: list[Segment] = []
        self.lines: list[Line] = [Line(0, 0)]
        self._outer: list[Run] = []
        self._blank = False
        self._breaks = 0
        self._unit: RawUnit | None = None

    def add(self, atoms: Iterable[Atom]) -> None:
        for atom in atoms:
            if atom.tag is not None:
                continue
            if atom.line_break:
                self.flush()
                self._end_line()
                self._blank = True
                self._breaks += atom.in_file
                self.lines.append(Line(len(self.segments), self._breaks))
            else:
                self._add_run(atom.run)

    def _add_run(self, run: Run) -> None:
        units = self.units
        if run.href is not None:
            run = replace(run, href=units.targets_in(run.href))
        if run.image is not None:
            run = replace(run, image=units.targets_in(run.image))
        if units.nonce not in run.text:
            self._outer.append(run)
            return
        position = 0
        for match in units.pattern.finditer(run.text):
            if match.start() > position:
                self._outer.append(with_text(run, run.text[position : match.start()]))
            position = match.end()
            if int(match[1]) < len(units.units) and int(match[1]) not in units.placed:
                self._add_unit(int(match[1]), with_text(run, ""))
        if position < len(run.text):
            self._outer.append(with_text(run, run.text[position:]))

    def _add_unit(self, index: int, outer: Run) -> None:
        self.flush()
        segment, before, after = self.units.segment(index, outer, self.syntax)
        self.segments.append(replace(segment, glue=self._glue(before)))
        self._blank = after
        self._unit = self.units.units[index]

    def _end_line(self) -> None:
        """A hard break ("…\\" at a line's end) that is written inside a unit shows nothing either."""
        if self._unit is None or self.syntax != "markdown" or self.segments[-1].unit != self._unit.number:
            return
        last = self.segments[-1]
        target = _without_break(last.target) if _breaks(self._unit.target) else last.target
        source = last.source
        if source and _breaks(self._unit.source or ""):
            source = _without_break(source)
        self.segments[-1] = replace(last, target=target, source=source)
        self._unit = None

    def _glue(self, blank: bool = False) -> str:
        return " " if (blank or self._blank) and self.segments else ""

    def flush(self) -> None:
        """Turns the text gathered outside units into a segment, when it is more than blanks."""
        if not self._outer:
            return
        runs, before, after = strip(tidy(self._outer))
        self._outer.clear()
        if not runs:
            self._blank = True
            return
        source = runs if self.units.units else None
        self.segments.append(Segment(None, (), runs, source, self._glue(before)))
        self._blank = after


def code_segments(code: str, units: Units) -> list[Segment]:
    """Segments of a code block: one a line, text as written; units inside it keep both sides."""
    segments: list[Segment] = []
    glue = ""
    for line in code.removesuffix("\n").split("\n"):
        position = 0
        for match in units.pattern.finditer(line):
            if int(match[1]) >= len(units.units) or int(match[1]) in units.placed:
                continue
            if match.start() > position:
                segments.append(_code(line[position : match.start()], units, glue))
                glue = ""
            segment, before, after = units.segment(int(match[1]), Run("", ("code",)), "code")
            segments.append(replace(segment, glue=glue or (" " if before else "")))
            glue = " " if after else ""
            position = match.end()
        if position < len(line):
            segments.append(_code(line[position:], units, glue))
            glue = ""
        glue += "\n"
    return segments


def _code(text: str, units: Units, glue: str) -> Segment:
    runs = (Run(text, ("code",)),)
    return Segment(None, (), runs, runs if units.units else None, glue)
