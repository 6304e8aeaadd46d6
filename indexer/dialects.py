"""Extensions of other documentation systems, rewritten as plain markdown line for line.

Learn: `:::image …:::`, `[!INCLUDE …]`, `:::zone`; Docusaurus and friends: `:::note`; Experience League:
`[!DNL …]`, `+++ title`; Hugo: `{{< note >}}`; MDN: `{{macro("x")}}`; MDX: imports. Lines stay where they are,
so that file lines still fit. Code is left alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from indexer.shortcodes import Shortcode, expand_macros, expand_shortcodes
from kb.article import ParseWarning

_TRIGGER = re.compile(
    r"^[ \t>]*(?:[-*+] )?:::|\{\{|\[!(?:INCLUDE|code-|DNL|UICONTROL|VIDEO\]|TAB |BEGIN|END)|^\+\+\+|\)\{|^\{:"
    r"|:::(?:no-loc|image )|^(?:import|export) ",
    re.M | re.I,
)
_INLINE_TRIGGER = re.compile(r":::|\{\{|\[!(?:INCLUDE|code-|DNL|UICONTROL)|\)\{", re.I)
_FENCE = re.compile(r"^[ \t>]*(?:[-*+][ \t]+|\d{1,9}[.)][ \t]+)?(`{3,}|~{3,})")
_IMAGE = re.compile(r":::image ((?:(?!:::)[^\n]){0,2000}):::", re.I)
_NO_LOC = re.compile(r""":::no-loc text=(?:"([^"\n]{0,400})"|'([^'\n]{0,400})'):::""", re.I)
_ATTRIBUTE = re.compile(r"""([\w-]{1,40})=(?:"([^"]{0,1000})"|'([^']{0,1000})')""")
_INCLUDE = re.compile(
    r"\[!(?:INCLUDE|code-[\w#+-]{1,20})[ \t]{0,4}\[[^\[\]\n]{0,200}\][ \t]?\([^()\n]{0,400}\)[ \t]{0,4}\]",
    re.I,
)
_TERM = re.compile(r"\[!(?:DNL|UICONTROL)[ \t]+([^\[\]\n]{1,400})\]")
_VIDEO = re.compile(r"\[!VIDEO\]\(([^()\s]{1,1000})\)")
_TABS = re.compile(
    r"^[ \t]*>[ \t]*\[!(?:(?:BEGIN|END)[A-Z]{3,20}(?:[ \t][^\[\]]*)?|TAB[ \t]+([^\[\]]*))\][ \t]*$"
)
# "{width=800}" after a picture or link, "{: .class}" on a line of its own
_SUFFIX = re.compile(r"""(?<=\))\{(?:[:.#][^{}\n]{0,200}|[\w-]{1,40}=[^{}\n]{0,200})\}""")
_KRAMDOWN = re.compile(r"^[ \t]*\{:[^{}\n]{0,200}\}[ \t]*$")
_COLONS = re.compile(r"^([ \t>]*(?:[-*+] )?):{3,}[ \t]*([A-Za-z][\w-]*)?[ \t]*(.*)$")
_LAYOUT = frozenset(
    re.findall(
        r"\S+",
        """
        moniker moniker-end zone zone-end row row-end column column-end image image-end code
        """,
    )
)
_MDX = re.compile(
    r"^(?:import (?:[\w{*][^\n]* from )?['\"][^'\"\n]+['\"];?"
    r"|export (?:const|default|let|function)\b.*)[ \t]*$"
)
MAX_NOTES = 20
_NOTES = frozenset(["note", "tip", "info", "important", "caution", "warning", "danger"])


@dataclass(frozen=True, slots=True)
class _Note:
    """A note under way: what closes it, and the blanks before its opening line."""

    closer: str
    indent: str


def plain_markdown(text: str) -> tuple[str, list[ParseWarning]]:
    """(text in plain markdown with as many lines, warnings with 0-based lines of it)."""
    if _TRIGGER.search(text) is None:
        return text, []
    rewriter = _Rewriter()
    lines = [rewriter.line(n, line) for n, line in enumerate(text.split("\n"))]
    return "\n".join(lines), rewriter.warnings


def plain_inline(text: str) -> str:
    """One side of a unit in plain markdown; what can't be rendered is dropped as in the text around it."""
    if _INLINE_TRIGGER.search(text) is None:
        return text
    return _outside_code(text, lambda piece: _inline(piece, lambda _: None))


class _Rewriter:
    def __init__(self) -> None:
        self.warnings: list[ParseWarning] = []
        self.notes: list[_Note] = []
        self.fence: str | None = None
        self.accordion = False
        self.column: str | None = None  # blanks that a column's lines begin with, "" before its first line
        self._n = 0

    def line(self, n: int, line: str) -> str:
        self._n = n
        prefix, rest = self._peel(line)
        if self.column is not None:
            rest = self._in_column(rest)
        mark = _FENCE.match(rest)
        if mark and (self.fence is None or (mark[1][0] == self.fence[0] and len(mark[1]) >= len(self.fence))):
            self.fence = mark[1] if self.fence is None else None
        elif self.fence is None:
            rest = self._plain_line(rest)
        return prefix + rest

    def _peel(self, line: str) -> tuple[str, str]:
        """(quote marks of the open notes, what of the line stands inside them)."""
        prefix = ""
        for note in self.notes:
            inside = line.startswith(note.indent)
            line = line[len(note.indent) :] if inside else line.lstrip(" \t")
            prefix += note.indent + "> "
        return prefix, line

    def _in_column(self, line: str) -> str:
        """A line without the blanks that only set a column off; four of them would make it code."""
        if self.column == "" and line.strip():
            self.column = line[: len(line) - len(line.lstrip(" \t"))] or None
        return line.removeprefix(self.column or "")

    def _warn(self, message: str) -> None:
        self.warnings.append(ParseWarning(self._n, message))

    def _plain_line(self, line: str) -> str:
        if _MDX.match(line) or _KRAMDOWN.match(line):
            return ""
        tabs = _TABS.match(line)
        if tabs:
            return f"**{tabs[1].strip()}**" if tabs[1] and tabs[1].strip() else ""
        if line.startswith("+++"):
            return self._accordion(line)
        if _INLINE_TRIGGER.search(line) or "[!" in line:
            line = _outside_code(line, lambda piece: _inline(piece, self._warn, self._shortcode))
        colons = _COLONS.match(line) if ":::" in line else None
        return self._colon_line(colons) if colons else line

    def _accordion(self, line: str) -> str:
        title = line.strip("+ \t")
        if title:
            self.accordion = True
            return f"**{title}**"
        was_open, self.accordion = self.accordion, False
        return "" if was_open else line

    def _colon_line(self, match: re.Match[str]) -> str:
        name, title = (match[2] or "").lower(), match[3].strip().strip("[]").removesuffix(":::").strip()
        if name in _NOTES:
            return self._open(":::", match[1], name, title)
        if not name and not title:
            if self.notes and self.notes[-1].closer == ":::":
                self.notes.pop()
                return ""
            return match[1]
        if name in ("column", "column-end"):
            self.column = "" if name == "column" else None
        if name == "code":
            self._warn("code from another file is not followed; it is not in this article")
        if name in _LAYOUT or (name and not title):
            return match[1]
        return f"{match[1]}**{title}**" if name else match[0]

    def _open(self, closer: str, indent: str, kind: str, title: str) -> str:
        if len(self.notes) >= MAX_NOTES:
            return f"{indent}{title}"
        # a quote mark already there opens every line of the note anyway
        self.notes.append(_Note(closer, "" if indent.strip() else indent))
        return f"{indent}> [!{kind.upper()}] {title}".rstrip()

    def _shortcode(self, code: Shortcode, before: str) -> str | None:
        """What stands for a shortcode that opens or closes a note; None for any other."""
        kind = code.alert()
        if kind is None:
            return None
        if code.closing:
            if self.notes and self.notes[-1].closer == code.name:
                self.notes.pop()
        elif not code.self_closed and not before.strip():
            # what was before is on the line already
            return self._open(code.name, before, kind, code.attributes.get("title", ""))[len(before) :] + " "
        return ""


def _inline(
    piece: str,
    warn: Callable[[str], None],
    note: Callable[[Shortcode, str], str | None] = lambda _code, _before: "" if _code.alert() else None,
) -> str:
    piece = _IMAGE.sub(_image, piece)
    piece = _NO_LOC.sub(lambda m: m[1] or m[2] or "", piece)
    piece = _TERM.sub(lambda m: m[1].strip(), piece)
    piece = _VIDEO.sub(lambda m: f"[!VIDEO {m[1]}]", piece)
    if "](" in piece and _INCLUDE.search(piece):
        warn("an include is not followed; the included text is not in this article")
        piece = _INCLUDE.sub("", piece)
    piece = _SUFFIX.sub("", piece)
    if "{{" in piece:
        piece = expand_macros(expand_shortcodes(piece, warn, note))
    return piece


def _image(match: re.Match[str]) -> str:
    given = {m[1].lower(): m[2] or m[3] or "" for m in _ATTRIBUTE.finditer(match[1])}
    return f"![{given.get('alt-text', '')}]({given.get('source', '')})"


def _outside_code(text: str, rewrite: Callable[[str], str]) -> str:
    """The text with everything outside its inline code rewritten."""
    if "`" not in text:
        return rewrite(text)
    pieces = re.split(r"(`+)", text)
    by_length: dict[int, list[int]] = defaultdict(list)
    for i in range(1, len(pieces), 2):
        by_length[len(pieces[i])].append(i)
    out: list[str] = []
    plain: list[str] = []
    i = 0
    while i < len(pieces):
        closers = by_length[len(pieces[i])] if i % 2 else []
        k = bisect_right(closers, i)
        if k < len(closers):
            out += (rewrite("".join(plain)), *pieces[i : closers[k] + 1])
            plain = []
            i = closers[k] + 1
        else:
            plain.append(pieces[i])
            i += 1
    out.append(rewrite("".join(plain)))
    return "".join(out)
