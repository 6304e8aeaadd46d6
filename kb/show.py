"""How a passage or a block is shown: in which locale, with which text beside it."""

from __future__ import annotations

from collections.abc import Sequence

from kb.article import Article, Block, Part, Side
from kb.articledb import PassageRow
from kb.embedded import Collection
from kb.errors import IndexDamaged, NotFound
from kb.generation import REBUILD
from kb.hit import SearchRequest
from kb.locales import lookup
from kb.localestore import StoredArticle


def display_locale(collection: Collection, path: str, wanted: Sequence[str | None]) -> str:
    """The first wanted locale that the article exists in, else the source, else its first."""
    there = collection.locales_of(path)
    if not there:
        raise NotFound(f"no article {path!r} in collection {collection.name!r}")
    for locale in (*wanted, collection.source_locale):
        if locale in there:
            return str(locale)
    return there[0]


def display_order(collection: Collection, request: SearchRequest, language: str) -> tuple[str | None, ...]:
    """Locales to show an article in, best first: the reader's, the question's language's; None where not installed."""
    installed = list(collection.locales)
    return lookup(request.only_locale or request.locale, installed), lookup(language, installed)


def stored_article(collection: Collection, path: str, locale: str) -> StoredArticle:
    found = collection.locales[locale].article(path) if locale in collection.locales else None
    if found is None:
        raise NotFound(
            f"no article {path!r} in {locale}; it exists in {', '.join(collection.locales_of(path))}"
        )
    return found


def range_text(article: Article, start: int, stop: int, side: Side) -> str:
    """Visible text of a range of segments, headings left out unless there is nothing else; a line a block."""
    spans = block_spans(article.blocks, start, stop)
    body = [s for s in spans if article.blocks[s[0]].kind != "heading"] or spans
    texts = [article.blocks[b].text(side, first, end) for b, first, end in body]
    return "\n".join(text for text in texts if text)


def own_text(article: Article, start: int, stop: int) -> tuple[list[str], str]:
    """A range of segments as its locale's readers see it: the headings above it, the title left out, and its text."""
    first = first_shown_block(article, start, stop)
    above = [] if first is None else article.heading_path(article.blocks[first], "target")
    headings = [heading for heading in above if heading and heading != article.title]
    return headings, range_text(article, start, stop, "target")


def range_units(article: Article, start: int, stop: int) -> list[str]:
    """Numbers of the translation units in a range of segments, in order."""
    return [
        segment.unit
        for b, first, end in block_spans(article.blocks, start, stop)
        for segment in article.blocks[b].segments[first:end]
        if segment.unit is not None
    ]


def block_spans(blocks: Sequence[Block], start: int, stop: int) -> list[tuple[int, int, int]]:
    """(block index, first segment, end) of each block that a range of segments touches, in order."""
    spans: list[tuple[int, int, int]] = []
    offset = 0
    for index, block in enumerate(blocks):
        if offset >= stop:
            break
        size = len(block.segments)
        first, end = max(start - offset, 0), min(stop - offset, size)
        if first < end:
            spans.append((index, first, end))
        offset += size
    return spans


def part_of(block: Block, segment: int) -> Part | None:
    """The table row or lettered line that a segment of the block is in."""
    return next((p for p in block.parts if p.cells[0][0] <= segment < p.cells[-1][1]), None)


def first_shown_block(article: Article, start: int, stop: int) -> int | None:
    """Index of the first block in a range that is no heading (of the first where all are); None in an empty range, as
    that of an article that is only a title."""
    indexes = [b for b, _, _ in block_spans(article.blocks, start, stop)]
    return next((b for b in indexes if article.blocks[b].kind != "heading"), indexes[0] if indexes else None)


def locale_with_passage(collection: Collection, path: str, number: int) -> tuple[str, PassageRow]:
    """The first locale, the source before others, whose variant of the article has the passage."""
    order = sorted(collection.locales_of(path), key=lambda name: (name != collection.source_locale, name))
    for locale in order:
        found = collection.locales[locale].passage(path, number)
        if found is not None:
            return locale, found
    raise IndexDamaged(f"passage {path}#{number} is in no locale; {REBUILD}")
