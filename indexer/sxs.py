"""Bilingual span markup: each translated sentence in one span, its source sentence in the next.

    <span data-ttu-id="5666a-112">Kies **Opslaan**.</span>
    <span class="sxs-lookup"><span data-stu-id="5666a-112">Select **Save**.</span></span>

(on one line). A whole unit is what the pattern `<span data-ttu-id="(id)">(.*?)</span>` + `<span class=
"sxs-lookup"><span data-stu-id="\\1">(.*?)</span></span>` finds (DOTALL), unless it runs into another unit;
damaged markup beside whole units is read as far as it goes. Everything takes time linear in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from kb.article import ParseWarning, Side

_QUOTE = r"""(?:"|'|&quot;|&\#34;|”|“)?"""
_ID = r"""([^"'&<>\s”“]{1,80})"""
_LOOKUP = rf"<span\s+class={_QUOTE}sxs-lookup{_QUOTE}\s*>"
# One token of the markup. A span without the markup's attributes is OTHER: it may close with one of ours.
_TOKEN = re.compile(
    rf"<span\s+data-ttu-id={_QUOTE}{_ID}{_QUOTE}\s*>|({_LOOKUP})|<span\s+data-stu-id={_QUOTE}{_ID}{_QUOTE}\s*>|(</span>)",
)
# Tokens that belong to no unit, and tags of the markup that were cut off.
_REMAINS = re.compile(
    rf"<span\s+data-[ts]tu-id={_QUOTE}{_ID}{_QUOTE}\s*>|{_LOOKUP}"
    r"|<span\s+(?:data-[ts]tu|class=.?sxs)[^<>\n]*(?=<|\n|\Z)|</?s(?:p(?:an?(?:\s+[\w-]*)?)?)?\Z"
)
_ANCHOR = re.compile(r"""<a\s+(name|id)=(?:"|&quot;)([^"&<>\s]{1,200})(?:"|&quot;)>""")
_OPEN, _LOOK, _SOURCE, _CLOSE = 1, 2, 3, 4
_CANONICAL = re.compile(r'<span (?:data-[ts]tu-id="[^"]+"|class="sxs-lookup")>|</span>')
_BLANKS = re.compile(r"\s*")
# A unit that is cut off ends at the latest with its paragraph.
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True, slots=True)
class RawUnit:
    """One unit as it stands in the text: offsets [start, end) of its markup and the markdown of both sides.

    source  None where the markup was cut off before it
    """

    id: str
    start: int
    end: int
    target: str
    source: str | None

    @property
    def number(self) -> str:
        """The id without its prefix, which differs by locale: "112", "p101"."""
        return self.id.rpartition("-")[2]


class _Token(NamedTuple):
    kind: int
    id: str
    start: int
    end: int


def find_units(text: str, first_line: int = 1) -> tuple[list[RawUnit], list[ParseWarning]]:
    """All units in order, not overlapping, and warnings for damage; lines are counted from `first_line`."""
    if "data-" not in text:
        return [], []
    tokens = [
        _Token(m.lastindex or 0, m[_OPEN] or m[_SOURCE] or "", m.start(), m.end())
        for m in _TOKEN.finditer(text)
    ]
    if not any(t.kind in (_OPEN, _SOURCE) for t in tokens):
        return [], []
    return _Scanner(text, tokens, first_line).scan()


def unwrap(text: str, side: Side) -> str:
    """The markdown of one side, all markup of units gone; nested markup inside a unit included."""
    units, _ = find_units(text)
    parts: list[str] = []
    position = 0
    for unit in units:
        parts.append(text[position : unit.start])
        parts.append(unit.target if side == "target" else (unit.source or ""))
        position = unit.end
    parts.append(text[position:])
    return "".join(parts)


class _Scanner:
    def __init__(self, text: str, tokens: list[_Token], first_line: int) -> None:
        self.text = text
        self.tokens = tokens
        self.first_line = first_line
        self.units: list[RawUnit] = []
        self.warnings: list[ParseWarning] = []
        self._line_at = (0, first_line)
        self._paragraph_ends = [m.start() for m in _PARAGRAPH_END.finditer(text)]
        # token index of every "</span><lookup><source id>", by id, and of every "</span></span>"
        self.middles: dict[str, list[int]] = {}
        self.ends: list[int] = []
        self.opens = [i for i, token in enumerate(tokens) if token.kind == _OPEN]
        self.opens_of: dict[str, list[int]] = defaultdict(list)
        for i in self.opens:
            self.opens_of[tokens[i].id].append(i)
        self.starts_of_source = [i for i, token in enumerate(tokens) if token.kind == _SOURCE]
        for i, (a, b) in enumerate(pairwise(tokens)):
            if a.kind == _CLOSE and b.kind == _CLOSE and a.end == b.start:
                self.ends.append(i)
            if i + 2 < len(tokens) and a.kind == _CLOSE and b.kind == _LOOK and a.end == b.start:
                c = tokens[i + 2]
                if c.kind == _SOURCE and b.end == c.start:
                    self.middles.setdefault(c.id, []).append(i)

    def scan(self) -> tuple[list[RawUnit], list[ParseWarning]]:
        i = 0
        while i < len(self.tokens):
            token = self.tokens[i]
            if token.kind == _OPEN:
                i = self._whole(i) or self._damaged(i)
            elif token.kind == _SOURCE:
                i = self._orphan(i)
            else:
                i += 1
        return self.units, self.warnings

    def _warn(self, offset: int, message: str) -> None:
        at, line = self._line_at
        if offset < at:
            at, line = 0, self.first_line
        line += self.text.count("\n", at, offset)
        self._line_at = (offset, line)
        self.warnings.append(ParseWarning(line, message))

    def _paragraph_end(self, offset: int) -> int:
        k = bisect_left(self._paragraph_ends, offset)
        return self._paragraph_ends[k] if k < len(self._paragraph_ends) else len(self.text)

    def _whole(self, i: int) -> int | None:
        """Reads the unit that the pattern finds at token i; index of the token after it, or None.

        None as well where the pattern would run into a neighbour, because the unit's own end is missing.
        """
        token = self.tokens[i]
        middles = self.middles.get(token.id, [])
        k = bisect_left(middles, i + 1)
        if k == len(middles):
            return None
        middle = middles[k]
        e = bisect_left(self.ends, middle + 3)
        if e == len(self.ends):
            return None
        end = self.ends[e]
        if bisect_left(self.opens, end) != bisect_left(self.opens, middle):
            return None
        twins = self.opens_of[token.id]
        twin = bisect_left(twins, i) + 1
        if twin < len(twins) and twins[twin] < middle:
            # the source belongs to another unit of the same id
            return None
        first = bisect_left(self.starts_of_source, i + 1)
        if self.starts_of_source[first] < middle and bisect_left(
            self.opens, self.starts_of_source[first]
        ) == (bisect_left(self.opens, i + 1)):
            # a source with another id comes before any other unit
            return None
        return self._add(
            i, token.id, (token.end, self.tokens[middle].start, middle), (middle + 2, end), end + 2
        )

    def _add(
        self,
        i: int,
        id_: str,
        target: tuple[int, int, int],
        source: tuple[int, int],
        after: int,
    ) -> int:
        """Adds a unit whose target is text [a:b] up to token `target[2]`, source between two tokens."""
        token = self.tokens[i]
        nested = bisect_left(self.opens, target[2]) > bisect_left(self.opens, i + 1)
        target_text = self.text[target[0] : target[1]]
        source_text = self.text[self.tokens[source[0]].end : self.tokens[source[1]].start]
        if nested:
            self._warn(token.start, f"unit {id_}: other units are nested in it; their text is kept with it")
            target_text, extra = _flatten(target_text)
            source_text = " ".join(part for part in (_bare(source_text), *extra) if part.strip())
        elif _odd_quotes(self.text, token):
            self._warn(token.start, f"unit {id_}: attribute quotes of its span are damaged")
        self.units.append(RawUnit(id_, token.start, self.tokens[after - 1].end, target_text, source_text))
        return after

    def _damaged(self, i: int) -> int:
        """Reads what is left of a unit whose markup is not whole; index of the token to go on with."""
        tokens, text = self.tokens, self.text
        token = tokens[i]
        stop = self._paragraph_end(token.end)
        j = i + 1
        source_at: int | None = None
        close_at: int | None = None
        while j < len(tokens) and tokens[j].start < stop and tokens[j].kind != _OPEN:
            if tokens[j].kind == _SOURCE:
                if source_at is not None:
                    break
                source_at, close_at = j, None
            elif tokens[j].kind == _CLOSE:
                if (
                    source_at is not None
                    and j + 1 < len(tokens)
                    and tokens[j + 1].kind == _CLOSE
                    and tokens[j + 1].start == tokens[j].end
                ):
                    return self._close(i, source_at, j, j + 2)
                close_at = j if close_at is None else close_at
            j += 1
        if j < len(tokens):
            stop = min(stop, tokens[j].start)
        last = tokens[source_at] if source_at is not None else token
        if close_at is not None:
            text_end, end, j = tokens[close_at].start, tokens[close_at].end, close_at + 1
        else:
            # a cut takes the rest of its line, the next line may begin another block
            blanks = _BLANKS.match(text, last.end, stop)
            newline = text.find("\n", blanks.end() if blanks else last.end, stop)
            text_end = end = stop if newline < 0 else newline
        if source_at is not None:
            self._warn(
                token.start, f"unit {token.id}: its spans are not closed; its text is kept as far as it goes"
            )
            target = _bare(text[token.end : last.start])
            self.units.append(RawUnit(token.id, token.start, end, target, _bare(text[last.end : text_end])))
        else:
            self._warn(token.start, f"unit {token.id}: cut off before its source; its text is kept as target")
            self.units.append(RawUnit(token.id, token.start, end, _bare(text[token.end : text_end]), None))
        return j

    def _close(self, i: int, source_at: int, close: int, after: int) -> int:
        tokens, text = self.tokens, self.text
        token = tokens[i]
        if tokens[source_at].id != token.id:
            message = f"unit {token.id}: its source has another id, {tokens[source_at].id}; taken as one unit"
        else:
            message = f"unit {token.id}: text or markup between its two spans; kept with the target"
        self._warn(token.start, message)
        target = _bare(text[token.end : tokens[source_at].start])
        source = _bare(text[tokens[source_at].end : tokens[close].start])
        self.units.append(RawUnit(token.id, token.start, tokens[after - 1].end, target, source))
        return after

    def _orphan(self, i: int) -> int:
        """A source span without its target: a unit with an empty target."""
        tokens, text = self.tokens, self.text
        token = tokens[i]
        start = tokens[i - 1].start if i and tokens[i - 1].kind == _LOOK else token.start
        if self.units:
            start = max(start, self.units[-1].end)
        stop = self._paragraph_end(token.end)
        j = i + 1
        while j < len(tokens) and tokens[j].kind not in (_OPEN, _SOURCE, _CLOSE) and tokens[j].start < stop:
            j += 1
        end = min(stop, tokens[j].start) if j < len(tokens) else stop
        source = _bare(text[token.end : end])
        while j < len(tokens) and tokens[j].kind == _CLOSE and tokens[j].start == end:
            end = tokens[j].end
            j += 1
        self._warn(token.start, f"unit {token.id}: source without its target; the source is kept")
        self.units.append(RawUnit(token.id, start, end, "", source))
        return j


def _odd_quotes(text: str, token: _Token) -> bool:
    return _CANONICAL.fullmatch(text, token.start, token.end) is None


def _bare(text: str) -> str:
    """Text without any token of the markup."""
    return _TOKEN.sub("", text)


def without_remains(text: str) -> str:
    """Text between units without pieces of damaged markup, lines kept; other tags, closing ones too, stay."""
    if "<s" in text:
        text = _REMAINS.sub(lambda m: "\n" * m[0].count("\n"), text)
    if "&quot;>" in text:
        text = _ANCHOR.sub(r'<a \1="\2">', text)
    return text


def _flatten(text: str) -> tuple[str, list[str]]:
    """A side that holds whole units: its text with their targets in place, and their sources beside it."""
    sources: list[str] = []
    out: list[str] = []
    position = 0
    in_source = False
    for match in _TOKEN.finditer(text):
        chunk = text[position : match.start()]
        if in_source:
            sources.append(chunk)
        else:
            out.append(chunk)
        if match.lastindex in (_LOOK, _SOURCE):
            in_source = True
        elif match.lastindex in (_OPEN, _CLOSE):
            in_source = False
        position = match.end()
    (sources if in_source else out).append(text[position:])
    return "".join(out), sources
