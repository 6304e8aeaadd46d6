"""Extractive answers: the article's own blocks where one probably answers, else articles that may help, or neither."""

from __future__ import annotations

import time
from dataclasses import dataclass

from kb.confidence import confidence_of, features_of, outcome_of
from kb.embedded import Generation
from kb.encoded import TextReader
from kb.hit import Answer, Outcome, SearchRequest
from kb.quoted import Quoted, quotable, quote_article
from kb.rank import Question
from kb.ranked import Ranked, fold_duplicates
from kb.search import check_request, make_hit, question_of, rank_all, reader_locale

_RELATED = 5


@dataclass(frozen=True, slots=True)
class Asking:
    """A request as it is answered: from which generation, the question's language, what reads texts, and
    time.perf_counter() when it came."""

    generation: Generation
    request: SearchRequest
    language: str
    reader: TextReader
    started: float


@dataclass(frozen=True, slots=True)
class Found:
    """What a question finds: its articles in order, each with the paths of its near-duplicates.

    question  as it was asked, whatever context it was looked up with
    step      number of the step of the first article that it asks for
    """

    question: Question
    folded: list[tuple[Ranked, list[str]]]
    step: str | None = None


def find(asking: Asking) -> Found:
    """The question's articles."""
    collections = check_request(asking.generation, asking.request)
    question, _ = question_of(collections, asking.request, asking.language, asking.reader)
    return Found(question, fold_duplicates(rank_all(collections, question, asking.request)))


def answer(asking: Asking, found: Found, outcome: Outcome | None = None) -> Answer:
    """The procedure that answers the question, possibly related articles, or neither.

    outcome  None decides by confidence
    """
    request, language, folded = asking.request, asking.language, found.folded
    confidence = 0.0
    quoted = Quoted(None, [], [], request.locale or language)
    decided: Outcome = outcome or "none"
    if folded:
        ranked = [best for best, _ in folded]
        features = features_of(found.question, ranked, asking.reader)
        confidence = confidence_of(features)
        decided = outcome or outcome_of(confidence)
        shown = reader_locale(folded[0][0].collection, request, language)
        locale = next((name for name in shown if name), folded[0][0].collection.source_locale)
        quoted = quoted._replace(locale=locale)
        if decided == "answered":
            best = quotable(ranked[0], found.question, request, asking.reader)
            quoted = quote_article(best, found.question, found.step)
    related = folded[1:] if decided == "answered" else folded
    hits = [make_hit(r, dup, request, language) for r, dup in related[:_RELATED]] if decided != "none" else []
    return Answer(
        outcome=decided,
        confidence=round(confidence, 4),
        locale=quoted.locale,
        generation=asking.generation.id,
        lead=quoted.lead,
        steps=quoted.steps,
        citations=quoted.citations,
        related=hits,
        took_ms=round((time.perf_counter() - asking.started) * 1000, 2),
        contact=None
        if decided == "answered"
        else asking.generation.pages.contact_for(request.query, quoted.locale),
    )
