"""Localizations joined: variants by equal visible source text, passages cut once for each, and the source as a
locale of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from indexer.nearduplicates import Said
from indexer.passages import PassageSettings, Tokens, carry_over, cut_passages
from indexer.stage import article_row, pivot_side
from kb.article import Article, visible
from kb.articledb import ArticleRow, PackedRow
from kb.passage import Passage
from kb.passagedb import StoredPassage


@dataclass(slots=True)
class JoinedArticle:
    """One article of a collection over all its localizations.

    passages  all that are embedded, numbered from 1: those of the first variant, then what others add
    ranges    by locale, for each passage number that it has: the half-open range of its segments
    source    its source side as a localization, None where there is none, or a file of its own
    said      its title and what it says below it, on the side that its passages are cut on
    """

    path: str
    passages: list[Passage]
    ranges: dict[str, list[tuple[int, int, int]]]
    source: PackedRow | None
    said: Said


@dataclass(slots=True)
class _Variant:
    key: str
    locales: list[str] = field(default_factory=list)


def join_article(
    path: str,
    rows: Mapping[str, PackedRow],
    source_locale: str,
    tokens: Tokens,
    settings: PassageSettings,
) -> JoinedArticle:
    """An article of its localizations by locale, in whatever order; at least one."""
    by_key: dict[str, _Variant] = {}
    for locale in sorted(rows):
        by_key.setdefault(rows[locale].variant, _Variant(rows[locale].variant)).locales.append(locale)
    variants = sorted(by_key.values(), key=lambda v: (-len(v.locales), v.locales[0]))
    passages: list[Passage] = []
    numbers: dict[str, int] = {}
    ranges: dict[str, list[tuple[int, int, int]]] = {}
    source: PackedRow | None = None
    said: Said | None = None
    own_source = source_locale in rows
    for variant in variants:
        # whole sentences as units cut more finely than p-units do
        canonical = min(variant.locales, key=lambda locale: (-rows[locale].units, locale))
        article = rows[canonical].unpacked().article
        side = pivot_side(article)
        cut = cut_passages(article, side, tokens, settings)
        if said is None:
            said = _said(article)
        own = []
        for passage in cut:
            number = numbers.get(passage.embedded)
            if number is None or number in own:
                number = len(passages) + 1
                numbers.setdefault(passage.embedded, number)
                passages.append(replace(passage, number=number))
            elif side == "source":
                passages[number - 1] = replace(passages[number - 1], side=side)
            own.append(number)
        offsets = _offsets(rows[canonical])
        for locale in variant.locales:
            carried = carry_over(cut, offsets, _offsets(rows[locale]))
            ranges[locale] = [(n, start, stop) for n, (start, stop) in zip(own, carried, strict=True)]
        if source is None and side == "source" and not own_source:
            source = source_localization(article, source_locale).packed()
            ranges[source_locale] = [(n, p.start, p.stop) for n, p in zip(own, cut, strict=True)]
    assert said is not None  # an article has at least one variant
    return JoinedArticle(path, passages, ranges, source, said)


def source_localization(article: Article, source_locale: str) -> ArticleRow:
    """The source side as a localization; its lines are those of the file that it was read from."""
    blocks = tuple(
        replace(
            block,
            segments=tuple(
                replace(s, target=s.source if s.source is not None else (), source=None, original=None)
                for s in block.segments
            ),
        )
        for block in article.blocks
    )
    swapped = replace(
        article,
        locale=source_locale,
        title=article.source_title or article.title,
        source_title=None,
        translation=None,
        blocks=blocks,
        warnings=(),
    )
    return article_row(swapped, "target", article.locale)


def stored(passages: list[Passage], path: str, first_row: int) -> Iterator[StoredPassage]:
    """Passages as rows of the source view, from `first_row` on."""
    for row, p in enumerate(passages, first_row):
        yield StoredPassage(row, path, p.number, p.tokens, p.split, p.side, p.context, p.text)


def _offsets(row: PackedRow) -> list[int]:
    return [int(n) for n in np.frombuffer(row.offsets, dtype="<i4")]


def _said(article: Article) -> Said:
    side = pivot_side(article)
    body = [b for b in article.blocks if not (b.kind == "heading" and b.level == 1)]
    text = "\n".join("".join(visible(s.runs(side)) for s in b.segments) for b in body)
    title = article.source_title if side == "source" else None
    return Said(article.path, title or article.title, text)
