"""Hugo's shortcodes (`{{< name … >}}`, `{{% name … %}}`) and MDN's macros (`{{name("…")}}`) as plain text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_SHORTCODE = re.compile(r"\{\{([<%])([^{}\n]{0,2000})[>%]\}\}")
_NAME = re.compile(r"\s*(/?)\s*([\w./-]{1,80})")
_ATTRIBUTE = re.compile(r"""([\w-]{1,40})=(?:"([^"]*)"|'([^']*)'|([^\s"']+))""")
_POSITIONAL = re.compile(r"""(?<!\S)(?:"([^"]*)"|([^\s"'=/]++)(?!\S))""")
_ALERTS = frozenset(["note", "notes", "tip", "info", "important", "caution", "warning", "danger"])
_COLOURS = {"warning": "warning", "danger": "caution", "primary": "note", "info": "note", "secondary": "note"}
# These show what they are given; anything else shows a thing that the file does not hold.
_SHOWN = frozenset(["heading", "glossary_tooltip", "ref", "relref", "link", "api-reference"])
_SILENT = frozenset(
    re.findall(
        r"\S+",
        """
        tabs capture toc comment table br nofollow feature-state highlight thirdparty-content
        """,
    )
)
_FILES = frozenset(["include", "readfile", "codenew", "code", "code_sample", "codesample"])

_MACRO = re.compile(r"""\{\{ ?([A-Za-z][\w-]{0,40}) ?(?:\(([^{}\n]{0,1000})\))? ?\}\}""")
# Parts of a page that its source doesn't hold: side bars, badges, live samples, tables of specifications.
_PAGE_MACRO = re.compile(
    r"(?:css|js|html|http|svg|api|dom|mathml|xslt|canvas|games|learn|mdn|addon)\w*(?:ref|sidebar|info|syntax)"
    r"|(?:default)?apisidebar|apiref|embed\w*|live\w*|compat\w*|spec\w*|previous\w*|next\w*|quicklinks?\w*|draft"
    r"|seecompattable|\w*(?:[_-](?:inline|header)|diagram)|availableinworkers|cssinfo|csssyntax|csssyntaxraw"
)
_STRING = re.compile(r""""((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'""")
_TEXT_MACROS = frozenset(
    [
        "glossary",
        "htmlelement",
        "svgelement",
        "mathmlelement",
        "svgattr",
        "httpheader",
        "httpstatus",
        "httpmethod",
        "rfc",
        "csp",
    ]
)
_ELEMENTS = frozenset(["htmlelement", "svgelement", "mathmlelement"])


@dataclass(frozen=True, slots=True)
class Shortcode:
    """One shortcode as written; `values` are its arguments without a name."""

    name: str
    closing: bool
    self_closed: bool
    attributes: dict[str, str]
    values: tuple[str, ...]

    def alert(self) -> str | None:
        """The kind of note that it opens or closes."""
        if self.name in _ALERTS:
            return self.name
        if self.name in ("alert", "notice", "admonition", "callout", "hint"):
            given = (*self.values, self.attributes.get("type", ""), self.attributes.get("color", ""))
            kinds = [_COLOURS.get(value, value) for value in (v.lower() for v in given)]
            return next((kind for kind in kinds if kind in _ALERTS), "note")
        return None


def read_shortcode(inner: str) -> Shortcode | None:
    """The shortcode between `{{<` and `>}}`; None when it has no name."""
    name = _NAME.match(inner)
    if name is None:
        return None
    rest = inner[name.end() :].strip()
    self_closed = rest.endswith("/")
    attributes = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in _ATTRIBUTE.finditer(rest)}
    values = tuple(
        m[1] if m[1] is not None else m[2] for m in _POSITIONAL.finditer(_ATTRIBUTE.sub(" ", rest))
    )
    return Shortcode(name[2].lower(), bool(name[1]), self_closed, attributes, values)


def expand_shortcodes(
    text: str, warn: Callable[[str], None], note: Callable[[Shortcode, str], str | None]
) -> str:
    """Text with its shortcodes as markdown; `note(code, text before it)` answers for those of notes."""

    def expand(match: re.Match[str]) -> str:
        code = read_shortcode(match[2])
        if code is None:
            return ""
        shown = note(code, text[: match.start()])
        return _plain(code, warn) if shown is None else shown

    return _SHORTCODE.sub(expand, text)


def _plain(code: Shortcode, warn: Callable[[str], None]) -> str:
    given = code.attributes
    if code.closing:
        return ""
    if code.name == "figure":
        caption = given.get("caption") or given.get("title") or ""
        return f"![{given.get('alt', '')}]({given.get('src', '')}) {caption}".rstrip()
    if code.name in _FILES:
        warn("an include is not followed; the included text is not in this article")
        return ""
    if code.name in ("tab", "details"):
        if "include" in given:
            warn("an include is not followed; the included text is not in this article")
        title = (
            given.get("name")
            or given.get("header")
            or given.get("title")
            or given.get("summary")
            or next(iter(code.values), "")
        )
        return f"**{title}**" if title else ""
    if given.get("text"):
        return given["text"]
    if code.name in _SHOWN:
        return given.get("term_id") or next(iter(code.values), "")
    if code.name not in _SILENT:
        warn(f"shortcode {code.name} shows something that this file does not hold")
    return ""


def expand_macros(text: str) -> str:
    """Text with MDN's macros as what they show: a name in code, a given text, or nothing."""
    return _MACRO.sub(_macro, text)


def _shows(match: re.Match[str]) -> bool:
    name = match[1].lower()
    return name in _TEXT_MACROS or name.endswith("xref")


def _macro(match: re.Match[str]) -> str:
    name, arguments = match[1].lower(), match[2]
    if not _shows(match) or arguments is None:
        # "{{name}}" may as well be a template's own variable
        return "" if _PAGE_MACRO.fullmatch(name) else match[0]
    strings = [(m[1] or m[2] or "").replace('\\"', '"') for m in _STRING.finditer(arguments)]
    text = strings[1] if len(strings) > 1 and strings[1] else next(iter(strings), "")
    if name in _ELEMENTS and len(strings) == 1:
        text = f"<{text}>"
    return f"`{text}`" if text and name != "glossary" and "`" not in text else text
