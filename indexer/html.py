"""Raw HTML inside markdown: which tags are markup, and which are placeholders that a reader should see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

# Elements that articles really use as markup. A name outside this list is a placeholder such as
# "<email address>" unless the tag has attributes with values, closes itself, or is closed later.
_ELEMENTS = frozenset(
    re.findall(
        r"\S+",
        """
        a abbr aside article audio b big blockquote br button caption center cite code col colgroup dd
        del details dfn div dl dt em embed figcaption figure font footer form h1 h2 h3 h4 h5 h6 header
        hr i iframe img input ins kbd label li main mark math nav nobr ol option p path picture pre q s
        samp script section select small source span strike strong style sub summary sup svg table tbody
        td textarea tfoot th thead tr tt u ul var video wbr
        """,
    )
)
# How a name given as an attribute value is spelt: name="v", name='v', name=v.
_ATTRIBUTE = re.compile(r"""(?<![\w:.@-])([A-Za-z_:@][\w:.@-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9._:-]*)([^<>]*)>")
_CLOSING = re.compile(r"</([A-Za-z][A-Za-z0-9._:-]*)\s*>")


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag as written; `attributes` of an opening tag, entities decoded."""

    name: str
    closing: bool
    attributes: dict[str, str]


def closed_names(text: str) -> frozenset[str]:
    """Names of all closing tags of a document, lower case."""
    return frozenset(name.lower() for name in _CLOSING.findall(text))


def read_tag(raw: str, closed: frozenset[str]) -> Tag | None:
    """The tag when it is markup; None when it is text for the reader. Comments are a tag named "!"."""
    if raw.startswith(("<!", "<?")):
        return Tag("!", False, {})
    match = _TAG.fullmatch(raw)
    if match is None:
        return None
    closing, name, rest = match[1] == "/", match[2].lower(), match[3]
    attributes = {
        m[1].lower(): unescape(m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(rest) if not closing
    }
    if name in _ELEMENTS or name in closed or attributes or rest.rstrip().endswith("/"):
        return Tag(name, closing, attributes)
    return None


def split_html(text: str) -> Iterator[tuple[bool, str, int]]:
    """(is_tag, piece, its 0-based line) of raw HTML in order; a comment is a tag, text keeps its entities."""
    position = line = 0
    for start, stop in _tags(text):
        if start > position:
            yield False, text[position:start], line
            line += text.count("\n", position, start)
        yield True, text[start:stop], line
        line += text.count("\n", start, stop)
        position = stop
    if position < len(text):
        yield False, text[position:], line


def _tags(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    while (start := text.find("<", position)) >= 0:
        if text.startswith("<!--", start):
            end = text.find("-->", start)
            stop = len(text) if end < 0 else end + 3
        elif match := _TAG.match(text, start):
            stop = match.end()
        else:
            position = start + 1
            continue
        yield start, stop
        position = stop
