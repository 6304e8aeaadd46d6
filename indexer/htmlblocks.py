"""Blocks inside raw HTML: headings, lists, tables, code and notes that are written as tags."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Literal

from markdown_it.token import Token

from indexer.html import Tag, split_html
from indexer.inline import LINE_BREAK, Atom, walk

HtmlKind = Literal["heading", "paragraph", "code", "table", "open_list", "close_list", "open", "close"]
Cells = list[list[Atom]]
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
# Their borders end a paragraph.
_PARAGRAPHS = frozenset(
    re.findall(
        r"\S+",
        """
        p div section article header footer main aside details summary figure figcaption dl dt dd center
        form hr
        """,
    )
)
# Deeper lists and quotes are read without their structure.
_MAX_OPEN = 20
_LANGUAGE = re.compile(r"(?:brush:\s*|lang(?:uage)?-)([\w+#-]+)")
_NOTE = re.compile(r"\b(note|tip|info|important|warning|caution|danger)", re.I)


@dataclass(slots=True)
class HtmlPart:
    """One event of a block of HTML, in order.

    lines      0-based in the block, first and last
    level      of a heading
    start      of a list: its first number, None for bullets
    container  what "open" opens: "item", "quote" or a note's kind
    language   of code, where a class names it
    shown      whether a reader sees anything of the atoms
    """

    kind: HtmlKind
    lines: tuple[int, int]
    atoms: list[Atom] = field(default_factory=list)
    level: int = 0
    anchor: str | None = None
    start: int | None = None
    container: str = ""
    language: str | None = None
    shown: bool = False
    rows: list[tuple[tuple[int, int], bool, Cells]] = field(default_factory=list)


def html_parts(content: str, closed: frozenset[str]) -> list[HtmlPart]:
    """The events of a block of raw HTML; lists, items, quotes and notes that it leaves open are closed."""
    reader = _Reader()
    line = 0

    def tokens() -> Iterator[Token]:
        nonlocal line
        for is_tag, piece, at in split_html(content):
            line = at
            if is_tag:
                yield Token("html_inline", "", 0, content=piece)
            else:
                # text in one token for each line, so that every atom has its own
                for n, text in enumerate(piece.split("\n")):
                    line = at + n
                    if n:
                        yield Token("text", "", 0, content="\n")
                    if text:
                        yield Token("text", "", 0, content=unescape(text))

    for atom in walk(tokens(), closed):
        reader.read(atom, line)
    return reader.end(line)


class _Reader:
    def __init__(self) -> None:
        self.parts: list[HtmlPart] = []
        self.current = HtmlPart("paragraph", (0, 0))
        self.open: list[tuple[str, HtmlKind | None]] = []  # (tag, the event that closes what it opened)
        self.names: Counter[str] = Counter()  # of the tags in `open`
        self.containers = 0
        self.tables = 0
        self.table: HtmlPart | None = None
        self.pre = False
        self.silent = False  # inside a script or style sheet

    def read(self, atom: Atom, line: int) -> None:
        tag = atom.tag
        if tag is not None and tag.name in ("script", "style"):
            self.silent = not tag.closing
        elif self.silent:
            return
        elif self.pre:
            self._in_code(atom, line)
        elif tag is None:
            self._add(atom, line)
        elif tag.name in ("table", "tr", "td", "th") and (tag.name == "table" or not tag.closing):
            self._in_table(tag, line)
        elif self.table is not None:
            return
        elif tag.name == "pre" and not tag.closing:
            language = _LANGUAGE.search(tag.attributes.get("class", ""))
            self._flush(HtmlPart("code", (line, line), language=language[1] if language else None))
            self.pre = True
        elif tag.name in _HEADINGS:
            level = int(tag.name[1])
            self._flush(
                HtmlPart("paragraph", (line, line))
                if tag.closing
                else HtmlPart("heading", (line, line), level=level, anchor=tag.attributes.get("id"))
            )
        elif tag.name in ("ul", "ol", "li", "blockquote") or tag.name in _PARAGRAPHS:
            self._flush(HtmlPart("paragraph", (line, line)))
            if tag.closing:
                self._close(tag.name, line)
            else:
                self._open(tag, line)
        elif self.current.kind == "heading" and tag.name == "a":
            self.current.anchor = (
                self.current.anchor or tag.attributes.get("name") or tag.attributes.get("id")
            )

    def end(self, line: int) -> list[HtmlPart]:
        if self.table is not None:
            self._end_table()
        self._flush(HtmlPart("paragraph", (line, line)))
        while self.open:
            self._close(self.open[-1][0], line)
        return self.parts

    def _add(self, atom: Atom, line: int) -> None:
        seen = bool(atom.run.text.strip()) or atom.run.image is not None
        if self.table is None:
            part = self.current
            if seen:
                part.lines = (part.lines[0] if part.shown else line, line)
                part.shown = True
            part.atoms.append(atom)
        elif self.table.rows and self.table.rows[-1][2]:
            lines, header, cells = self.table.rows[-1]
            cells[-1].append(atom)
            if seen:
                self.table.rows[-1] = ((lines[0], line), header, cells)
        elif seen:
            # text between a table's tags is shown before the table
            self.parts.append(HtmlPart("paragraph", (line, line), [atom], shown=True))

    def _in_code(self, atom: Atom, line: int) -> None:
        if atom.tag is not None:
            if atom.tag.name == "pre" and atom.tag.closing:
                self._flush(HtmlPart("paragraph", (line, line)))
                self.pre = False
            return
        self._add(replace(atom, run=replace(atom.run, text="\n")) if atom.line_break else atom, line)

    def _in_table(self, tag: Tag, line: int) -> None:
        if tag.name == "table" and tag.closing:
            self.tables = max(0, self.tables - 1)
            if not self.tables and self.table is not None:
                self._end_table()
            return
        if self.table is None:
            # a row or cell by itself is what a blank line cut off from its table
            self._flush(HtmlPart("paragraph", (line, line)))
            self.table = HtmlPart("table", (line, line))
        if tag.name == "table":
            self.tables += 1
            return
        if self.tables > 1:
            # what a cell's own table holds is the cell's text
            self._add(LINE_BREAK, line)
            return
        rows = self.table.rows
        if tag.name == "tr" or not rows:
            rows.append(((line, line), False, []))
        if tag.name in ("td", "th"):
            lines, header, cells = rows[-1]
            cells.append([])
            rows[-1] = (lines, header or (tag.name == "th" and len(cells) == 1), cells)

    def _end_table(self) -> None:
        table, self.table, self.tables = self.table, None, 0
        if table is not None:
            rows = [row for row in table.rows if row[2]]
            # only the rows at the top are a header; a th further down heads its own row
            for n, (lines, header, cells) in enumerate(rows):
                rows[n] = (lines, header and n == 0, cells)
            if rows:
                table.rows = rows
                table.lines = (table.lines[0], rows[-1][0][1])
                self.parts.append(table)

    def _flush(self, following: HtmlPart) -> None:
        if self.current.shown:
            self.parts.append(self.current)
        self.current = following

    def _open(self, tag: Tag, line: int) -> None:
        closing: HtmlKind | None = None
        part = HtmlPart("open", (line, line))
        if tag.name in ("ul", "ol"):
            start = tag.attributes.get("start", "1")
            number = int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 1
            part.kind, part.start, closing = "open_list", number if tag.name == "ol" else None, "close_list"
        elif tag.name == "li":
            if self.open and self.open[-1][0] == "li":
                self._close("li", line)
            part.container, closing = "item", "close"
        elif tag.name == "blockquote":
            part.container, closing = "quote", "close"
        elif tag.name in ("div", "aside", "p") and (kind := _NOTE.search(tag.attributes.get("class", ""))):
            part.container, closing = kind[1].lower(), "close"
        elif tag.name in ("p", "hr"):
            return
        if self.containers >= _MAX_OPEN:
            closing = None
        if closing is not None:
            self.parts.append(part)
            self.containers += 1
        self.open.append((tag.name, closing))
        self.names[tag.name] += 1

    def _close(self, name: str, line: int) -> None:
        while self.names[name]:
            opened, event = self.open.pop()
            self.names[opened] -= 1
            if event is not None:
                self.containers -= 1
                self.parts.append(HtmlPart(event, (line, line)))
            if opened == name:
                return
