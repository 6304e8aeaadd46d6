"""What an article can be quoted by: its blocks, its tables row by row, its lettered lines one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from kb.article import Article, Block

# A section longer than this is shown from a few quotes before the essential ones to a few after them.
_LONG_SECTION = 40
_BEFORE, _AFTER = 6, 12


@dataclass(frozen=True, slots=True)
class Quote:
    """A block, or one row or lettered line of it: half-open range of the block's segments.

    first  the segment that it starts with, counted through the article
    """

    block: int
    start: int
    stop: int
    number: str | None
    lines: tuple[int, int]
    first: int

    @property
    def end(self) -> int:
        """The segment after its last, counted through the article."""
        return self.first + self.stop - self.start


def quotes_of(article: Article) -> list[Quote]:
    """All of an article in reading order, its title left out."""
    found: list[Quote] = []
    first = 0
    for index, block in enumerate(article.blocks):
        if block.kind != "heading" or block.level > 1:
            found += _quotes(block, index, first)
        first += len(block.segments)
    return found


def _quotes(block: Block, index: int, first: int) -> Iterator[Quote]:
    if block.parts:
        for part in block.parts:
            start, stop = part.cells[0][0], part.cells[-1][1]
            if block.text("target", start, stop):
                yield Quote(index, start, stop, part.number, part.lines, first + start)
    elif block.text("target"):
        yield Quote(index, 0, len(block.segments), block.number, block.lines, first)


def shown_with(article: Article, quotes: Sequence[Quote], essential: Collection[int]) -> list[int]:
    """Positions of the quotes that are shown for the essential ones: their sections with the headings, in order."""
    kept: set[int] = set()
    for at in essential:
        section = _section(article, quotes[at])
        members = [n for n, quote in enumerate(quotes) if _section(article, quote)[: len(section)] == section]
        if len(members) > _LONG_SECTION:
            members = [n for n in members if at - _BEFORE <= n <= at + _AFTER]
        kept.update(members)
    return sorted(kept)


def in_section(article: Article, quotes: Sequence[Quote], start: int, stop: int) -> list[int]:
    """Positions of the quotes, headings left out, of the section that a range of segments begins in, with what is
    below it."""
    body = [n for n, quote in enumerate(quotes) if article.blocks[quote.block].kind != "heading"]
    first = next((quotes[n] for n in body if quotes[n].first < stop and start < quotes[n].end), None)
    if first is None:
        return body
    section = article.blocks[first.block].headings
    return [n for n in body if article.blocks[quotes[n].block].headings[: len(section)] == section]


def _section(article: Article, quote: Quote) -> tuple[int, ...]:
    """Indexes of the headings that a quote stands under; a heading stands under itself."""
    block = article.blocks[quote.block]
    return (*block.headings, quote.block) if block.kind == "heading" else block.headings


def lead_of(article: Article, quotes: Sequence[Quote]) -> int | None:
    """Position of the quote that leads in: the paragraph right before the first step or bullet."""
    steps = (n for n, q in enumerate(quotes) if article.blocks[q.block].kind in ("step", "bullet"))
    first = next(steps, None)
    if not first:
        return None
    before = quotes[first - 1]
    return first - 1 if article.blocks[before.block].kind == "paragraph" and before.number is None else None
