"""Extractive answers: the article's own blocks, in the reader's locale with the source beside them, each cited."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kb.article import Article, Side
from kb.confidence import confidence_of, features_of, outcome_of
from kb.embedded import Generation
from kb.encoded import Embed
from kb.hit import Answer, Citation, Outcome, SearchRequest, Step
from kb.locales import language_of
from kb.quotes import Quote, in_section, lead_of, quotes_of, shown_with
from kb.rank import Ranked, fold_duplicates
from kb.search import check_request, make_hit, question_of, rank_all, reader_locale
from kb.selection import Matched, QuestionWords, choose, probabilities
from kb.selection import features_of as features_of_quotes
from kb.show import article_url, display_locale, locale_with_passage, stored_article

_RELATED = 5


def answer(
    generation: Generation,
    request: SearchRequest,
    language: str,
    embed: Embed,
    started: float,
) -> Answer:
    """The procedure that answers the question, possibly related articles, or neither."""
    folded = folded_ranking(generation, request, language, embed)
    return answer_ranked(generation, folded, request, language, started)


def folded_ranking(
    generation: Generation, request: SearchRequest, language: str, embed: Embed
) -> list[tuple[Ranked, list[str]]]:
    """The question's articles in order, each with the paths of its near-duplicates."""
    collections = check_request(generation, request)
    question, _ = question_of(collections, request, language, embed)
    return fold_duplicates(rank_all(collections, question, request))


def answer_ranked(
    generation: Generation,
    folded: Sequence[tuple[Ranked, list[str]]],
    request: SearchRequest,
    language: str,
    started: float,
    outcome: Outcome | None = None,
) -> Answer:
    """The answer from a ranking, near-duplicates folded. outcome: None decides by confidence."""
    confidence = confidence_of(features_of(request.query, [best for best, _ in folded])) if folded else 0.0
    decided = outcome or outcome_of(confidence)
    quoted = _Quoted(None, [], [], request.locale or language)
    if folded:
        shown = reader_locale(folded[0][0].collection, request, language)
        locale = next((name for name in shown if name), folded[0][0].collection.source_locale)
        quoted = _Quoted(None, [], [], locale)
        if decided == "answered":
            quoted = _quote_article(folded[0][0], request, language)
    related = folded[1:] if decided == "answered" else folded
    hits = [make_hit(r, dup, request, language) for r, dup in related[:_RELATED]] if decided != "none" else []
    return Answer(
        outcome=decided,
        confidence=round(confidence, 4),
        locale=quoted.locale,
        generation=generation.id,
        lead=quoted.lead,
        steps=quoted.steps,
        citations=quoted.citations,
        related=hits,
        took_ms=round((time.perf_counter() - started) * 1000, 2),
    )


class _Quoted(NamedTuple):
    """What is quoted of an article, and the locale that it is shown in."""

    lead: Step | None
    steps: list[Step]
    citations: list[Citation]
    locale: str


def _quote_article(ranked: Ranked, request: SearchRequest, language: str) -> _Quoted:
    collection = ranked.collection
    locale = display_locale(collection, ranked.path, reader_locale(collection, request, language))
    if collection.locales[locale].passage(ranked.path, collection.numbers[ranked.row]) is None:
        locale, _ = locale_with_passage(collection, ranked.path, collection.numbers[ranked.row])
    stored = stored_article(collection, ranked.path, locale)
    article = stored.article
    quotes = quotes_of(article)
    essential = set(essential_quotes(ranked, article, locale, quotes, request.query, language))
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
        step = Step(
            kind=block.kind,
            number=quote.number,
            depth=0 if block.kind == "heading" else block.level,
            text=block.text("target", quote.start, quote.stop),
            source_text=block.text("source", quote.start, quote.stop) if article.bilingual else None,
            units=units,
            essential=at in essential,
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
                corrected=any(segment.corrected for segment in segments),
            )
        )
        if n - 1 == lead_at:
            lead = step
        else:
            steps.append(step)
    return _Quoted(lead, steps, citations, locale)


def essential_quotes(
    ranked: Ranked, article: Article, locale: str, quotes: Sequence[Quote], question: str, language: str
) -> list[int]:
    """Positions of the quotes that answer the question itself, in the section of the best passage."""
    features = selection_features(ranked, article, locale, quotes, question, language)
    probability = probabilities(features)
    best = ranked.collection.locales[locale].passage(ranked.path, ranked.collection.numbers[ranked.row])
    body = in_section(article, quotes, *((best.start, best.stop) if best else (0, 0)))
    units = [max(1, quotes[n].stop - quotes[n].start) for n in body]
    return [body[at] for at in choose(probability[body], units)]


def selection_features(
    ranked: Ranked, article: Article, locale: str, quotes: Sequence[Quote], question: str, language: str
) -> npt.NDArray[np.float64]:
    """kb.selection's features of an article's quotes: its passages as they were found, its words on both sides."""
    collection = ranked.collection
    store = collection.locales[locale]
    scores = {collection.numbers[row]: score for row, score in ranked.rows}
    passages = [Matched(p.start, p.stop, scores.get(p.number)) for p in store.reader.passages_of(ranked.path)]
    sides: list[tuple[Side, QuestionWords]] = []
    source = collection.locales.get(collection.source_locale)
    if article.bilingual and source is not None:
        sides.append(("source", QuestionWords(question, source.lexical)))
    if not sides or language == language_of(locale):
        sides.append(("target", QuestionWords(question, store.lexical)))
    return features_of_quotes(article, quotes, passages, sides)
