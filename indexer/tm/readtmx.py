"""TMX read unit by unit, of any version, in memory that does not grow with the file.

The file is somebody else's: entities, a document type with a body of its own and anything outside the file are
refused, and a unit may not be larger than MAX_UNIT characters or nested deeper than MAX_DEPTH.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from xml.parsers import expat

from indexer.runs import strip, tidy
from indexer.tm.inline import Code, CodeKind, image_parts, link_address, runs_of
from indexer.tm.tmx import CHARACTER, TYPES
from kb.article import Run
from kb.errors import InputError

MAX_UNIT = 1_000_000
MAX_DEPTH = 32
_CHUNK = 1 << 16
_KINDS: dict[str, CodeKind] = {name: cast(CodeKind, kind) for kind, name in TYPES.items()}
_POINT = re.compile(r"U\+([0-9A-F]{4,6})")
_CODES = {"bpt", "ept", "ph", "it", "ut"}


@dataclass(slots=True)
class TmxUnit:
    """A `tu`: its properties and its texts by language tag as written; `line` in the file, from 1."""

    line: int
    properties: dict[str, str] = field(default_factory=dict)
    texts: dict[str, tuple[Run, ...]] = field(default_factory=dict)


def read_tmx(file: Path) -> Iterator[TmxUnit]:
    """Units in order. InputError with path and line where the file is no TMX, damaged, or refused."""
    reader = _Reader(file)
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield from reader.feed(chunk, last=False)
    yield from reader.feed(b"", last=True)


class _Reader:
    """expat's events, gathered to units."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._parser: Any = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.EntityDeclHandler = self._entity
        self._parser.SkippedEntityHandler = self._entity
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._path: list[str] = []
        self._done: list[TmxUnit] = []
        self._unit: TmxUnit | None = None
        self._language = ""
        self._property = ""
        self._text: list[str] = []
        self._pieces: list[str | Code] | None = None
        self._code: tuple[str, dict[str, str]] | None = None
        self._kinds: dict[str, tuple[CodeKind, int]] = {}
        self._size = 0

    def feed(self, data: bytes, *, last: bool) -> list[TmxUnit]:
        """Units that are whole now."""
        try:
            self._parser.Parse(data, last)
        except expat.ExpatError as error:
            raise InputError(f"{self._file}:{error.lineno}: no readable XML ({error})") from error
        done, self._done = self._done, []
        return done

    def _refuse(self, why: str) -> InputError:
        return InputError(f"{self._file}:{self._parser.CurrentLineNumber}: {why}")

    def _doctype(self, _name: str, _system: str | None, _public: str | None, has_body: int) -> None:
        if has_body:
            raise self._refuse(
                "a document type with a body of its own is refused; remove what stands in its brackets"
            )

    def _entity(self, *_what: Any) -> None:
        raise self._refuse("entities are refused; write the characters themselves")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._path and name != "tmx":
            raise self._refuse(f"the document is a {name[:40]!r}, expected 'tmx'")
        self._path.append(name)
        if len(self._path) > MAX_DEPTH:
            raise self._refuse(f"elements are nested more than {MAX_DEPTH} deep")
        if name == "tu":
            self._unit, self._size = TmxUnit(self._parser.CurrentLineNumber), 0
        elif name == "tuv":
            self._language = attributes.get("xml:lang") or attributes.get("lang") or ""
        elif name == "prop":
            self._property, self._text = attributes.get("type", ""), []
        elif name == "seg":
            self._pieces, self._kinds = [], {}
        elif name in _CODES and self._pieces is not None and self._code is None:
            self._code, self._text = (name, attributes), []

    def _characters(self, data: str) -> None:
        if self._unit is None:
            return
        self._size += len(data)
        if self._size > MAX_UNIT:
            raise self._refuse(f"a unit has more than {MAX_UNIT:,} characters")
        if self._code is not None or (self._path and self._path[-1] == "prop"):
            self._text.append(data)
        elif self._pieces is not None:
            self._pieces.append(data)

    def _end(self, name: str) -> None:
        self._path.pop()
        if self._unit is None:
            return
        if name == "prop" and "tuv" not in self._path:
            self._unit.properties[self._property] = "".join(self._text)
        elif self._code is not None and name == self._code[0] and self._pieces is not None:
            self._pieces += self._read_code(*self._code, "".join(self._text))
            self._code = None
        elif name == "seg" and self._pieces is not None:
            self._unit.texts[self._language] = strip(tidy(runs_of(self._pieces)))[0]
            self._pieces = None
        elif name == "tu":
            self._done.append(self._unit)
            self._unit = None

    def _read_code(self, name: str, attributes: dict[str, str], native: str) -> list[str | Code]:
        """What a code adds: of those that this program writes itself, else of an unknown tool's, nothing."""
        said = attributes.get("type", "")
        if name == "ph" and said == CHARACTER:
            point = _POINT.fullmatch(native)
            return [chr(int(point[1], 16))] if point and int(point[1], 16) < 0x110000 else []
        if name == "ph" and said == TYPES["image"] and (image := image_parts(native)) is not None:
            return [Code("alone", "image", image[1], image[0])]
        number = attributes.get("i", "")
        if name == "bpt" and said in _KINDS:
            self._kinds[number] = (_KINDS[said], len(self._kinds) + 1)
            return [Code("open", _KINDS[said], id=len(self._kinds))]
        if name == "ept" and number in self._kinds:
            kind, own = self._kinds.pop(number)
            address = link_address(native) if kind == "link" else ""
            return [] if address is None else [Code("close", kind, address, id=own)]
        return []
