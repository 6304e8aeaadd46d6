"""From a request to a result page: what may be found, in which order, shown in the reader's locale."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date

import numpy as np

from kb.didyoumean import corrected, corrections, stands_in
from kb.embedded import Collection, Generation
from kb.encoded import Meant, TextReader
from kb.errors import InputError
from kb.exact import exact_of
from kb.facets import NO_TRANSLATION, Ints, most_frequent
from kb.filters import allowed_rows
from kb.highlight import highlights
from kb.hit import Hit, SearchRequest, SearchResult
from kb.holding import exact_articles
from kb.locales import language_of, lookup
from kb.rank import Question, RankSettings, question_locale, rank, word_stores
from kb.ranked import Ranked, fold_duplicates
from kb.secondtext import second_text
from kb.show import (
    display_locale,
    display_order,
    first_shown_block,
    locale_with_passage,
    range_text,
    range_units,
    stored_article,
)
from kb.views import views_for

MAX_TOP_K = 200
MAX_QUERY = 20_000
MAX_FILTER_VALUES = 100
_TRANSLATIONS = ("MT", "HT", NO_TRANSLATION)
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def check_request(generation: Generation, request: SearchRequest) -> list[Collection]:
    """The collections to search; InputError for a blank or oversized query, a bad `top_k` or a filter that makes no
    sense."""
    if not request.query.strip():
        raise InputError("the query is empty; type a few words of the question")
    if len(request.query) > MAX_QUERY:
        raise InputError(f"the query has {len(request.query)} characters, at most {MAX_QUERY} are read")
    if not 1 <= request.top_k <= MAX_TOP_K:
        raise InputError(f"top_k is {request.top_k}, expected 1 to {MAX_TOP_K}")
    if len(request.product) > MAX_FILTER_VALUES:
        raise InputError(f"product has {len(request.product)} values, at most {MAX_FILTER_VALUES} are read")
    for kind in request.translation:
        if kind not in _TRANSLATIONS:
            raise InputError(f"translation is {kind!r}, expected one of {', '.join(_TRANSLATIONS)}")
    for name in ("date_from", "date_to"):
        _check_date(name, getattr(request, name))
    if request.date_from and request.date_to and request.date_from > request.date_to:
        raise InputError(f"date_from {request.date_from} is later than date_to {request.date_to}")
    if request.collection is not None:
        return [generation.collection(request.collection)]
    return list(generation.collections.values())


def _check_date(name: str, value: str | None) -> None:
    if value is None:
        return
    problem = "not of this form"
    if _ISO_DATE.fullmatch(value):
        try:
            date.fromisoformat(value)
            return
        except ValueError as error:
            problem = str(error)
    raise InputError(f"{name} is {value[:40]!r}, expected a day such as 2021-03-31: {problem}")


def spelled_out(
    collections: Sequence[Collection], request: SearchRequest, language: str, meant: Meant
) -> str | None:
    """The question with its mistaken words corrected, None without any; what one collection knows is no mistake in
    another, and the first that knows better corrects."""
    words: dict[str, str] = {}
    for collection in collections:
        for word, right in corrections(collection, request.query, language, meant).items():
            if not any(stands_in(other, word) for other in collections):
                words.setdefault(word, right)
    return corrected(request.query, words)


def other_words(collections: Sequence[Collection], query: str, better: str | None) -> tuple[str, ...]:
    """The question in other words: corrected, and with the synonyms of the collections' rules."""
    others = [v for c in collections for v in c.curation.current().variants(better or query)]
    return tuple(dict.fromkeys([better, *others] if better else others))


def question_of(
    collections: Sequence[Collection],
    request: SearchRequest,
    language: str,
    reader: TextReader,
) -> tuple[Question, str | None]:
    """The request's question ready for the index, and its corrected text where it has mistaken words.

    The embedding is the corrected text's, the words are those of both.
    """
    better = spelled_out(collections, request, language, reader.meant)
    read = better or request.query
    begun = reader.begin(read, second_text(collections, read, language, reader))
    variants = other_words(collections, request.query, better)
    question = Question(request.query, begun, language, request.locale, variants, read)
    return question, better


_AS_TUNED = RankSettings()


def rank_all(
    collections: Sequence[Collection],
    question: Question,
    request: SearchRequest,
    settings: RankSettings = _AS_TUNED,
) -> list[Ranked]:
    """Articles of all collections that pass the request's filters.

    Those that a rule has pinned come first, in its order; then those that have the most of what the question says to
    the letter; then by (-score, path).
    """
    found: list[Ranked] = []
    for collection in collections:
        allowed = allowed_rows(collection, request, question.language)
        if allowed is None or len(allowed):
            found += _rank_one(collection, question, allowed, settings)
    # each collection's own order stays where scores are equal
    return sorted(found, key=lambda ranked: (ranked.place, -ranked.score))


def _rank_one(
    collection: Collection, question: Question, allowed: Ints | None, settings: RankSettings
) -> list[Ranked]:
    """Articles of one collection, each with its place."""
    rules = collection.curation.current()
    pins, hidden = rules.pins(question.text), rules.hides(question.text)
    # a code or a name alone tells no language: what the reader's own articles say counts as well
    own = question_locale(collection, question.language)
    stores = word_stores(collection, own, lookup(question.locale, list(collection.locales)))
    exact = exact_articles(collection, exact_of(question.text), stores)
    ranked = rank(collection, question, settings, allowed)
    known = {r.path for r in ranked}
    if missing := [path for path in (*pins, *exact) if path not in known]:
        # first is where they belong, though neither their words nor their embeddings were near
        rows = collection.facets.rows_of(missing)
        rows = rows if allowed is None else np.intersect1d(rows, allowed)
        ranked += rank(collection, question, settings, rows) if len(rows) else []
    places = {path: (0, -count) for path, count in exact.items()}
    places |= {path: (n - len(pins), 0) for n, path in enumerate(pins)}
    return [
        r._replace(place=places[r.path]) if r.path in places else r for r in ranked if r.path not in hidden
    ]


def reader_locale(collection: Collection, request: SearchRequest, language: str) -> tuple[str | None, ...]:
    """Locales to show an article in, best first: the reader's, the question's language's, the source."""
    return display_order(collection, request, language)


def search(
    generation: Generation,
    request: SearchRequest,
    language: str,
    reader: TextReader,
    started: float,
) -> SearchResult:
    """The result page. started: time.perf_counter() when the request came."""
    collections = check_request(generation, request)
    question, better = question_of(collections, request, language, reader)
    ranked = rank_all(collections, question, request)
    folded = fold_duplicates(ranked) if request.duplicates == "fold" else [(r, []) for r in ranked]
    hits = [make_hit(r, duplicates, request, language) for r, duplicates in folded[: request.top_k]]
    shown = display_order(collections[0], request, language) if collections else ()
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
        did_you_mean=better,
        facets=_facets(collections, ranked, request, language),
        candidates=len(ranked),
    )


def make_hit(ranked: Ranked, duplicates: list[str], request: SearchRequest, language: str) -> Hit:
    """A ranked article as people see it."""
    collection = ranked.collection
    number = collection.numbers[ranked.row]
    locale = display_locale(collection, ranked.path, display_order(collection, request, language))
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
        highlights=highlights(
            request.query,
            text,
            language,
            language_of(locale),
            collection.locales[locale].browse.speller.is_common,
        ),
        translation=article.translation,
        date=stored.date,
        url=collection.pages.url(ranked.path, locale, collection.name),
        duplicates=duplicates,
        pinned=ranked.place[0] < 0,
        source_locale=article.source_locale if article.bilingual else None,
    )


def _views(collections: Sequence[Collection], language: str) -> list[str]:
    """The views that the question asked in any of the collections, sorted."""
    return sorted({name for c in collections for name in views_for(c, question_locale(c, language))})


def _facets(
    collections: Sequence[Collection], ranked: Sequence[Ranked], request: SearchRequest, language: str
) -> dict[str, dict[str, int]]:
    """For each field how many of the ranked articles have each of its most frequent values."""
    total: dict[str, Counter[str]] = {"collection": Counter(r.collection.name for r in ranked)}
    for collection in collections:
        paths = [r.path for r in ranked if r.collection is collection]
        shown = collection.facets.shown(display_order(collection, request, language))
        for field, counts in collection.facets.counts(paths, shown).items():
            total.setdefault(field, Counter()).update(counts)
    return {field: most_frequent(counts) for field, counts in total.items()}
