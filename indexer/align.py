"""Monolingual localizations joined with the source tree beside them: same path, same block signature.

Where a whole article's structure agrees, each block of the source article becomes the source side of its twin;
where only some sections agree, those do, and the others are equal on both sides, as text outside units is; what
agrees in nothing stands unaligned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kb.article import Article, Block, Run, Segment

Signature = tuple[str, int, str | None, tuple[int, ...]]


def align(article: Article, source: Article) -> Article:
    """The article with the source article's blocks as its source side, as far as their structure agrees."""
    pairs = dict(_pairs(article.blocks, source.blocks))
    if not pairs:
        return article
    blocks = tuple(
        _paired(block, source.blocks[pairs[n]]) if n in pairs else _paired(block, block)
        for n, block in enumerate(article.blocks)
    )
    return replace(article, blocks=blocks, source_locale=source.locale, source_title=source.title)


def without_source(article: Article) -> Article:
    """The article with its target side only."""
    blocks = tuple(
        replace(b, segments=tuple(replace(s, source=None) for s in b.segments)) for b in article.blocks
    )
    return replace(article, blocks=blocks, source_title=None)


def _signatures(blocks: Sequence[Block]) -> list[Signature]:
    """What two translations of one structure share: kind, level, a heading's anchor, cells of each table row."""
    return [
        (b.kind, b.level, b.anchor if b.kind == "heading" else None, tuple(len(p.cells) for p in b.parts))
        for b in blocks
    ]


def _pairs(own: Sequence[Block], theirs: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """Pairs of block indexes: of all blocks, else of sections that agree, each section used once, in order.

    A section is found by its heading's anchor; without one by its place, which tells nothing where one of the
    articles has more sections than the other.
    """
    mine, others = _signatures(own), _signatures(theirs)
    if mine == others:
        yield from zip(range(len(own)), range(len(theirs)), strict=True)
        return
    sections, there = _sections(own), _sections(theirs)
    position = 0
    for place, section in enumerate(sections):
        wanted = [mine[i] for i in section]
        anchored = wanted[0][2] is not None
        by_place = [place] if len(sections) == len(there) and place >= position else []
        for n in range(position, len(there)) if anchored else by_place:
            if [others[i] for i in there[n]] == wanted:
                yield from zip(section, there[n], strict=True)
                position = n + 1
                break


def _sections(blocks: Sequence[Block]) -> list[list[int]]:
    """Block indexes from each heading to the next; what stands before the first is a section too."""
    sections: list[list[int]] = []
    for index, block in enumerate(blocks):
        if block.kind == "heading" or not sections:
            sections.append([])
        sections[-1].append(index)
    return sections


def _paired(block: Block, source: Block) -> Block:
    """The block with the other's text as its source: segment by segment, or where a cell or the block has another
    number of segments there, all of it on the first. What stands in a cell that is empty here is left out."""
    sides: list[tuple[Run, ...]] = [()] * len(block.segments)
    for (start, stop), (first, last) in _pieces(block, source):
        texts = source.segments[first:last]
        if stop - start == len(texts):
            sides[start:stop] = [s.target for s in texts]
        elif start < stop:
            sides[start] = tuple(run for n, s in enumerate(texts) for run in _spaced(s, n))
    segments = zip(block.segments, sides, strict=True)
    return replace(block, segments=tuple(replace(s, source=side) for s, side in segments))


def _pieces(block: Block, source: Block) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Ranges of segments that stand for each other: cells, else an alert's marker and the text after it."""
    if block.parts:
        for own, theirs in zip(block.parts, source.parts, strict=True):
            yield from zip(own.cells, theirs.cells, strict=True)
        return
    own_marker, their_marker = _markers(block), _markers(source)
    if own_marker and their_marker:
        yield (0, own_marker), (0, their_marker)
    yield (own_marker, len(block.segments)), (their_marker, len(source.segments))


def _markers(block: Block) -> int:
    return int(bool(block.segments) and block.segments[0].marker)


def _spaced(segment: Segment, n: int) -> Iterator[Run]:
    if n and segment.glue:
        yield Run(segment.glue)
    yield from segment.target
