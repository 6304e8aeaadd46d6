"""Step numbers that stand in the text itself: "Step 3:", and lettered lines "a. …" that are no markdown list.

Letters and the word Step are read on the source side: machine translation turns a lone "b." into a word.
Without an English source the words may be any language's: then a series of them gives them away.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

import regex

from kb.article import Block, Part, Segment, Side

_STEP = re.compile(r"\s*Step\s+(\d{1,3})\b\s*(?:[:.)–—-]|$)", re.I)
# "Schritt 3:", "Étape 3 :", "ขั้นตอนที่ ๓:", "步骤3：", "手順 3:" and "3. lépés:", "3. korak:"
_WORD_NUMBER = regex.compile(r"\s*(\p{L}[\p{L}\p{M}]{1,20})\s?(\p{Nd}{1,3})\s*[:：.]")
_NUMBER_WORD = regex.compile(r"\s*(\p{Nd}{1,3})[.\s]\s*(\p{L}[\p{L}\p{M}]{1,20})\s*[:：]")
_LETTER = re.compile(r"\s*\(?([a-z]|[ivx]{2,4})[.)]\)?(?:\s+(?=\S)|$)")


def number_steps(blocks: list[Block], line_starts: list[list[tuple[int, int]]]) -> list[Block]:
    """The blocks with `number` and `parts` set where the text itself numbers them."""
    side: Side = "source" if any(s.source for b in blocks for s in b.segments) else "target"
    out = list(blocks)
    for index, number in _textual_steps(blocks, side).items():
        out[index] = replace(out[index], number=str(number))
    letters: dict[int | None, str] = {}
    for index, block in enumerate(out):
        if block.kind == "heading":
            letters.clear()
        if block.kind not in ("paragraph", "step", "bullet") or not block.segments:
            continue
        above = index if block.kind == "step" else block.parent
        found = _lettered_lines(block, line_starts[index], side, letters.get(above))
        if not found:
            continue
        letters[above] = found[-1][1]
        prefix = _outer_number(out, above)
        numbers = {start: f"{prefix}.{letter}" if prefix else letter for start, letter in found}
        if len(found) == 1 and found[0][0] == 0 and block.kind == "paragraph":
            out[index] = replace(block, number=numbers[0])
        else:
            out[index] = replace(block, parts=_parts(block, line_starts[index], numbers))
    return out


def _textual_steps(blocks: list[Block], side: Side) -> dict[int, int]:
    """Block index -> number of paragraphs and headings that begin with a step's word and number."""
    candidates: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for index, block in enumerate(blocks):
        if block.kind not in ("paragraph", "heading") or not block.segments:
            continue
        text = block.text(side)[:80]
        match = _STEP.match(text)
        if match:
            candidates["step"].append((index, int(match[1])))
            continue
        words = _WORD_NUMBER.match(text)
        if words:
            candidates[words[1].casefold()].append((index, _int(words[2])))
            continue
        words = _NUMBER_WORD.match(text)
        if words:
            candidates[words[2].casefold()].append((index, _int(words[1])))
    found: dict[int, int] = {}
    for word, series in candidates.items():
        numbers = [n for _, n in series]
        follows = all(b in (a + 1, 1) for a, b in pairwise(numbers))
        in_series = len(series) > 1 and numbers[0] == 1 and follows
        if in_series or word == "step":
            found.update(series)
    return found


def _int(digits: str) -> int:
    return int("".join(str(unicodedata.decimal(d)) for d in digits))


def _lettered_lines(
    block: Block, starts: list[tuple[int, int]], side: Side, previous: str | None
) -> list[tuple[int, str]]:
    """(first segment, letter) of the lines that carry the next letter of a series."""
    found: list[tuple[int, str]] = []
    for start, _ in starts:
        if start >= len(block.segments) or (found and found[-1][0] == start):
            continue
        match = _LETTER.match(_line_text(block.segments, start, side))
        if match is None:
            continue
        letter = match[1]
        if letter in ("a", "i") or _follows(previous, letter):
            found.append((start, letter))
            previous = letter
    return found


def _line_text(segments: tuple[Segment, ...], start: int, side: Side) -> str:
    """The first words of a line: enough to see a letter and that text follows it."""
    text = segments[start].text(side)
    if len(text) < 8 and start + 1 < len(segments):
        text += segments[start + 1].glue + segments[start + 1].text(side)[:20]
    return text


_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")


def _follows(previous: str | None, letter: str) -> bool:
    if previous is None:
        return False
    if previous in _ROMAN and letter in _ROMAN and _ROMAN.index(letter) == _ROMAN.index(previous) + 1:
        return True
    return len(previous) == len(letter) == 1 and ord(letter) == ord(previous) + 1


def _outer_number(blocks: list[Block], index: int | None) -> str | None:
    while index is not None:
        if blocks[index].number:
            return blocks[index].number
        index = blocks[index].parent
    return None


def _parts(block: Block, starts: list[tuple[int, int]], numbers: dict[int, str]) -> tuple[Part, ...]:
    """The block cut at its lettered lines; text before the first is a part without a number."""
    # of several starts at one segment ("<br>" and then the line end) the last is where its text stands
    line_of = dict(starts)
    cuts = sorted({0, *numbers})
    parts: list[Part] = []
    for n, start in enumerate(cuts):
        stop = cuts[n + 1] if n + 1 < len(cuts) else len(block.segments)
        first = max(block.lines[0], line_of.get(start, block.lines[0]))
        following = line_of.get(stop) if n + 1 < len(cuts) else None
        last = block.lines[1] if following is None else max(first, following - 1)
        parts.append(Part((first, last), ((start, stop),), numbers.get(start)))
    return tuple(parts)
