"""Corrections applied to stored articles: the text that an imported memory gives takes the place of the file's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from indexer.parse import article_title, first_heading
from indexer.stage import article_row, pivot_side
from indexer.tm.overlay import Correction, Overlay
from kb.article import Article, Run, Segment
from kb.articledb import PackedRow


@dataclass(slots=True)
class Applied:
    """What a locale's corrections did: articles changed, segments that carry one now, and which corrections met a
    segment (`used`) or only such as say the same already (`needless`)."""

    articles: list[str] = field(default_factory=list)
    segments: int = 0
    used: set[Correction] = field(default_factory=set)
    needless: set[Correction] = field(default_factory=set)


def corrected_rows(overlay: Overlay | None, rows: Mapping[str, PackedRow]) -> dict[str, PackedRow]:
    """An article's localizations by locale, as corrections change them, or as their files say where none does.

    Applying twice changes nothing: a corrected segment keeps what its file says (`Segment.original`).
    """
    if overlay is None:
        return dict(rows)
    found = dict(rows)
    for locale in sorted(set(overlay.locales()) & rows.keys()):
        changed = corrected_row(overlay, locale, rows[locale], Applied())
        if changed is not None:
            found[locale] = changed
    return found


def corrected_row(overlay: Overlay | None, locale: str, row: PackedRow, applied: Applied) -> PackedRow | None:
    """A localization as corrections change it, or as its file says where none does; None if that is no other."""
    article = row.unpacked().article
    new = corrected_article(article, overlay, locale, applied)
    if new == article:
        return None
    applied.articles.append(row.path)
    return article_row(new, pivot_side(new), row.lines_locale, row.origin).packed()


def corrected_article(article: Article, overlay: Overlay | None, locale: str, applied: Applied) -> Article:
    """The article with the overlay's texts where a source text agrees, and with its own everywhere else."""
    numbers = {s.unit: s.text("source") for b in article.blocks for s in b.segments if s.unit is not None}

    def segment(old: Segment) -> Segment:
        own = old.target if old.original is None else old.original
        found = _correction(overlay, locale, article.path, old, numbers)
        if found is None:
            return replace(old, target=own, original=None)
        target = _safe(found.target, own + (old.source or ()))
        if target == own:
            applied.needless.add(found)
            return replace(old, target=own, original=None)
        applied.used.add(found)
        applied.segments += 1
        return replace(old, target=target, original=own)

    blocks = tuple(replace(b, segments=tuple(segment(s) for s in b.segments)) for b in article.blocks)
    if blocks == article.blocks:
        return article
    title = article_title(article.metadata, first_heading(blocks), article.path)
    return replace(article, blocks=blocks, title=title)


def _correction(
    overlay: Overlay | None, locale: str, path: str, segment: Segment, numbers: Mapping[str, str]
) -> Correction | None:
    """The one that holds for a segment: of its own unit, else of its article, else of its text anywhere."""
    if overlay is None or segment.source is None or segment.unit is None:
        return None
    source = segment.text("source")
    found = overlay.of_source(locale, source) if source else []

    def distance(c: Correction) -> int:
        if c.article == path:
            if c.unit in ("", segment.unit):
                return 0 if c.unit else 1
            # another variant of the article numbers the sentence differently
            return 2 if numbers.get(c.unit) != source else 9
        return 3 if not c.article else 9

    best = min(found, key=lambda c: (distance(c), c.unit), default=None)
    return best if best is not None and distance(best) < 9 else None


def _safe(target: tuple[Run, ...], known: tuple[Run, ...]) -> tuple[Run, ...]:
    """The runs with those links and pictures alone that the article has in this place anyway."""
    hrefs, images = {r.href for r in known}, {r.image for r in known}
    return tuple(
        run if run.href in hrefs else replace(run, href=None)
        for run in target
        if run.image is None or run.image in images
    )
