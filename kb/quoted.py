"""What is quoted of an article: its own blocks, in the reader's locale with the source beside them, each cited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kb.article import Article, Segment, Side
from kb.encoded import TextReader
from kb.evidence import Evidences, evidence_of
from kb.hit import Citation, Link, SearchRequest, Step
from kb.locales import language_of
from kb.quotes import Quote, in_section, lead_of, quotes_of, shown_with
from kb.rank import Question
from kb.ranked import Ranked
from kb.search import reader_locale
from kb.selection import Matched, QuestionWords, choose, probabilities, trained_on
from kb.selection import features_of as features_of_quotes
from kb.show import display_locale, locale_with_passage, stored_article


class Quotable(NamedTuple):
    """An article as it can be quoted: in which locale, its quotes, and where the question's tokens are met in it."""

    ranked: Ranked
    locale: str
    article: Article
    lines_locale: str
    quotes: list[Quote]
    evidence: Evidences | None


def quotable(ranked: Ranked, question: Question, request: SearchRequest, reader: TextReader) -> Quotable:
    """The article in the reader's locale, or where that lacks the best passage, in one that has it."""
    collection = ranked.collection
    locale = display_locale(collection, ranked.path, reader_locale(collection, request, question.language))
    if collection.locales[locale].passage(ranked.path, collection.numbers[ranked.row]) is None:
        locale, _ = locale_with_passage(collection, ranked.path, collection.numbers[ranked.row])
    return quotable_in(locale, ranked, question, reader)


def quotable_in(locale: str, ranked: Ranked, question: Question, reader: TextReader) -> Quotable:
    """The article in this locale."""
    stored = stored_article(ranked.collection, ranked.path, locale)
    quotes = quotes_of(stored.article)
    passages = ranked.collection.locales[locale].reader.passages_of(ranked.path)
    evidence = evidence_of(ranked.collection, question, stored.article, quotes, passages, reader)
    return Quotable(ranked, locale, stored.article, stored.lines_locale, quotes, evidence)


class Quoted(NamedTuple):
    """What is quoted of an article, and the locale that it is shown in."""

    lead: Step | None
    steps: list[Step]
    citations: list[Citation]
    locale: str


def quote_article(found: Quotable, question: Question, step: str | None = None) -> Quoted:
    """The sections of the quotes that answer, whole, with those marked as essential.

    step  number of the step that is asked for, in the best passage: it and what is below it answer
    """
    ranked, locale, article, lines_locale, quotes, _ = found
    essential = set(essential_quotes(found, question) if step is None else step_quotes(found, step))
    shown = shown_with(article, quotes, essential)
    lead_at = lead_of(article, [quotes[at] for at in shown])
    lead: Step | None = None
    steps: list[Step] = []
    citations: list[Citation] = []
    for n, at in enumerate(shown, 1):
        quote = quotes[at]
        block = article.blocks[quote.block]
        segments = block.segments[quote.start : quote.stop]
        units = [s.unit for s in segments if s.unit is not None]
        quoted = Step(
            kind=block.kind,
            number=quote.number,
            depth=0 if block.kind == "heading" else block.level,
            text=block.text("target", quote.start, quote.stop),
            source_text=block.text("source", quote.start, quote.stop) if article.bilingual else None,
            units=units,
            essential=at in essential,
            citation=n,
            links=links_in(segments),
        )
        citations.append(
            Citation(
                n=n,
                article=ranked.path,
                collection=ranked.collection.name,
                locale=locale,
                title=article.title,
                heading_path=article.heading_path(block, "target"),
                units=units,
                lines=quote.lines,
                lines_locale=lines_locale,
                url=ranked.collection.pages.url(ranked.path, locale, ranked.collection.name),
                translation=article.translation,
                corrected=any(segment.corrected for segment in segments),
                source_locale=article.source_locale if article.bilingual else None,
            )
        )
        # one that answers is no mere lead-in, and whoever reads the steps alone must have it
        if n - 1 == lead_at and not quoted.essential:
            lead = quoted
        else:
            steps.append(quoted)
    return Quoted(lead, steps, citations, locale)


def links_in(segments: Sequence[Segment]) -> list[Link]:
    """Where the links in the target's text point; a link of several runs is one."""
    found: list[Link] = []
    for segment in segments:
        before: str | None = None
        for run in segment.target:
            href = run.href if run.image is None else None
            if href:
                said = found.pop().text + run.text if href == before else run.text
                found.append(Link(said, href))
            before = href
    return found


def essential_quotes(found: Quotable, question: Question) -> list[int]:
    """Positions of the quotes that answer the question itself, in the section of the best passage."""
    ranked, quotes = found.ranked, found.quotes
    same_encoder = ranked.collection.encoder == trained_on()
    meaning = found.evidence.first.meaning if found.evidence is not None and same_encoder else None
    probability = probabilities(selection_features(found, question), meaning)
    best = ranked.collection.locales[found.locale].passage(ranked.path, ranked.collection.numbers[ranked.row])
    body = in_section(found.article, quotes, *((best.start, best.stop) if best else (0, 0)))
    units = [max(1, quotes[n].stop - quotes[n].start) for n in body]
    return [body[at] for at in choose(probability[body], units)]


def step_quotes(found: Quotable, number: str) -> list[int]:
    """Positions of the step of the best passage that has this number, and of its sub-steps."""
    collection, ranked, quotes = found.ranked.collection, found.ranked, found.quotes
    best = collection.locales[found.locale].passage(ranked.path, collection.numbers[ranked.row])
    start, stop = (best.start, best.stop) if best else (0, 0)
    at = next(
        (n for n, q in enumerate(quotes) if q.number == number and q.first < stop and start < q.end), None
    )
    if at is None:
        return []
    below = [n for n in range(at + 1, len(quotes)) if (quotes[n].number or "").startswith(f"{number}.")]
    section = found.article.blocks[quotes[at].block].headings
    return [at, *(n for n in below if found.article.blocks[quotes[n].block].headings == section)]


def selection_features(found: Quotable, question: Question) -> npt.NDArray[np.float64]:
    """kb.selection's features of an article's quotes: its passages as they were found, its words on both sides."""
    collection, article, locale = found.ranked.collection, found.article, found.locale
    store = collection.locales[locale]
    scores = {collection.numbers[row]: score for row, score in found.ranked.rows}
    passages = [
        Matched(p.start, p.stop, scores.get(p.number)) for p in store.reader.passages_of(article.path)
    ]
    sides: list[tuple[Side, QuestionWords]] = []
    source = collection.locales.get(collection.source_locale)
    if article.bilingual and source is not None:
        sides.append(("source", QuestionWords(question.text, source.lexical)))
    if not sides or question.language == language_of(locale):
        sides.append(("target", QuestionWords(question.text, store.lexical)))
    return features_of_quotes(article, found.quotes, passages, sides, found.evidence)
