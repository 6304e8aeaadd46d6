"""From a request to a result page: hits in the reader's locale."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

from kb.embedded import Collection, Generation
from kb.errors import InputError
from kb.fusion import FusionSettings
from kb.hit import Hit, SearchRequest, SearchResult
from kb.language import LanguageDetector
from kb.locales import language_of, lookup, normalise
from kb.rank import Question, Ranked, fold_duplicates, question_locale, rank
from kb.show import (
    article_url,
    display_locale,
    first_shown_block,
    highlights,
    locale_with_passage,
    range_text,
    range_units,
    stored_article,
)
from kb.vectors import Floats
from kb.views import views_for

MAX_TOP_K = 200
MAX_QUERY = 20_000


def check_request(generation: Generation, request: SearchRequest) -> list[Collection]:
    """The collections to search; InputError for a blank or oversized query or a bad `top_k`."""
    if not request.query.strip():
        raise InputError("the query is empty; type a few words of the question")
    if len(request.query) > MAX_QUERY:
        raise InputError(f"the query has {len(request.query)} characters, at most {MAX_QUERY} are read")
    if not 1 <= request.top_k <= MAX_TOP_K:
        raise InputError(f"top_k is {request.top_k}, expected 1 to {MAX_TOP_K}")
    if request.collection is not None:
        return [generation.collection(request.collection)]
    return list(generation.collections.values())


def question_language(request: SearchRequest, detector: LanguageDetector) -> str:
    """The question's language: as given, else detected, the reader's locale being a prior only."""
    if request.lang:
        return language_of(normalise(request.lang))
    prior = language_of(normalise(request.locale)) if request.locale else None
    return detector.detect(request.query, prior).lang


def rank_all(collections: Sequence[Collection], question: Question, only_locale: str | None) -> list[Ranked]:
    """Articles of all collections, ordered by (-score, path)."""
    settings = FusionSettings()
    ranked: list[Ranked] = []
    for collection in collections:
        only = lookup(only_locale, list(collection.locales)) if only_locale else None
        if only_locale and only is None:
            continue
        ranked += rank(collection, question, settings, only)
    # each collection's own order stays where scores are equal
    ranked.sort(key=lambda r: -r.score)
    return ranked


def reader_locale(collection: Collection, request: SearchRequest, language: str) -> list[str | None]:
    """Locales to show an article in, best first: the reader's, the question's language's, the source."""
    asked = (
        lookup(request.only_locale or request.locale, list(collection.locales))
        if (request.only_locale or request.locale)
        else None
    )
    return [asked, question_locale(collection, language)]


def search(
    generation: Generation, request: SearchRequest, vector: Floats, language: str, started: float
) -> SearchResult:
    """The result page. vector: the query's raw unit vector; started: time.perf_counter() when the request came."""
    collections = check_request(generation, request)
    question = Question(request.query, vector, language, request.locale)
    ranked = rank_all(collections, question, request.only_locale)
    folded = fold_duplicates(ranked) if request.duplicates == "fold" else [(r, []) for r in ranked]
    hits = [make_hit(r, duplicates, request, language) for r, duplicates in folded[: request.top_k]]
    shown = reader_locale(collections[0], request, language) if collections else []
    return SearchResult(
        query=request.query,
        locale=next(
            (locale for locale in shown if locale), collections[0].source_locale if collections else ""
        ),
        detected_lang=language,
        generation=generation.id,
        views=_views(collections, language),
        took_ms=round((time.perf_counter() - started) * 1000, 2),
        hits=hits,
        facets=_facets(hits),
    )


def make_hit(ranked: Ranked, duplicates: list[str], request: SearchRequest, language: str) -> Hit:
    """A ranked article as people see it."""
    collection = ranked.collection
    number = collection.numbers[ranked.row]
    locale = display_locale(collection, ranked.path, reader_locale(collection, request, language))
    found = collection.locales[locale].passage(ranked.path, number)
    if found is None:
        # the passage belongs to another variant of the article than this locale's
        locale, found = locale_with_passage(collection, ranked.path, number)
    stored = stored_article(collection, ranked.path, locale)
    article = stored.article
    text = range_text(article, found.start, found.stop, "target")
    source = range_text(article, found.start, found.stop, "source") if article.bilingual else None
    block = first_shown_block(article, found.start, found.stop)
    return Hit(
        article=ranked.path,
        collection=collection.name,
        locale=locale,
        locales=collection.locales_of(ranked.path),
        title=article.title,
        source_title=article.source_title,
        score=round(ranked.score, 6),
        heading_path=[] if block is None else article.heading_path(article.blocks[block], "target"),
        passage=f"{ranked.path}#{number}",
        text=text,
        source_text=source,
        units=range_units(article, found.start, found.stop),
        highlights=highlights(request.query, text, language, language_of(locale)),
        translation=article.translation,
        date=stored.date,
        url=article_url(ranked.path, locale, collection.name),
        duplicates=duplicates,
    )


def _views(collections: Sequence[Collection], language: str) -> list[str]:
    """The views that the question asked in any of the collections, sorted."""
    return sorted({name for c in collections for name in views_for(c, question_locale(c, language))})


def _facets(hits: Sequence[Hit]) -> dict[str, dict[str, int]]:
    return {
        "collection": dict(Counter(h.collection for h in hits)),
        "locale": dict(Counter(h.locale for h in hits)),
        "translation": dict(Counter(h.translation or "source" for h in hits)),
    }
