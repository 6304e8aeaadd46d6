"""Blocks of an article: the block structure is parsed once, on text whose units are opaque placeholders."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from html import unescape

from markdown_it.token import Token

from indexer.alerts import alert_of
from indexer.blockparser import MAX_NESTING, parse_tokens
from indexer.htmlblocks import Cells, HtmlPart, html_parts
from indexer.inline import Atom, walk
from indexer.segments import Line, SegmentBuilder, Syntax, Units, code_segments
from kb.article import Block, BlockKind, ParseWarning, Part, Segment

_NAME = re.compile(r"""\b(?:name|id)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^"'\s>]+))""")
# Headings that are tabs stand below every heading around them, whatever level they are written with.
_TAB_LEVEL = 7


@dataclass(slots=True)
class _Draft:
    """A block under way; `segments` of a list item, note or quote are filled by its first paragraph."""

    kind: BlockKind
    level: int
    number: str | None
    parent: int | None
    headings: tuple[int, ...]
    lines: tuple[int, int]
    segments: list[Segment] = field(default_factory=list)
    anchor: str | None = None
    alert: str | None = None
    language: str | None = None
    parts: tuple[Part, ...] = ()
    line_starts: list[tuple[int, int]] = field(default_factory=list)

    def block(self) -> Block:
        return Block(
            self.kind,
            self.level,
            self.number,
            self.parent,
            self.headings,
            self.lines,
            tuple(self.segments),
            self.anchor,
            self.alert,
            self.language,
            self.parts,
        )


@dataclass(frozen=True, slots=True)
class ParsedBody:
    """blocks in reading order; line_starts[i]: (first segment, file line) of each line of block i."""

    blocks: list[Block]
    line_starts: list[list[tuple[int, int]]]
    warnings: list[ParseWarning]


def parse_blocks(text: str, units: Units, file_line: Callable[[int], int]) -> ParsedBody:
    """Blocks of a body whose units are placeholders; `file_line` maps a 0-based line of it to the file."""
    tokens, units.references = parse_tokens(text)
    return _Walker(units, file_line).walk(tokens)


class _Walker:
    def __init__(self, units: Units, file_line: Callable[[int], int]) -> None:
        self.units = units
        self.file_line = file_line
        self.blocks: list[_Draft] = []
        self.warnings: list[ParseWarning] = []
        self.headings: list[tuple[int, int]] = []  # (level, block index)
        self.containers: list[int] = []  # indexes of the open list items, quotes and notes
        self.lists: list[int | None] = []  # next number of each open list, None for bullets
        self.fresh: int | None = None  # a container that has no text of its own yet

    def walk(self, tokens: list[Token]) -> ParsedBody:
        i = 0
        while i < len(tokens):
            token = tokens[i]
            match token.type:
                case "heading_open":
                    self._heading(token, tokens[i + 1])
                    i += 2
                case "paragraph_open":
                    inline = tokens[i + 1]
                    self._paragraph(self._lines(inline), *self._inline(inline))
                    i += 2
                case "ordered_list_open":
                    start = token.attrGet("start")
                    self.lists.append(1 if start is None else int(start))
                case "bullet_list_open":
                    self.lists.append(None)
                case "ordered_list_close" | "bullet_list_close":
                    self.lists.pop()
                case "list_item_open":
                    self._item(self._lines(token)[0])
                case "blockquote_open":
                    self._container(self._lines(token)[0], "quote")
                case "list_item_close" | "blockquote_close":
                    self._close()
                case "fence" | "code_block":
                    language = self.units.targets_in(token.info).split()
                    self._code(self._lines(token), token.content, language[0] if language else None)
                case "html_block":
                    self._html(token)
                case "table_open":
                    i = self._table(tokens, i)
                case "hr":
                    # a rule ends a group of tabs
                    self._leave_headings(_TAB_LEVEL)
                case _:
                    pass
            i += 1
        return ParsedBody(
            [d.block() for d in self.blocks], [d.line_starts for d in self.blocks], self.warnings
        )

    def _lines(self, token: Token) -> tuple[int, int]:
        """File lines of a token: from its first line to the end of its last."""
        first, after = token.map or [0, 1]
        return self._span(first, after - 1)

    def _span(self, first: int, last: int) -> tuple[int, int]:
        line = self.file_line(first)
        return line, max(line, self.file_line(last + 1) - 1)

    def _draft(self, kind: BlockKind, lines: tuple[int, int]) -> _Draft:
        self.fresh = None
        parent = self.containers[-1] if self.containers else None
        draft = _Draft(kind, len(self.containers), None, parent, tuple(i for _, i in self.headings), lines)
        self.blocks.append(draft)
        return draft

    def _inline(self, inline: Token) -> tuple[list[Segment], list[tuple[int, int]]]:
        """(segments, line starts) of a stretch of inline markdown."""
        segments, lines = self._segments(walk(inline.children or [], self.units.closed))
        if inline.meta.get("unparsed"):
            self._warn(inline, f"text of {len(inline.content)} characters is kept without its inline markup")
        if inline.meta.get("too_deep"):
            self._warn(
                inline, f"lists and quotes nested more than {MAX_NESTING} levels are kept as plain text"
            )
        first, after = inline.map or [0, 1]
        return segments, [
            (line.segment, self.file_line(min(first + line.breaks, after - 1))) for line in lines
        ]

    def _segments(
        self, atoms: Iterable[Atom], syntax: Syntax = "markdown"
    ) -> tuple[list[Segment], list[Line]]:
        builder = SegmentBuilder(self.units, syntax)
        builder.add(atoms)
        builder.flush()
        return builder.segments, builder.lines

    def _warn(self, token: Token, message: str) -> None:
        self.warnings.append(ParseWarning(self._lines(token)[0], message))

    def _heading(self, token: Token, inline: Token) -> None:
        segments, _ = self._inline(inline)
        anchor = inline.meta.get("anchor")
        for child in inline.children or []:
            if child.type == "html_inline" and (name := _NAME.search(child.content)):
                anchor = unescape(name[1] or name[2] or name[3] or "").strip("\"'") or None
                break
        runs = [run for segment in segments for run in segment.target]
        is_tab = bool(runs) and all((run.href or "").startswith("#tab/") for run in runs)
        self._add_heading(int(token.tag[1]), self._lines(token), segments, anchor, is_tab)

    def _add_heading(
        self,
        level: int,
        lines: tuple[int, int],
        segments: list[Segment],
        anchor: str | None,
        is_tab: bool = False,
    ) -> None:
        rank = _TAB_LEVEL if is_tab else level
        self._leave_headings(rank)
        draft = self._draft("heading", lines)
        draft.level, draft.segments, draft.anchor = level, segments, anchor
        self.headings.append((rank, len(self.blocks) - 1))

    def _leave_headings(self, rank: int) -> None:
        while self.headings and self.headings[-1][0] >= rank:
            self.headings.pop()

    def _item(self, line: int) -> None:
        number = self.lists[-1] if self.lists else None
        if number is None:
            self._container(line, "bullet")
            return
        self.lists[-1] = number + 1
        outer = next(
            (self.blocks[i].number for i in reversed(self.containers) if self.blocks[i].number), None
        )
        self._container(line, "step").number = f"{outer}.{number}" if outer else str(number)

    def _container(self, line: int, kind: BlockKind) -> _Draft:
        draft = self._draft(kind, (line, line))
        self.fresh = len(self.blocks) - 1
        self.containers.append(self.fresh)
        return draft

    def _close(self) -> None:
        self.containers.pop()
        self.fresh = None

    def _paragraph(
        self, lines: tuple[int, int], segments: list[Segment], line_starts: list[tuple[int, int]]
    ) -> None:
        if self.fresh is not None:
            fresh = self.fresh
            draft = self.blocks[fresh]
            draft.lines = (draft.lines[0], lines[1])
            self.fresh = None
        else:
            fresh = -1
            draft = self._draft("paragraph", lines)
        marker = len(draft.segments)
        if marker and segments:
            segments = [replace(segments[0], glue=" "), *segments[1:]]
        draft.line_starts = [(marker + n, line) for n, line in line_starts]
        draft.segments += segments
        if draft.kind == "quote" and not marker:
            found = alert_of(draft.segments)
            if found is not None:
                draft.kind, draft.alert, draft.segments = found
                if all(segment.marker for segment in draft.segments):
                    # "[!NOTE]" in a paragraph of its own: the text follows in the next
                    self.fresh = fresh
        elif draft.kind == "paragraph":
            _mark_image(draft)

    def _code(self, lines: tuple[int, int], text: str, language: str | None) -> None:
        draft = self._draft("code", lines)
        draft.language = language
        draft.segments = code_segments(text, self.units)

    def _html(self, token: Token) -> None:
        first = (token.map or [0, 1])[0]
        for part in html_parts(token.content, self.units.closed):
            lines = self._span(first + part.lines[0], first + part.lines[1])
            match part.kind:
                case "heading":
                    self._add_heading(part.level, lines, self._segments(part.atoms, "html")[0], part.anchor)
                case "paragraph":
                    self._paragraph(lines, self._segments(part.atoms, "html")[0], [])
                case "code":
                    text = "".join(atom.run.text for atom in part.atoms)
                    self._code(lines, text.removeprefix("\n"), part.language)
                case "table":
                    rows = [
                        (self._span(first + a, first + b), header, row) for (a, b), header, row in part.rows
                    ]
                    self._add_table(lines, rows, "html")
                case _:
                    self._html_border(part, lines[0])

    def _html_border(self, part: HtmlPart, line: int) -> None:
        """Opens or closes a list, an item, a quote or a note written as tags."""
        match part.kind:
            case "open_list":
                self.lists.append(part.start)
            case "close_list":
                self.lists.pop()
            case "close":
                self._close()
            case "open" if part.container == "item":
                self._item(line)
            case _:
                draft = self._container(line, "quote")
                if part.container != "quote":
                    draft.kind, draft.alert = "note", part.container

    def _table(self, tokens: list[Token], i: int) -> int:
        """Reads a table from its opening token; index of its closing token."""
        lines = self._lines(tokens[i])
        rows: list[tuple[tuple[int, int], bool, Cells]] = []
        header = False
        while tokens[i].type != "table_close":
            token = tokens[i]
            if token.type in ("thead_open", "tbody_open"):
                header = token.type == "thead_open"
            elif token.type == "tr_open":
                rows.append((self._lines(token), header, []))
            elif token.type == "inline":
                rows[-1][2].append(list(walk(token.children or [], self.units.closed)))
            i += 1
        self._add_table(lines, rows, "cell")
        return i

    def _add_table(
        self, lines: tuple[int, int], rows: list[tuple[tuple[int, int], bool, Cells]], syntax: Syntax
    ) -> None:
        draft = self._draft("table", lines)
        parts: list[Part] = []
        for row_lines, header, cells in rows:
            ranges: list[tuple[int, int]] = []
            for cell in cells:
                start = len(draft.segments)
                draft.segments += self._segments(cell, syntax)[0]
                ranges.append((start, len(draft.segments)))
            parts.append(Part(row_lines, tuple(ranges), header=header))
        draft.parts = tuple(parts)


def _mark_image(draft: _Draft) -> None:
    runs = [run for segment in draft.segments for run in segment.target]
    if runs and all(run.image is not None or not run.text.strip() for run in runs):
        draft.kind = "image"
