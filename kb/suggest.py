"""What a half-typed question may become: titles and frequent phrases, the reader's locale first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from kb.complete import Entry
from kb.embedded import Collection, Generation
from kb.errors import InputError
from kb.locales import lookup

MAX_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text to complete the question with. `article` is the path, `collection` and `locale` say where it stands;
    all None for a phrase, which many articles have."""

    text: str
    kind: Literal["title", "phrase"]
    article: str | None = None
    collection: str | None = None
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What can be typed on, best first, as one generation has it."""

    generation: str
    suggestions: list[Suggestion]


def suggest(
    generation: Generation, typed: str, *, locale: str | None, collection: str | None, limit: int = 10
) -> Suggestions:
    """At most `limit` suggestions in the reader's locale; where they are fewer, the source's follow.

    Up to a third are phrases, which come first; more follow where there are too few titles. No text and no article
    is there twice. Without an installed `locale` the source is what is read.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise InputError(f"limit is {limit}, expected 1 to {MAX_LIMIT}")
    chosen = (
        [generation.collection(collection)]
        if collection is not None
        else list(generation.collections.values())
    )
    found: list[Suggestion] = []
    for wanted in (locale, None) if locale else (None,):
        if len(found) < limit:
            found += _new(found, _mixed(_in_locale(chosen, typed, wanted, limit), limit))
    return Suggestions(generation.id, found[:limit])


def _in_locale(
    collections: Sequence[Collection], typed: str, wanted: str | None, limit: int
) -> list[Suggestion]:
    """The matches of all collections, each collection's best before any one's second best."""
    columns: list[list[Suggestion]] = []
    for collection in collections:
        name = lookup(wanted, list(collection.locales)) if wanted else collection.source_locale
        if name in collection.locales:
            entries = collection.locales[name].browse.completer.find(typed, limit)
            columns.append([_suggestion(entry, collection.name, name) for entry in entries])
    most = max(map(len, columns), default=0)
    return [column[n] for n in range(most) for column in columns if n < len(column)]


def _suggestion(entry: Entry, collection: str, locale: str) -> Suggestion:
    if entry.article is None:
        return Suggestion(entry.text, "phrase")
    return Suggestion(entry.text, "title", entry.article, collection, locale)


def _mixed(found: Sequence[Suggestion], limit: int) -> list[Suggestion]:
    phrases = [s for s in found if s.kind == "phrase"]
    titles = [s for s in found if s.kind == "title"]
    first = phrases[: limit // 3]
    return [*first, *titles, *phrases[len(first) :]]


def _new(have: Sequence[Suggestion], found: Sequence[Suggestion]) -> Iterator[Suggestion]:
    """Those that are not there yet, neither as a text nor as an article."""
    texts = {s.text.casefold() for s in have}
    articles: set[tuple[str | None, str | None]] = {(s.collection, s.article) for s in have if s.article}
    for suggestion in found:
        text, article = suggestion.text.casefold(), (suggestion.collection, suggestion.article)
        if text not in texts and article not in articles:
            texts.add(text)
            if suggestion.article is not None:
                articles.add(article)
            yield suggestion
