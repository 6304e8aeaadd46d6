"""Passages: small runs of an article's segments, cut between steps, paragraphs and table rows only.

They are cut once for a variant, on its source side, and carried over to every localization of it by the
position in the visible source text. Small ones (about 100 tokens) match questions in other languages better.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Protocol

from kb.article import Article, Side
from kb.passage import Passage

_BLANKS = re.compile(r"\s+")
# A sentence ends at its mark and a blank; CJK and Thai marks need none.
_SENTENCE = re.compile(r".+?(?:[.!?…؟।]['\"”’)\]]*(?=\s)|[。！？]['\"”’）」]*|$)\s*", re.S)


@dataclass(frozen=True, slots=True)
class PassageSettings:
    """target_tokens: where a passage is full, context apart; max_tokens: what none exceeds, context included;
    context_tokens: the most that title, headings and lead-in may take of it."""

    target_tokens: int = 100
    max_tokens: int = 400
    context_tokens: int = 96

    def __post_init__(self) -> None:
        if not 0 < self.context_tokens < self.max_tokens or self.target_tokens < 1:
            raise ValueError(f"{self} found, expected 0 < context_tokens < max_tokens and a target above 0")


class Tokens(Protocol):
    """The encoder's tokenizer, special tokens left out."""

    def count(self, texts: Sequence[str]) -> list[int]: ...
    def cut(self, text: str, max_tokens: int) -> list[str]: ...


@dataclass(slots=True)
class _Atom:
    """What is never cut unless it is too long by itself: a block, a table row or a lettered line."""

    start: int
    stop: int
    text: str
    block: int
    lead: str
    tokens: int = 0


@dataclass(slots=True)
class _Draft:
    atoms: list[_Atom] = field(default_factory=list)
    tokens: int = 0


def cut_passages(article: Article, side: Side, tokens: Tokens, settings: PassageSettings) -> list[Passage]:
    """The article's passages in order, at least one; their ranges cover all its segments."""
    atoms = list(_atoms(article, side)) or [_silent(article, side)]
    for atom, count in zip(atoms, tokens.count([a.text for a in atoms]), strict=True):
        atom.tokens = count
    title = (article.source_title if side == "source" else None) or article.title
    passages: list[Passage] = []
    for draft in _pack(article, atoms, settings.target_tokens, settings.max_tokens - settings.context_tokens):
        context = _context(article, draft.atoms[0], side, title, tokens, settings.context_tokens)
        used = sum(tokens.count([context]))
        for text, start, stop, split in _fit(draft, tokens, settings.max_tokens - used):
            count = used + sum(tokens.count([text]))
            passages.append(Passage(len(passages) + 1, start, stop, context, text, count, split, side))
    return _cover(passages, sum(len(b.segments) for b in article.blocks))


def _atoms(article: Article, side: Side) -> Iterator[_Atom]:
    offset = 0
    lead = ""
    for index, block in enumerate(article.blocks):
        size = len(block.segments)
        if block.parent is not None:
            above = article.blocks[block.parent].text(side)
        else:
            above = "" if block.kind in ("paragraph", "heading") else lead
        if block.kind == "heading":
            lead = ""
        elif block.kind == "table" and block.parts:
            header = block.parts[0] if block.parts[0].header else None
            named = block.cell_texts(header, side) if header else []
            head = " | ".join(named) if any(named) else above
            for part in block.parts:
                start, stop = part.cells[0][0], part.cells[-1][1]
                if any(cells := block.cell_texts(part, side)):
                    context = above if part is header else head
                    yield _Atom(offset + start, offset + stop, " | ".join(cells), index, context)
        elif block.parts:
            for part in block.parts:
                start, stop = part.cells[0]
                yield _Atom(offset + start, offset + stop, block.text(side, start, stop), index, above)
        elif size:
            text = block.text(side)
            if block.kind == "paragraph" and block.parent is None:
                lead = text
            if text:
                yield _Atom(offset, offset + size, text, index, above)
        offset += size


def _silent(article: Article, side: Side) -> _Atom:
    """What stands for an article that has headings at most: they, else its title."""
    total = sum(len(block.segments) for block in article.blocks)
    texts = [text for block in article.blocks if (text := block.text(side))]
    return _Atom(0, total, "\n".join(texts) or article.title, 0, "")


def _belongs(article: Article, atom: _Atom, first: _Atom) -> bool:
    """Whether an atom must stay with the one before it: what stands inside a step, code after text."""
    block, head = article.blocks[atom.block], article.blocks[first.block]
    if atom.block == first.block or block.headings != head.headings:
        return False
    if block.kind in ("step", "bullet", "heading", "table"):
        return False
    parent = block.parent
    while parent is not None:
        if parent == first.block:
            return True
        parent = article.blocks[parent].parent
    return block.kind in ("code", "image") and head.kind == "paragraph" and atom.block == first.block + 1


def _pack(article: Article, atoms: list[_Atom], target: int, most: int) -> Iterator[_Draft]:
    groups: list[_Draft] = []
    for atom in atoms:
        if (
            groups
            and _belongs(article, atom, groups[-1].atoms[0])
            and groups[-1].tokens + atom.tokens <= most
        ):
            groups[-1].atoms.append(atom)
            groups[-1].tokens += atom.tokens
        else:
            groups.append(_Draft([atom], atom.tokens))
    current: _Draft | None = None
    for group in groups:
        same = (
            current is not None
            and article.blocks[current.atoms[-1].block].headings
            == article.blocks[group.atoms[0].block].headings
        )
        if current is not None and same and current.tokens + group.tokens <= target:
            current.atoms += group.atoms
            current.tokens += group.tokens
            continue
        if current is not None:
            yield current
        current = group
    if current is not None:
        yield current


def _context(article: Article, first: _Atom, side: Side, title: str, tokens: Tokens, most: int) -> str:
    path = article.heading_path(article.blocks[first.block], side) if article.blocks else []
    lines = [title, *(h for h in path if h and h != title)]
    if first.lead:
        lines.append(first.lead)
    while len(lines) > 1 and sum(tokens.count(lines)) > most:
        # the outer headings go first, then the lead-in is shortened
        if len(lines) > 2:
            del lines[1]
        else:
            lines[1] = tokens.cut(lines[1], max(8, most - tokens.count([title])[0]))[0].strip()
            break
    text = "\n".join(line for line in lines if line)
    return tokens.cut(text, most)[0] if tokens.count([text])[0] > most else text


def _fit(draft: _Draft, tokens: Tokens, most: int) -> Iterator[tuple[str, int, int, bool]]:
    """(text, start, stop, split) of a draft; cut at sentences where it is longer than the encoder reads."""
    start, stop = draft.atoms[0].start, draft.atoms[-1].stop
    text = "\n".join(atom.text for atom in draft.atoms if atom.text)
    if draft.tokens <= most and tokens.count([text])[0] <= most:
        yield text, start, stop, False
        return
    for atom in draft.atoms:
        if atom.tokens <= most:
            yield atom.text, atom.start, atom.stop, False
            continue
        for piece in _cut_long(atom.text, tokens, most):
            yield piece, atom.start, atom.stop, True


def _cut_long(text: str, tokens: Tokens, most: int) -> list[str]:
    """A text too long for the encoder, cut at sentences, and inside them only where one alone is too long."""
    pieces: list[str] = []
    for sentence in (m[0] for m in _SENTENCE.finditer(text) if m[0]):
        for part in tokens.cut(sentence, most):
            joined = pieces[-1] + part if pieces else part
            if pieces and tokens.count([joined])[0] <= most:
                pieces[-1] = joined
            else:
                pieces.append(part)
    return [piece.strip() for piece in pieces if piece.strip()]


def _cover(passages: list[Passage], total: int) -> list[Passage]:
    """Ranges stretched over what has no text of its own (headings, pictures), so that each segment is in a
    passage: the next one, at the article's end the last."""
    out: list[Passage] = []
    edge = 0
    for index, p in enumerate(passages):
        start = out[-1].start if out and p.start == passages[index - 1].start else edge
        stop = total if passages[-1].start < p.stop else p.stop
        out.append(replace(p, start=start, stop=stop))
        edge = stop
    return out


def visible_text_offsets(article: Article, side: Side) -> tuple[str, list[int]]:
    """(visible text of a side without blanks, offset in it where each segment starts, its length last)."""
    texts = [_BLANKS.sub("", s.text(side)) for block in article.blocks for s in block.segments]
    return "".join(texts), [0, *accumulate(len(t) for t in texts)]


def carry_over(
    passages: Sequence[Passage], offsets: Sequence[int], there: Sequence[int]
) -> list[tuple[int, int]]:
    """Segment ranges of the passages in another localization of the variant, by offsets in its source text.

    Where the localization has the very same segments, these are the passages' own ranges. Else a p-unit falls
    to the passage that holds its first sentence; a passage whose sentences all lie in a p-unit of the passage
    before gets that p-unit's segment, so that it can be shown.
    """
    if list(offsets) == list(there):
        return [(p.start, p.stop) for p in passages]
    last = len(there) - 1
    ranges: list[tuple[int, int]] = []
    for p in passages:
        start = bisect_left(there, offsets[p.start], 0, last)
        stop = last if p.stop == len(offsets) - 1 else bisect_left(there, offsets[p.stop], 0, last)
        if stop <= start and last:
            start = max(0, min(bisect_right(there, offsets[p.start]) - 1, last - 1))
            stop = start + 1
        ranges.append((start, stop))
    return ranges
