"""Localizations of one article brought together before passages are cut.

Monolingual ones get their source side from the source tree, p-units the exact numbers that they cover.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from indexer.align import align, without_source
from indexer.covers import with_exact_covers
from indexer.stage import article_row, pivot_side
from kb.article import Article
from kb.articledb import PackedRow
from kb.locales import language_of


def source_locale_of(locales: Iterable[str], default: str) -> str:
    """The collection's source locale: the default, or an installed one of its language ("en" for "en-US")."""
    installed = sorted(locales)
    if default in installed:
        return default
    language = language_of(default)
    return next((locale for locale in installed if language_of(locale) == language), default)


def reconciled(parsed: Mapping[str, PackedRow], source_locale: str) -> dict[str, PackedRow]:
    """An article's localizations as parsed, by locale, each as the others complete it."""
    found = dict(parsed)
    for locale, row in parsed.items():
        if not row.units:
            own = _article(row)
            new = without_source(own)
            if locale != source_locale and source_locale in parsed:
                new = align(new, _article(parsed[source_locale]))
        elif row.joined and (reference := _reference(row.variant, parsed)) is not None:
            own = _article(row)
            new = with_exact_covers(own, _article(reference))
        else:
            continue
        if new != own:
            found[locale] = article_row(new, pivot_side(new), locale, row.origin).packed()
    return found


def _reference(variant: str, parsed: Mapping[str, PackedRow]) -> PackedRow | None:
    """The first locale that has the variant's sentences one by one; of several the one with most units."""
    plain = [
        (-row.units, locale)
        for locale, row in parsed.items()
        if row.variant == variant and row.units and not row.joined
    ]
    return parsed[min(plain)[1]] if plain else None


def _article(row: PackedRow) -> Article:
    return row.unpacked().article
