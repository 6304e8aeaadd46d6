"""A collection's articles and passages, written anew as far as they have changed.

Of an article that is the same in every locale nothing is looked at: its rows are copied, or its file is linked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from indexer.buildstate import BuildState
from indexer.join import JoinedArticle, join_article, stored
from indexer.localefiles import LocaleWriter, ParsedLocale, Written, article_rows
from indexer.nearduplicates import Gist, gist_of, groups_of, similar_pairs
from indexer.passages import PassageSettings, Tokens
from indexer.previous import EarlierCollection
from indexer.reconcile import reconciled
from indexer.report import Progress
from indexer.tm.corrections import corrected_rows
from indexer.tm.overlay import overlay_file, read_overlay
from indexer.tokencounts import KnownTokens
from kb.passagedb import PASSAGES, StoredPassage, read_bodies, read_passages, write_passages


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an article's passages depend on besides its localizations."""

    home: Path
    collection: str
    source_locale: str
    tokens: Tokens
    settings: PassageSettings


@dataclass(frozen=True, slots=True)
class WrittenArticles:
    """locales: what was written, by locale, those that have no article left out; passages: all of the collection in
    the order of its views' rows; changed: whether they are other than before; linked: whether their file can be."""

    locales: dict[str, Written]
    passages: list[StoredPassage]
    changed: bool
    linked: bool


def affected_paths(parsed: Mapping[str, ParsedLocale], earlier: EarlierCollection | None) -> set[str]:
    """Paths of articles whose localizations have changed; all where nothing is taken over."""
    if earlier is None:
        return {path for locale in parsed.values() for path in locale.paths}
    found = {path for locale in parsed.values() for path in locale.changed()}
    for name in earlier.locales.keys() - parsed.keys():
        found |= earlier.origins(name).keys()
    return found


def write_articles(
    folder: Path,
    parsed: Mapping[str, ParsedLocale],
    recipe: Recipe,
    earlier: EarlierCollection | None,
    state: BuildState,
    progress: Progress,
) -> WrittenArticles:
    """Writes below a collection's folder what isn't as it was.

    earlier  what is taken over, None for nothing; state: gets the gists and the pairs of near-duplicates
    """
    affected = affected_paths(parsed, earlier)
    names = sorted(parsed.keys() | {recipe.source_locale} | (earlier.locales.keys() if earlier else set()))
    joined: list[JoinedArticle] = []
    with ExitStack() as stack:
        writers = {
            name: stack.enter_context(
                closing(LocaleWriter(folder / name, earlier.locales.get(name) if earlier else None))
            )
            for name in names
        }
        known = KnownTokens(recipe.tokens, earlier.state.counts if earlier else {})
        for article in _join(sorted(affected), parsed, recipe, known, writers):
            joined.append(article)
            state.counts[article.path] = known.used()
            progress.advance()
        written = {name: writer.finish() for name, writer in writers.items()}
    there = {name: found for name, found in written.items() if found is not None}
    for article in joined:
        state.gists[article.path] = gist_of(article.said)
    if earlier is not None:
        state.counts |= {path: c for path, c in earlier.state.counts.items() if path not in affected}
        state.gists |= {path: g for path, g in earlier.state.gists.items() if path not in affected}
    state.similar = similar_pairs(
        state.gists, earlier.state.similar if earlier else (), None if earlier is None else affected
    )
    passages = _passages(joined, affected, earlier)
    bodies = _bodies(state.gists, groups_of(state.similar))
    before = read_passages(earlier.folder / PASSAGES) if earlier else None
    linked = before == passages and earlier is not None and read_bodies(earlier.folder / PASSAGES) == bodies
    if not linked:
        write_passages(folder / PASSAGES, passages, sorted(bodies.items()))
    return WrittenArticles(there, passages, before != passages, linked)


def _join(
    paths: list[str],
    parsed: Mapping[str, ParsedLocale],
    recipe: Recipe,
    tokens: KnownTokens,
    writers: Mapping[str, LocaleWriter],
) -> Iterator[JoinedArticle]:
    source_locale = recipe.source_locale
    with read_overlay(overlay_file(recipe.home, recipe.collection)) as overlay:
        for path in paths:
            tokens.begin(path)
            own = article_rows(parsed, path)
            rows = corrected_rows(overlay, reconciled(own, source_locale))
            joined = join_article(path, rows, source_locale, tokens, recipe.settings) if rows else None
            if joined is not None and joined.source is not None:
                rows[source_locale] = joined.source
            for locale, writer in writers.items():
                if joined is not None and locale in rows:
                    row = rows[locale]
                    writer.put(row, own.get(locale, row), joined.ranges[locale])
                else:
                    writer.drop(path)
            if joined is not None:
                joined.source = None  # it is written, and large
                yield joined


def _passages(
    joined: list[JoinedArticle], affected: Collection[str], earlier: EarlierCollection | None
) -> list[StoredPassage]:
    by_path: dict[str, list[StoredPassage]] = {}
    if earlier is not None:
        for path, rows in groupby(read_passages(earlier.folder / PASSAGES), lambda p: p.path):
            if path not in affected:
                by_path[path] = list(rows)
    for article in joined:
        by_path[article.path] = list(stored(article.passages, article.path, 0))
    ordered = (passage for path in sorted(by_path) for passage in by_path[path])
    return [replace(passage, row=row) for row, passage in enumerate(ordered)]


def _bodies(gists: Mapping[str, Gist], first_of: Mapping[str, str]) -> dict[str, str]:
    """The digest of each article's text by path; of near-duplicates that of the first of them."""
    # articles of equal text are one whatever their titles: what stands for one of them stands for all
    equal: dict[str, str] = {}
    for path, first in first_of.items():
        equal.setdefault(gists[path].digest, gists[first].digest)
    return {path: equal.get(gists[path].digest, gists[path].digest) for path in sorted(gists)}
