"""Extractive answers: the article's own blocks, in the reader's locale with the source beside them, each cited."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.article import Article, Block
from kb.confidence import confidence_of, features_of, outcome_of
from kb.embedded import Collection, Generation
from kb.hit import Answer, Citation, SearchRequest, Step
from kb.rank import Question, Ranked, fold_duplicates
from kb.search import check_request, make_hit, rank_all, reader_locale
from kb.show import article_url, display_locale, first_shown_block, locale_with_passage, stored_article
from kb.vectors import Floats

_RELATED = 5
# A section longer than this is shown from a few blocks before the match to a few after it.
_LONG_SECTION = 40
_AROUND = 12
# Passages of the best article whose score comes this near to the best one's are essential as well.
_ALSO_ESSENTIAL = 0.97


@dataclass(frozen=True, slots=True)
class Quote:
    """A block, or one row or lettered line of it: half-open range of the block's segments."""

    block: int
    start: int
    stop: int
    number: str | None
    lines: tuple[int, int]


def answer(
    generation: Generation, request: SearchRequest, vector: Floats, language: str, started: float
) -> Answer:
    """The procedure that answers the question, possibly related articles, or neither."""
    collections = check_request(generation, request)
    question = Question(request.query, vector, language, request.locale)
    folded = fold_duplicates(rank_all(collections, question, request.only_locale))
    confidence = confidence_of(features_of([ranked for ranked, _ in folded])) if folded else 0.0
    outcome = outcome_of(confidence)
    lead: Step | None = None
    steps: list[Step] = []
    citations: list[Citation] = []
    locale = request.locale or language
    if folded:
        shown = reader_locale(folded[0][0].collection, request, language)
        locale = next((name for name in shown if name), folded[0][0].collection.source_locale)
    if outcome == "answered":
        lead, steps, citations, locale = _quote_article(folded[0][0], request, language)
    related = folded[1:] if outcome == "answered" else folded
    hits = [make_hit(r, dup, request, language) for r, dup in related[:_RELATED]] if outcome != "none" else []
    return Answer(
        outcome=outcome,
        confidence=round(confidence, 4),
        locale=locale,
        generation=generation.id,
        lead=lead,
        steps=steps,
        citations=citations,
        related=hits,
        took_ms=round((time.perf_counter() - started) * 1000, 2),
    )


def _quote_article(
    ranked: Ranked, request: SearchRequest, language: str
) -> tuple[Step | None, list[Step], list[Citation], str]:
    collection = ranked.collection
    locale = display_locale(collection, ranked.path, reader_locale(collection, request, language))
    if collection.locales[locale].passage(ranked.path, collection.numbers[ranked.row]) is None:
        locale, _ = locale_with_passage(collection, ranked.path, collection.numbers[ranked.row])
    stored = stored_article(collection, ranked.path, locale)
    article = stored.article
    matched = _matched_segments(collection, ranked, locale)
    quotes = list(_procedure(article, matched))
    lead_at = _lead(article, quotes, matched)
    lead: Step | None = None
    steps: list[Step] = []
    citations: list[Citation] = []
    firsts = _first_segments(article)
    for n, quote in enumerate(quotes, 1):
        block = article.blocks[quote.block]
        first = firsts[quote.block]
        essential = any(first + quote.start < stop and start < first + quote.stop for start, stop in matched)
        units = [s.unit for s in block.segments[quote.start : quote.stop] if s.unit is not None]
        step = Step(
            kind=block.kind,
            number=quote.number,
            depth=0 if block.kind == "heading" else block.level,
            text=block.text("target", quote.start, quote.stop),
            source_text=block.text("source", quote.start, quote.stop) if article.bilingual else None,
            units=units,
            essential=essential and block.kind != "heading",
            citation=n,
        )
        citations.append(
            Citation(
                n=n,
                article=ranked.path,
                collection=collection.name,
                locale=locale,
                title=article.title,
                heading_path=article.heading_path(block, "target"),
                units=units,
                lines=quote.lines,
                lines_locale=stored.lines_locale,
                url=article_url(ranked.path, locale, collection.name),
                translation=article.translation,
            )
        )
        if n - 1 == lead_at:
            lead = step
        else:
            steps.append(step)
    return lead, steps, citations, locale


def _matched_segments(collection: Collection, ranked: Ranked, locale: str) -> list[tuple[int, int]]:
    """Segment ranges, in this locale, of the passages that answer."""
    best = ranked.rows[0][1]
    ranges = []
    for row, score in ranked.rows:
        if score >= best - abs(best) * (1 - _ALSO_ESSENTIAL):
            found = collection.locales[locale].passage(ranked.path, collection.numbers[row])
            if found is not None:
                ranges.append((found.start, found.stop))
    return ranges


def _procedure(article: Article, matched: Sequence[tuple[int, int]]) -> Iterator[Quote]:
    """The quotes of the section that the first match is in, in reading order; the article's title is left out."""
    anchor = first_shown_block(article, *matched[0])
    if anchor is None:
        return
    section = article.blocks[anchor].headings if article.blocks[anchor].kind != "heading" else (anchor,)
    indexes = [
        i
        for i, block in enumerate(article.blocks)
        if (block.kind != "heading" and block.headings[: len(section)] == section)
        or (block.kind == "heading" and block.level > 1 and block.headings[: len(section)] == section)
    ]
    if len(indexes) > _LONG_SECTION:
        at = indexes.index(anchor) if anchor in indexes else 0
        indexes = indexes[max(0, at - _AROUND) : at + 2 * _AROUND]
    for index in indexes or [anchor]:
        yield from _quotes(article.blocks[index], index)


def _quotes(block: Block, index: int) -> Iterator[Quote]:
    """A block as it is quoted: whole, or row by row and lettered line by lettered line."""
    if block.parts:
        for part in block.parts:
            start, stop = part.cells[0][0], part.cells[-1][1]
            if block.text("target", start, stop):
                yield Quote(index, start, stop, part.number, part.lines)
    elif block.text("target"):
        yield Quote(index, 0, len(block.segments), block.number, block.lines)


def _lead(article: Article, quotes: Sequence[Quote], matched: Sequence[tuple[int, int]]) -> int | None:
    """Position of the quote that leads in: the paragraph before the first step, when steps follow it."""
    first = next(
        (n for n, q in enumerate(quotes) if article.blocks[q.block].kind in ("step", "bullet")), None
    )
    if not first:
        return None
    block = article.blocks[quotes[first - 1].block]
    return first - 1 if block.kind == "paragraph" and quotes[first - 1].number is None and matched else None


def _first_segments(article: Article) -> list[int]:
    """For each block the number of its first segment, counted through the article."""
    firsts, total = [], 0
    for block in article.blocks:
        firsts.append(total)
        total += len(block.segments)
    return firsts
