"""The parsed article: Article(Block(Segment(Run))), the value types that everything passes along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Side = Literal["target", "source"]
Mark = Literal["strong", "em", "code", "strike"]
BlockKind = Literal["heading", "paragraph", "step", "bullet", "note", "quote", "table", "code", "image"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of visible text under one set of marks.

    `href` is the link's target. With `image` set (its URL) the run is a picture: `text` is its alt text
    and does not belong to the visible text.
    """

    text: str
    marks: tuple[Mark, ...] = ()
    href: str | None = None
    image: str | None = None


def visible(runs: tuple[Run, ...]) -> str:
    """What a reader sees of the runs: links as their text, marks and pictures dropped."""
    return "".join(run.text for run in runs if run.image is None)


@dataclass(frozen=True, slots=True)
class Segment:
    """Both sides of one translation unit, or a stretch of text that stands outside any unit.

    unit    the unit's number as a string ("103", "p101"), None outside units
    covers  the numbers that the unit stands for: itself, or those that a p-unit concatenates
    source  None in a monolingual article; text outside units is equal on both sides of a bilingual one
    glue    what separates it from the segment before it in its block: "", " " or "\\n" (code lines)
    original  what the article's file says, where an imported memory has corrected the target; else None
    marker  true for an alert's "[!NOTE]": part of the visible text, not of what is shown or searched
    """

    unit: str | None
    covers: tuple[str, ...]
    target: tuple[Run, ...]
    source: tuple[Run, ...] | None
    glue: str = ""
    marker: bool = False
    original: tuple[Run, ...] | None = None

    @property
    def corrected(self) -> bool:
        """Whether the target comes from an imported memory and not from the article's file."""
        return self.original is not None

    def runs(self, side: Side) -> tuple[Run, ...]:
        """Runs of one side; a missing source is empty."""
        return self.target if side == "target" else (self.source or ())

    def text(self, side: Side) -> str:
        return visible(self.runs(side))


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a block that is quoted by itself: a table row, or a line with a letter of its own ("a. …").

    lines   in the file, 1-based, inclusive
    cells   for each table cell the half-open range of the block's segments in it; one range for a line
    number  the line's number path ("2.a"); None for a table row
    """

    lines: tuple[int, int]
    cells: tuple[tuple[int, int], ...]
    number: str | None = None
    header: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One structural element, in reading order.

    kind      see BlockKind; a list item, note or quote holds its first paragraph's text itself, what else is
              in it follows as blocks whose `parent` is its index
    level     headings 1 to 6; elsewhere how many lists, quotes and notes enclose it (0 at the top)
    number    what the reader sees as the step's number path ("2", "2.a"); also on a paragraph or heading that
              says "Step 3:" or starts with a letter of its own; None elsewhere
    headings  indexes of the heading blocks above it, outermost first
    lines     1-based, inclusive, counted in the whole file: its own text's, not its children's
    parts     a table's rows, a paragraph's lettered lines
    """

    kind: BlockKind
    level: int
    number: str | None
    parent: int | None
    headings: tuple[int, ...]
    lines: tuple[int, int]
    segments: tuple[Segment, ...]
    anchor: str | None = None
    alert: str | None = None
    language: str | None = None
    parts: tuple[Part, ...] = ()

    def text(self, side: Side, start: int = 0, stop: int | None = None) -> str:
        """Visible text of segments [start:stop], alert markers left out; table cells joined with " | "."""
        stop = len(self.segments) if stop is None else stop
        if self.kind == "table":
            rows = [row for row in self.parts if start <= row.cells[0][0] and row.cells[-1][1] <= stop]
            return "\n".join(" | ".join(self.cell_texts(row, side)) for row in rows)
        parts: list[str] = []
        for segment in self.segments[start:stop]:
            if not segment.marker:
                parts.append(segment.glue if parts else "")
                parts.append(segment.text(side))
        return "".join(parts).strip("\n" if self.kind == "code" else None)

    def cell_texts(self, row: Part, side: Side) -> list[str]:
        """Visible text of each cell of a row."""
        return [
            "".join(s.glue * (n > 0) + s.text(side) for n, s in enumerate(self.segments[a:b])).strip()
            for a, b in row.cells
        ]


@dataclass(frozen=True, slots=True)
class ParseWarning:
    """A problem of an article that parsing survived; `line` is 1-based in the whole file."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article file in one locale, parsed.

    path            below its locale root, without .md, with forward slashes
    translation     "MT" or "HT" where the front matter says so
    source_title    source side of the H1; None in a monolingual article
    metadata        the front matter as read, JSON values only
    """

    path: str
    locale: str
    source_locale: str
    title: str
    source_title: str | None
    translation: str | None
    metadata: Mapping[str, Any]
    blocks: tuple[Block, ...]
    warnings: tuple[ParseWarning, ...] = field(default=())

    @property
    def bilingual(self) -> bool:
        """Whether any segment has a source side."""
        return any(s.source is not None for b in self.blocks for s in b.segments)

    def heading_path(self, block: Block, side: Side) -> list[str]:
        """Visible texts of the headings above a block, outermost first."""
        return [self.blocks[i].text(side) for i in block.headings]
