"""Text for XML 1.0: escaped, and what XML can't hold told apart (XML 1.0, production 2: Char)."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_TEXT = re.compile(r"[&<>\r]")
_ATTRIBUTE = re.compile(r'[&<>"\r\n\t]')
REPLACEMENT = "\ufffd"


def text_parts(text: str) -> Iterator[tuple[str, int | None]]:
    """The text in order as (escaped, None) and ("", code point) for each character that XML forbids."""
    position = 0
    for match in _FORBIDDEN.finditer(text):
        if match.start() > position:
            yield escaped(text[position : match.start()]), None
        yield "", ord(match[0])
        position = match.end()
    if position < len(text):
        yield escaped(text[position:]), None


def escaped(text: str) -> str:
    """Character data; forbidden characters become U+FFFD."""
    return _TEXT.sub(lambda m: _ESCAPES[m[0]], _FORBIDDEN.sub(REPLACEMENT, text))


def attribute(text: str) -> str:
    """An attribute's value with its quotes; line breaks and tabs survive, forbidden characters become U+FFFD."""
    clean = _FORBIDDEN.sub(REPLACEMENT, text)
    value = _ATTRIBUTE.sub(lambda m: _ESCAPES.get(m[0]) or f"&#{ord(m[0])};", clean)
    return f'"{value}"'
