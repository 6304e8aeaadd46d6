"""Localizations of one article brought together before passages are cut.

Monolingual ones get their source side from the source tree, p-units the exact numbers that they cover.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from indexer.align import align, without_source
from indexer.covers import with_exact_covers
from indexer.stage import article_row, pivot_side
from kb.article import Article
from kb.articledb import ArticleReader, ArticleRow, ArticleWriter
from kb.articlejson import article_from_json
from kb.locales import language_of

_BATCH = 256


@dataclass(frozen=True, slots=True)
class _Outline:
    """What is known of an article unread: its units, how many are p-units, its variant."""

    units: int
    joined: int
    variant: str


_Outlines = Mapping[str, Mapping[str, _Outline]]


def source_locale_of(stores: Mapping[str, Path], default: str) -> str:
    """The collection's source locale: the default, or an installed one of its language ("en" for "en-US")."""
    if default in stores:
        return default
    language = language_of(default)
    return next((locale for locale in sorted(stores) if language_of(locale) == language), default)


def reconcile(stores: Mapping[str, Path], source_locale: str) -> None:
    """Rewrites the articles of all stores that others complete; the result does not depend on their order."""
    readers = {locale: ArticleReader(file) for locale, file in sorted(stores.items())}
    try:
        outlines = {locale: _outlines(reader) for locale, reader in readers.items()}
        changed = {locale: list(_completed(locale, readers, outlines, source_locale)) for locale in readers}
    finally:
        for reader in readers.values():
            reader.close()
    for locale, rows in changed.items():
        for start in range(0, len(rows), _BATCH):
            with ArticleWriter(stores[locale], append=True) as writer:
                writer.add_articles(rows[start : start + _BATCH])


def _outlines(reader: ArticleReader) -> dict[str, _Outline]:
    variants = dict(reader.variants())
    return {path: _Outline(units, joined, variants[path]) for path, units, joined in reader.outlines()}


def _completed(
    locale: str, readers: Mapping[str, ArticleReader], outlines: _Outlines, source_locale: str
) -> Iterator[ArticleRow]:
    sources = outlines.get(source_locale, {})
    for path, outline in outlines[locale].items():
        if not outline.units:
            own = _article(readers[locale], path)
            # anew where an earlier build has aligned it: the source may have changed or gone since
            aligned = without_source(own)
            if locale != source_locale and path in sources:
                aligned = align(aligned, _article(readers[source_locale], path))
            if aligned != own:
                yield article_row(aligned, pivot_side(aligned), locale)
        elif outline.joined:
            reference = _reference(path, outline.variant, outlines)
            if reference is not None:
                article = _article(readers[locale], path)
                exact = with_exact_covers(article, _article(readers[reference], path))
                if exact != article:
                    yield article_row(exact, pivot_side(exact), locale)


def _reference(path: str, variant: str, outlines: _Outlines) -> str | None:
    """The first locale that has the variant's sentences one by one; of several the one with most units."""
    plain = [
        (-found.units, locale)
        for locale, there in outlines.items()
        if (found := there.get(path)) and found.variant == variant and found.units and not found.joined
    ]
    return min(plain)[1] if plain else None


def _article(reader: ArticleReader, path: str) -> Article:
    return article_from_json(reader.require(path).body)
