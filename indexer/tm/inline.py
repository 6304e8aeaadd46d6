"""Inline markup of a text as codes: what TMX and XLIFF keep of marks, links and pictures, and the runs read back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from kb.article import Mark, Run

CodeKind = Literal["link", "strong", "em", "strike", "code", "image"]

# The markdown that opens and closes each mark; what a tool shows in the code's place.
_NATIVE: dict[CodeKind, str] = {"strong": "**", "em": "*", "strike": "~~", "code": "`"}
# From the outermost inwards.
_ORDER: tuple[CodeKind, ...] = ("link", "strong", "em", "strike", "code")
_LINK_END = re.compile(r"\]\((.*)\)", re.DOTALL)
_IMAGE = re.compile(r"!\[(.*)\]\((.*)\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of inline markup: one that opens, closes or stands alone. `value`: a link's or picture's address;
    `text`: a picture's alt text; `id`: the same for the two ends, and for equal codes of source and target."""

    place: Literal["open", "close", "alone"]
    kind: CodeKind
    value: str = ""
    text: str = ""
    id: int = 0

    @property
    def native(self) -> str:
        """The markdown that it stands for."""
        if self.kind == "image":
            return f"![{self.text}]({self.value})"
        if self.kind == "link":
            return "[" if self.place == "open" else f"]({self.value})"
        return _NATIVE[self.kind]


def codes(runs: Sequence[Run], known: Sequence[Code] = ()) -> list[str | Code]:
    """Texts and codes of runs, properly nested; ids count from 1, equal codes of `known` (the source's) give theirs."""
    ids = _Ids(known)
    out: list[str | Code] = []
    open_codes: list[Code] = []
    for run in runs:
        wanted = _wanted(run)
        kept = 0
        while kept < min(len(open_codes), len(wanted)) and _key(open_codes[kept]) == wanted[kept]:
            kept += 1
        out += _closing(open_codes, kept)
        for kind, value in wanted[kept:]:
            open_codes.append(Code("open", kind, value, id=ids.next(kind, value)))
            out.append(open_codes[-1])
        if run.image is not None:
            out.append(Code("alone", "image", run.image, run.text, ids.next("image", run.image)))
        elif run.text:
            out.append(run.text)
    return out + _closing(open_codes, 0)


def _wanted(run: Run) -> list[tuple[CodeKind, str]]:
    values: dict[CodeKind, str] = dict.fromkeys(run.marks, "")
    if run.href is not None:
        values["link"] = run.href
    return [(kind, values[kind]) for kind in _ORDER if kind in values]


def _key(code: Code) -> tuple[CodeKind, str]:
    return code.kind, code.value


def _closing(open_codes: list[Code], kept: int) -> list[str | Code]:
    closed: list[str | Code] = []
    while len(open_codes) > kept:
        code = open_codes.pop()
        closed.append(Code("close", code.kind, code.value, id=code.id))
    return closed


class _Ids:
    """Gives each code the id of the first equal one of the source that no other has, else a new one."""

    def __init__(self, known: Sequence[Code]) -> None:
        self._free = [code for code in known if code.place != "close"]
        self._last = max((code.id for code in known), default=0)

    def next(self, kind: CodeKind, value: str) -> int:
        for n, code in enumerate(self._free):
            if _key(code) == (kind, value):
                return self._free.pop(n).id
        self._last += 1
        return self._last


def runs_of(pieces: Sequence[str | Code]) -> tuple[Run, ...]:
    """The runs that pieces of text and codes make; a code that is never closed, or never opened, says nothing."""
    closed = {c.id for c in pieces if isinstance(c, Code) and c.place == "close"}
    addresses = {
        c.id: c.value for c in pieces if isinstance(c, Code) and c.place == "close" and c.kind == "link"
    }
    active: list[Code] = []
    runs: list[Run] = []
    for piece in pieces:
        if isinstance(piece, str):
            marks = tuple(sorted({c.kind for c in active if c.kind in get_args(Mark)}))
            href = next((addresses[c.id] for c in reversed(active) if c.kind == "link"), None)
            runs.append(Run(piece, marks, href))  # type: ignore[arg-type]  # kinds that are marks
        elif piece.place == "alone":
            runs.append(Run(piece.text, image=piece.value))
        elif piece.place == "open" and piece.id in closed:
            active.append(piece)
        elif piece.place == "close":
            active = [c for c in active if c.id != piece.id]
    return tuple(runs)


def link_address(native: str) -> str | None:
    """The address in the markdown that closes a link."""
    found = _LINK_END.fullmatch(native)
    return found[1] if found else None


def image_parts(native: str) -> tuple[str, str] | None:
    """(alt text, address) in the markdown of a picture."""
    found = _IMAGE.fullmatch(native)
    return (found[1], found[2]) if found else None


def source_codes(pieces: Sequence[str | Code]) -> Iterator[Code]:
    """The codes among pieces."""
    return (piece for piece in pieces if isinstance(piece, Code))
