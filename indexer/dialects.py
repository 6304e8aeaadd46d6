"""Extensions of other documentation systems, rewritten as plain markdown line for line.

Learn: `:::image …:::`, `[!INCLUDE …]`, `:::zone`; Docusaurus and friends: `:::note`; Hugo: `{{< note >}}`; MDX: imports.
Lines stay where they are, so that file lines still fit. Fenced code is left alone.
"""

from __future__ import annotations

import re

from kb.article import Warning_

_TRIGGER = re.compile(r"^[ \t>]*:::|\{\{[<%]|\[!INCLUDE|^(?:import|export)\s", re.M | re.I)
_FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})")
_IMAGE = re.compile(r":::image\s([^\n]*?):::", re.I)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_INCLUDE = re.compile(r"\[!INCLUDE\s*\[?[^\]\n]{0,200}\]?\([^)\n]{0,400}\)\s*\]", re.I)
_COLONS = re.compile(r"^([ \t>]*):{3,}\s*([A-Za-z][\w-]*)?[ \t]*(.*)$")
_SHORTCODE = re.compile(r"\{\{[<%]\s*(/?)\s*([\w./-]+)([^{}\n]*?)/?\s*[>%]\}\}")
_MDX = re.compile(r"^(?:import\s+(?:[\w{*][^\n]*\sfrom\s+)?['\"][^'\"\n]+['\"];?|export\s+(?:const|default|let|function)\b.*)$")
_NOTES = frozenset("note tip info important caution warning danger".split())


def plain_markdown(text: str) -> tuple[str, list[Warning_]]:
    """(text in plain markdown with as many lines, warnings with 0-based lines of it)."""
    if _TRIGGER.search(text) is None:
        return text, []
    warnings: list[Warning_] = []
    out: list[str] = []
    fence: str | None = None
    notes: list[str] = []  # what closes each open note
    for n, line in enumerate(text.split("\n")):
        mark = _FENCE.match(line)
        if mark and (fence is None or (mark[1][0] == fence[0] and len(mark[1]) >= len(fence))):
            fence = mark[1] if fence is None else None
        elif fence is None:
            line = _plain_line(line, n, notes, warnings)
        out.append("> " * len(notes) + line if notes and not line.startswith("\0") else line.lstrip("\0"))
    return "\n".join(out), warnings


def _plain_line(line: str, n: int, notes: list[str], warnings: list[Warning_]) -> str:
    line = _IMAGE.sub(_image, line)
    if _INCLUDE.search(line):
        warnings.append(Warning_(n, "an include is not followed; the included text is not in this article"))
        line = _INCLUDE.sub("", line)
    if _MDX.match(line):
        return ""
    colons = _COLONS.match(line)
    if colons:
        return _colon_line(colons, notes)
    return _SHORTCODE.sub(lambda m: _shortcode(m, notes), line) if "{{" in line else line


def _image(match: re.Match[str]) -> str:
    given = {m[1].lower(): m[2] or m[3] or "" for m in _ATTRIBUTE.finditer(match[1])}
    return f"![{given.get('alt-text', '')}]({given.get('source', '')})"


def _colon_line(match: re.Match[str], notes: list[str]) -> str:
    name, title = (match[2] or "").lower(), match[3].strip().strip("[]")
    if name in _NOTES:
        notes.append(":::")
        return f"\0{'> ' * (len(notes) - 1)}> [!{name.upper()}] {title}".rstrip()
    if not name and notes and notes[-1] == ":::":
        notes.pop()
    return match[1]


def _shortcode(match: re.Match[str], notes: list[str]) -> str:
    closing, name, rest = bool(match[1]), match[2].lower(), match[3]
    if name in _NOTES:
        if closing and notes and notes[-1] == name:
            notes.pop()
            return ""
        if not closing:
            notes.append(name)
            return f"[!{name.upper()}]"
        return ""
    given = {m[1].lower(): m[2] or m[3] or "" for m in _ATTRIBUTE.finditer(rest)}
    return given.get("text", "")
