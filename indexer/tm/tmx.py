"""TMX 1.4b: one file with all locales, written unit by unit (LISA OSCAR, TMX 1.4b Specification, 2005).

Marks and links become `bpt` and `ept`, pictures `ph`, each with the markdown that it stands for; characters that XML
can't hold `<ph type="x-char">U+0001</ph>`. What a unit is stands in properties: `x-collection`, `x-article`,
`x-unit`, `x-covers` and `x-heading` on `tu`; `x-translation` (MT or HT), `x-status` (untranslated) and `x-corrected`
on `tuv`, whose `changedate` is the localization's date.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from indexer.tm.inline import Code, codes, source_codes
from indexer.tm.memory import MemoryText, MemoryUnit
from indexer.tm.xmltext import attribute, escaped, text_parts

# Kinds of codes as TMX names them (section 4.2, "type"); x- are our own.
TYPES = {
    "strong": "bold",
    "em": "italic",
    "strike": "x-strike",
    "code": "x-code",
    "link": "link",
    "image": "image",
}
CHARACTER = "x-char"


def write_tmx(stream: TextIO, units: Iterable[MemoryUnit], source_locale: str, version: str) -> None:
    """Writes a whole document."""
    stream.write(
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.4">\n'
    )
    stream.write(
        f'<header creationtool="kb" creationtoolversion={attribute(version)} segtype="sentence" o-tmf="kb"'
        f' adminlang="en-US" srclang={attribute(source_locale)} datatype="unknown" o-encoding="UTF-8"/>\n<body>\n'
    )
    for unit in units:
        stream.write(_tu(unit))
    stream.write("</body>\n</tmx>\n")


def _tu(unit: MemoryUnit) -> str:
    segtype = ' segtype="paragraph"' if unit.joined or unit.unit is None else ""
    source = codes(unit.source)
    properties = [
        ("x-collection", unit.collection),
        ("x-article", unit.article),
        ("x-unit", unit.unit or ""),
        ("x-covers", " ".join(unit.covers) if unit.joined else ""),
        ("x-heading", " › ".join(h for h in unit.heading if h)),
    ]
    parts = [f"<tu tuid={attribute(unit.id)}{segtype}>\n", *_properties(properties)]
    parts.append(_tuv(unit.source_locale, _date(unit.source_date), [], source))
    known = list(source_codes(source))
    for locale, text in unit.texts.items():
        parts.append(_tuv(locale, _date(text.date), _told(text), codes(text.runs, known)))
    return "".join([*parts, "</tu>\n"])


def _told(text: MemoryText) -> list[tuple[str, str]]:
    return [
        ("x-translation", text.translation or ""),
        ("x-status", "" if text.translated else "untranslated"),
        ("x-corrected", "yes" if text.corrected else ""),
    ]


def _properties(properties: Iterable[tuple[str, str]]) -> list[str]:
    return [f'<prop type="{name}">{escaped(value)}</prop>\n' for name, value in properties if value]


def _tuv(locale: str, date: str, properties: list[tuple[str, str]], pieces: Sequence[str | Code]) -> str:
    changed = f' changedate="{date}"' if date else ""
    told = "".join(_properties(properties))
    return f"<tuv xml:lang={attribute(locale)}{changed}>{told}<seg>{segment(pieces)}</seg></tuv>\n"


def _date(date: str | None) -> str:
    """ISO 8601 in the short form that TMX wants."""
    return f"{date[:10].replace('-', '')}T000000Z" if date else ""


def segment(pieces: Sequence[str | Code]) -> str:
    """Content of a `seg`."""
    return "".join(_text(p) if isinstance(p, str) else _code(p) for p in pieces)


def _text(text: str) -> str:
    return "".join(
        part if point is None else f'<ph type="{CHARACTER}">U+{point:04X}</ph>'
        for part, point in text_parts(text)
    )


def _code(code: Code) -> str:
    native = escaped(code.native)
    if code.place == "open":
        return f'<bpt i="{code.id}" x="{code.id}" type="{TYPES[code.kind]}">{native}</bpt>'
    if code.place == "close":
        return f'<ept i="{code.id}">{native}</ept>'
    return f'<ph x="{code.id}" type="{TYPES[code.kind]}">{native}</ph>'
