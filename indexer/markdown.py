"""Blocks of an article: the block structure is parsed once, on text whose units are opaque placeholders."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from indexer.alerts import alert_of
from indexer.html import split_html
from indexer.inline import Atom, markdown_parser, walk, walk_html
from indexer.segments import SegmentBuilder, Units, code_segments
from kb.article import Block, BlockKind, Part, Run, Segment, Warning_

# Each nested list or quote costs Python stack frames and, in markdown-it, rescans its lines.
MAX_NESTING = 40


def _too_deep(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule: beyond MAX_NESTING levels the lines that are left become one paragraph, text and all."""
    if silent or state.level < MAX_NESTING:
        return False
    content = state.getLines(start, end, state.blkIndent, False).strip()
    token = state.push("paragraph_open", "p", 1)
    token.map = [start, end]
    token = state.push("inline", "", 0)
    token.content, token.map, token.children = content, [start, end], []
    token.meta["too_deep"] = True
    state.push("paragraph_close", "p", -1)
    state.line = end
    return True


_PARSER = markdown_parser()
_PARSER.block.ruler.before("table", "too_deep", _too_deep)


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
    warnings: list[Warning_]


def parse_blocks(text: str, units: Units, file_line: Callable[[int], int]) -> ParsedBody:
    """Blocks of a body whose units are placeholders; `file_line` maps a 0-based line of it to the file."""
    return _Walker(units, file_line).walk(_PARSER.parse(text))


class _Walker:
    def __init__(self, units: Units, file_line: Callable[[int], int]) -> None:
        self.units = units
        self.file_line = file_line
        self.blocks: list[_Draft] = []
        self.warnings: list[Warning_] = []
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
                    self._paragraph(tokens[i + 1])
                    i += 2
                case "ordered_list_open":
                    self.lists.append(int(token.attrGet("start") or 1) if token.attrGet("start") != 0 else 0)
                case "bullet_list_open":
                    self.lists.append(None)
                case "ordered_list_close" | "bullet_list_close":
                    self.lists.pop()
                case "list_item_open":
                    self._item(token)
                case "blockquote_open":
                    self._container(token, "quote", None)
                case "list_item_close" | "blockquote_close":
                    self.containers.pop()
                    self.fresh = None
                case "fence" | "code_block":
                    self._code(token)
                case "html_block":
                    self._html(token)
                case "table_open":
                    i = self._table(tokens, i)
                case _:
                    pass
            i += 1
        return ParsedBody([d.block() for d in self.blocks], [d.line_starts for d in self.blocks], self.warnings)

    def _lines(self, token: Token) -> tuple[int, int]:
        """File lines of a token: from its first line to the end of its last."""
        first, after = token.map or [0, 1]
        return self.file_line(first), max(self.file_line(first), self.file_line(after) - 1)

    def _draft(self, kind: BlockKind, lines: tuple[int, int]) -> _Draft:
        parent = self.containers[-1] if self.containers else None
        draft = _Draft(kind, len(self.containers), None, parent, tuple(i for _, i in self.headings), lines)
        self.blocks.append(draft)
        return draft

    def _heading(self, token: Token, inline: Token) -> None:
        level = int(token.tag[1])
        self.fresh = None
        while self.headings and self.headings[-1][0] >= level:
            self.headings.pop()
        draft = self._draft("heading", self._lines(token))
        draft.level = level
        self._fill(draft, inline)
        for child in inline.children or []:
            name = re.search(r"""\b(?:name|id)\s*=\s*["']?([^"'\s>]+)""", child.content)
            if child.type == "html_inline" and name:
                draft.anchor = name[1]
                break
        self.headings.append((level, len(self.blocks) - 1))

    def _item(self, token: Token) -> None:
        number = self.lists[-1]
        if number is None:
            self._container(token, "bullet", None)
            return
        self.lists[-1] = number + 1
        outer = next((self.blocks[i].number for i in reversed(self.containers) if self.blocks[i].number), None)
        self._container(token, "step", f"{outer}.{number}" if outer else str(number))

    def _container(self, token: Token, kind: BlockKind, number: str | None) -> None:
        first = self.file_line((token.map or [0, 1])[0])
        draft = self._draft(kind, (first, first))
        draft.number = number
        self.containers.append(len(self.blocks) - 1)
        self.fresh = len(self.blocks) - 1

    def _paragraph(self, inline: Token) -> None:
        lines = self._lines(inline)
        if self.fresh is not None:
            draft = self.blocks[self.fresh]
            draft.lines = (draft.lines[0], lines[1])
            self.fresh = None
        else:
            draft = self._draft("paragraph", lines)
        self._fill(draft, inline)
        if draft.kind == "quote":
            self._mark_alert(draft)
        elif draft.kind == "paragraph":
            _mark_image(draft)

    def _fill(self, draft: _Draft, inline: Token) -> None:
        self._fill_atoms(draft, walk(inline.children or [], self.units.closed), inline)
        if inline.meta.get("unparsed"):
            self._warn(inline, f"text of {len(inline.content)} characters is kept without its inline markup")
        if inline.meta.get("too_deep"):
            self._warn(inline, f"lists and quotes nested more than {MAX_NESTING} levels are kept as plain text")

    def _fill_atoms(self, draft: _Draft, atoms: Iterable[Atom], token: Token) -> None:
        builder = SegmentBuilder(self.units)
        builder.add(atoms)
        builder.flush()
        draft.segments = builder.segments
        first, after = token.map or [0, 1]
        draft.line_starts = [
            (line.segment, self.file_line(min(first + line.breaks, after - 1))) for line in builder.lines
        ]

    def _warn(self, token: Token, message: str) -> None:
        self.warnings.append(Warning_(self._lines(token)[0], message))

    def _mark_alert(self, draft: _Draft) -> None:
        found = alert_of(draft.segments)
        if found is not None:
            draft.kind = "note"
            draft.alert, draft.segments = found

    def _code(self, token: Token) -> None:
        self.fresh = None
        draft = self._draft("code", self._lines(token))
        draft.language = token.info.split()[0] if token.info.strip() else None
        if draft.language:
            draft.language = self.units.targets_in(draft.language)
        draft.segments = code_segments(token.content, self.units)

    def _html(self, token: Token) -> None:
        """Raw HTML: tables become table blocks, other text paragraphs, pictures image blocks."""
        atoms: list[Atom] = []
        rows: list[list[list[Atom]]] = []
        header = False
        in_table = 0
        for atom in walk_html(split_html(token.content), self.units.closed):
            tag = atom.tag
            if tag is not None and tag.name == "table":
                if not tag.closing and not in_table:
                    self._html_text(atoms, token)
                    atoms, rows, header = [], [], False
                in_table = max(0, in_table + (-1 if tag.closing else 1))
                if not in_table and rows:
                    self._html_table(rows, token, header)
                    rows = []
            elif tag is not None and in_table and tag.name == "tr" and not tag.closing:
                rows.append([])
            elif tag is not None and in_table and tag.name in ("td", "th") and not tag.closing:
                header = header or (tag.name == "th" and len(rows) == 1)
                if not rows:
                    rows.append([])
                rows[-1].append([])
            elif in_table and rows and rows[-1]:
                rows[-1][-1].append(atom)
            else:
                atoms.append(atom)
        if rows:
            self._html_table(rows, token, header)
        self._html_text(atoms, token)

    def _html_text(self, atoms: list[Atom], token: Token) -> None:
        if any(atom.tag is None and not atom.line_break and (atom.run.text.strip() or atom.run.image) for atom in atoms):
            self.fresh = None
            draft = self._draft("paragraph", self._lines(token))
            self._fill_atoms(draft, atoms, token)
            _mark_image(draft)

    def _html_table(self, rows: list[list[list[Atom]]], token: Token, header: bool) -> None:
        lines = self._lines(token)
        self._add_table(lines, [(lines, header and n == 0, row) for n, row in enumerate(rows) if row])

    def _table(self, tokens: list[Token], i: int) -> int:
        """Reads a table from its opening token; index of its closing token."""
        lines = self._lines(tokens[i])
        rows: list[tuple[tuple[int, int], bool, list[list[Atom]]]] = []
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
        self._add_table(lines, rows)
        return i

    def _add_table(
        self, lines: tuple[int, int], rows: list[tuple[tuple[int, int], bool, list[list[Atom]]]]
    ) -> None:
        self.fresh = None
        draft = self._draft("table", lines)
        parts: list[Part] = []
        for row_lines, header, cells in rows:
            ranges: list[tuple[int, int]] = []
            for cell in cells:
                builder = SegmentBuilder(self.units)
                builder.add(cell)
                builder.flush()
                start = len(draft.segments)
                draft.segments.extend(builder.segments)
                ranges.append((start, len(draft.segments)))
            parts.append(Part(row_lines, tuple(ranges), header=header))
        draft.parts = tuple(parts)


def _mark_image(draft: _Draft) -> None:
    runs = [run for segment in draft.segments for run in segment.target]
    if runs and all(run.image is not None or not run.text.strip() for run in runs):
        draft.kind = "image"


def insert_unplaced(body: ParsedBody, units: Units) -> ParsedBody:
    """The body with the units that a page shows no text of (in a link target, an attribute) put in after all."""
    missing = [i for i in range(len(units.units)) if i not in units.placed]
    if not missing:
        return body
    blocks, starts, warnings = list(body.blocks), list(body.line_starts), list(body.warnings)
    if not blocks:
        blocks.append(Block("paragraph", 0, None, None, (), units.lines[missing[0]], ()))
        starts.append([])
    firsts = [block.lines[0] for block in blocks]
    at_block: dict[int, list[int]] = {}
    for index in missing:
        first = units.lines[index][0]
        warnings.append(
            Warning_(first, f"unit {units.units[index].number} stands where a page shows no text; its text is kept")
        )
        at = max(0, bisect_right(firsts, first) - 1)
        # a table's segments belong to its cells
        at_block.setdefault(next((i for i in range(at, -1, -1) if blocks[i].kind != "table"), at), []).append(index)
    order = {unit.number: i for i, unit in enumerate(units.units)}
    for at, indexes in at_block.items():
        block = blocks[at]
        keyed = []
        last = -1
        for segment in block.segments:
            last = order.get(segment.unit, last) if segment.unit is not None else last
            keyed.append((last, segment))
        for index in indexes:
            segment, _, _ = units.segment(index, Run(""))
            keyed.append((index, replace(segment, glue=" " if block.segments else "")))
        keyed.sort(key=lambda pair: pair[0])
        lines = (block.lines[0], max(block.lines[1], units.lines[indexes[-1]][1]))
        parts = () if block.kind != "table" else block.parts
        blocks[at] = replace(block, segments=tuple(segment for _, segment in keyed), lines=lines, parts=parts)
        starts[at] = []
    return ParsedBody(blocks, starts, warnings)
