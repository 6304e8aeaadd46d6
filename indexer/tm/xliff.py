"""XLIFF 2.0: one file a target locale, written unit by unit (OASIS Standard, XLIFF Version 2.0, 2014).

2.0 rather than 1.2: its core is one small schema with one inline vocabulary (`pc`, `ph`), it has an element for
characters that XML can't hold (`cp`), and what a code stands for lies once in `originalData`. An article is a `file`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TextIO

from indexer.tm.inline import Code, codes, source_codes
from indexer.tm.memory import MemoryText, MemoryUnit
from indexer.tm.xmltext import attribute, escaped, text_parts

NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"
# type and subType of each kind of code (section 4.3.1.34 and .39); kb: is our own authority.
TYPES = {
    "strong": ("fmt", "xlf:b"),
    "em": ("fmt", "xlf:i"),
    "strike": ("fmt", "kb:strike"),
    "code": ("fmt", "kb:code"),
    "link": ("link", ""),
    "image": ("image", ""),
}


def write_xliff(stream: TextIO, units: Iterable[MemoryUnit], source_locale: str, locale: str) -> None:
    """Writes a whole document with those units that the locale has."""
    stream.write(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<xliff xmlns="{NAMESPACE}" version="2.0"'
        f" srcLang={attribute(source_locale)} trgLang={attribute(locale)}>\n"
    )
    there = (unit for unit in units if locale in unit.texts)
    empty = True
    for number, (article, found) in enumerate(groupby(there, key=lambda unit: unit.article), 1):
        empty = False
        stream.write(f'<file id="f{number}" original={attribute(article)} xml:space="preserve">\n')
        for n, unit in enumerate(found, 1):
            stream.write(_unit(unit, unit.texts[locale], n))
        stream.write("</file>\n")
    if empty:  # a document has at least one file with one unit
        stream.write('<file id="f0"><unit id="u0"><segment><source/></segment></unit></file>\n')
    stream.write("</xliff>\n")


def _unit(unit: MemoryUnit, text: MemoryText, number: int) -> str:
    source = codes(unit.source)
    target = codes(text.runs, list(source_codes(source)))
    data = _Data()
    sides = f"<source>{_content(source, data)}</source><target>{_content(target, data)}</target>"
    notes = [
        ("collection", unit.collection),
        ("unit", unit.unit or ""),
        ("covers", " ".join(unit.covers) if unit.joined else ""),
        ("heading", " › ".join(h for h in unit.heading if h)),
        ("translation", text.translation or ""),
        ("date", text.date or ""),
        ("corrected", "yes" if text.corrected else ""),
    ]
    told = "".join(f'<note category="{name}">{escaped(said)}</note>' for name, said in notes if said)
    state = "translated" if text.translated else "initial"
    return (
        f'<unit id="u{number}" name={attribute(unit.id)}>'
        f"<notes>{told}</notes>{data.element()}"
        f'<segment id="s1" state="{state}">{sides}</segment></unit>\n'
    )


class _Data:
    """`originalData` of a unit: each piece of markdown once."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def ref(self, native: str) -> str:
        return self._ids.setdefault(native, f"d{len(self._ids) + 1}")

    def element(self) -> str:
        data = "".join(f'<data id="{own}">{_text(native)}</data>' for native, own in self._ids.items())
        return f"<originalData>{data}</originalData>" if data else ""


def _content(pieces: Sequence[str | Code], data: _Data) -> str:
    ends = {c.id: c for c in source_codes(pieces) if c.place == "close"}
    out = []
    for piece in pieces:
        if isinstance(piece, str):
            out.append(_text(piece))
        elif piece.place == "close":
            out.append("</pc>")
        else:
            type_, sub = TYPES[piece.kind]
            kind = f'type="{type_}"' + (f' subType="{sub}"' if sub else "")
            if piece.place == "alone":
                out.append(f'<ph id="{piece.id}" {kind} dataRef="{data.ref(piece.native)}"/>')
            else:
                start, end = data.ref(piece.native), data.ref(ends[piece.id].native)
                out.append(f'<pc id="{piece.id}" {kind} dataRefStart="{start}" dataRefEnd="{end}">')
    return "".join(out)


def _text(text: str) -> str:
    return "".join(part if point is None else f'<cp hex="{point:04X}"/>' for part, point in text_parts(text))
