"""The recipe of an index, on one page: read, parse, join, cut, encode, write, publish.

A run replaces in its collection exactly the locales that it finds in its sources; other locales and collections
are carried over. The generation that serves stays untouched until the new one is whole.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from indexer.browse import write_locale_browse
from indexer.failures import disk_failures
from indexer.join import JoinedArticle, join_articles, stored
from indexer.localized import localized_passages
from indexer.memory import peak_memory_mb
from indexer.nearduplicates import near_duplicates
from indexer.passages import PassageSettings
from indexer.previous import Previous
from indexer.reconcile import reconcile, source_locale_of
from indexer.report import BuildReport, LocaleReport, Progress
from indexer.sources import DEFAULT_EXCLUDES, open_sources
from indexer.stage import stage_sources
from indexer.steps import BuildStep
from indexer.tm.corrections import apply_overlays
from kb.articledb import ArticleReader, ArticleWriter, PassageRow, add_passages
from kb.embedcache import EmbeddingCache, Kind
from kb.errors import InputError
from kb.fusion import FusionSettings
from kb.generation import (
    CollectionEntry,
    LocaleEntry,
    Manifest,
    building_folder,
    checksums,
    new_id,
    publish,
)
from kb.lazyencoder import LazyEncoder
from kb.lexical import LexicalRow, build_lexical
from kb.locales import language_of
from kb.modelstore import default_cache, resolve
from kb.passagedb import StoredPassage, write_passages
from kb.tokencache import encode_tokens_cached, read_tokens
from kb.tokens import TokenCounter
from kb.tokenview import token_mean, write_token_view
from kb.unitdb import write_units
from kb.vectors import Floats, centre, mean_of, write_view
from kb.writerlock import writer_lock

DEFAULT_SOURCE_LOCALE = "en-US"
# Titles that stand for a language's questions when its mean vector is taken.
_MEAN_SAMPLE = 256
_COLLECTION = re.compile(r"\w[\w-]{0,63}")


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """locale: of files that tell none; excludes: replace the default globs; allow_shrink: a locale may lose more
    than 30 % of its articles."""

    collection: str = "default"
    locale: str | None = None
    excludes: tuple[str, ...] | None = None
    model: str | None = None
    cache: Path | None = None
    passages: PassageSettings = field(default_factory=PassageSettings)
    allow_shrink: bool = False


def build(sources: Sequence[Path], home: Path, *, options: BuildOptions, progress: Progress) -> BuildReport:
    """Indexes the sources into a new generation and publishes it.

    Errors: InputError for sources that can't be read or hold no article, and for a disk that is full or refuses;
    IndexDamaged where what is to be kept can't be. Whatever is raised, the generation that served before still
    does.
    """
    if not _COLLECTION.fullmatch(options.collection):
        raise InputError(
            f"collection {options.collection!r} found, expected a name of at most 64 letters, digits, - and _"
        )
    with disk_failures(home):
        return _build(sources, home, options, progress)


def _build(sources: Sequence[Path], home: Path, options: BuildOptions, progress: Progress) -> BuildReport:
    progress.stage(BuildStep.READ, None)
    cache = options.cache or default_cache()
    model = resolve(options.model, cache)
    excludes = DEFAULT_EXCLUDES if options.excludes is None else options.excludes
    opened = open_sources(sources, excludes)
    report = BuildReport(collection=options.collection, source_locale=DEFAULT_SOURCE_LOCALE)
    with writer_lock(home), building_folder(home) as folder:
        previous = Previous.of(home, options.allow_shrink, progress)
        encoder = LazyEncoder(model)
        previous.refuse_other_encoder(
            options.collection, encoder.fingerprint, str(options.model or model.name)
        )
        collection = folder / options.collection
        with report.timed("parse"):
            progress.stage(BuildStep.PARSE, sum(len(source) for source in opened))
            fresh = stage_sources(opened, collection, report, progress, options.locale)
        if not report.indexed:
            raise InputError(_nothing_found(sources, report))
        previous.refuse_shrinking(options.collection, report.locales)
        stores = previous.carry_over(folder, options.collection, set(fresh)) | fresh
        report.source_locale = source_locale_of(stores, DEFAULT_SOURCE_LOCALE)
        with report.timed("passages"):
            progress.stage(BuildStep.COMPLETE, None)
            reconcile(stores, report.source_locale)
            apply_overlays(home, options.collection, stores)
            progress.stage(BuildStep.CUT, None)
            joined = _join(stores, report.source_locale, TokenCounter(model), options.passages, progress)
            progress.stage(BuildStep.WRITE, None)
            rows = _write_rows(collection, stores, joined, report)
        with report.timed("lexical"):
            progress.stage(BuildStep.WORDS, len(rows.locales))
            for locale in sorted(rows.locales):
                write_words(collection / locale, locale)
                progress.advance()
        with report.timed("encode"), EmbeddingCache(cache, encoder.fingerprint) as embeddings:
            _write_views(collection, joined, rows.locales, _Embedder(encoder, embeddings, progress))
        report.embedded = encoder.encoded
        report.passages = sum(len(j.passages) for j in joined)
        with report.timed("publish"):
            progress.stage(BuildStep.CHECKSUMS, None)
            entry = CollectionEntry(
                report.source_locale, list(excludes), report.passages, rows.locales, asdict(options.passages)
            )
            fresh_files = checksums(collection)
            files = previous.files | {
                f"{options.collection}/{name}": said for name, said in fresh_files.items()
            }
            manifest = Manifest(
                id=new_id(files),
                created=datetime.now(UTC).isoformat(timespec="seconds"),
                encoder=encoder.fingerprint,
                model=str(options.model or model.name),
                collections=dict(sorted((previous.collections | {options.collection: entry}).items())),
                search={"fusion": asdict(FusionSettings())},
                files=files,
            )
            publish(home, folder, manifest, began=lambda step: progress.stage(step, None))
    report.generation = manifest.id
    report.peak_memory_mb = peak_memory_mb()
    return report


def _nothing_found(sources: Sequence[Path], report: BuildReport) -> str:
    where = ", ".join(str(s) for s in sources)
    if report.skipped:
        first = report.skipped[0]
        return (
            f"no article could be indexed from {where}: {len(report.skipped)} files skipped, "
            f"{report.excluded} excluded; the first, {first.file}: {first.reason}"
        )
    return (
        f"no articles found in {where}: {report.excluded} files excluded; Markdown files (.md) are expected"
    )


def _join(
    stores: Mapping[str, Path],
    source_locale: str,
    tokens: TokenCounter,
    settings: PassageSettings,
    progress: Progress,
) -> list[JoinedArticle]:
    readers = {locale: ArticleReader(path) for locale, path in stores.items()}
    joined: list[JoinedArticle] = []
    for article in join_articles(readers, source_locale, tokens, settings):
        joined.append(article)
        progress.advance()
    for reader in readers.values():
        reader.close()
    return joined


@dataclass(frozen=True, slots=True)
class _Rows:
    locales: dict[str, LocaleEntry]


def _write_rows(
    collection: Path, stores: Mapping[str, Path], joined: Sequence[JoinedArticle], report: BuildReport
) -> _Rows:
    """Writes the collection's passages, each locale's, and the source locale's articles."""
    first = 0
    all_rows: list[StoredPassage] = []
    for j in joined:
        all_rows += stored(j.passages, j.path, first)
        first += len(j.passages)
    write_passages(collection / "passages.sqlite", all_rows, _bodies(joined))
    files = dict(stores)
    if any(j.source for j in joined):
        files[report.source_locale] = collection / report.source_locale / "articles.sqlite"
        with ArticleWriter(files[report.source_locale], append=report.source_locale in stores) as writer:
            writer.add_articles(j.source for j in joined if j.source)
    reports = {r.locale: r for r in report.locales}
    locales: dict[str, LocaleEntry] = {}
    for locale, file in files.items():
        passages = [
            (j.path, number, start, stop) for j in joined for number, start, stop in j.ranges.get(locale, ())
        ]
        add_passages(file, (PassageRow(row, *p) for row, p in enumerate(passages)))
        reader = ArticleReader(file)
        counts = reader.counts()
        reader.close()
        locales[locale] = LocaleEntry(counts.articles, len(passages), counts.units, counts.translation)
        reports.setdefault(locale, LocaleReport(locale)).passages = len(passages)
    return _Rows(dict(sorted(locales.items())))


def _bodies(joined: Sequence[JoinedArticle]) -> Iterator[tuple[str, str]]:
    """Each article's path and the digest of its text; of near-duplicates that of the first of them."""
    digests = {j.path: j.digest for j in joined}
    first_of = near_duplicates(j.said for j in joined)
    # articles of equal text are one whatever their titles: what stands for one of them stands for all
    equal: dict[str, str] = {}
    for path, first in first_of.items():
        equal.setdefault(digests[path], digests[first])
    return ((path, equal.get(digest, digest)) for path, digest in digests.items())


def write_words(folder: Path, locale: str) -> None:
    """Writes what follows from the articles and passages in a locale's folder, embeddings aside."""
    _write_lexical(folder, locale)
    write_units(folder, locale)
    write_locale_browse(folder)


def _write_lexical(folder: Path, locale: str) -> None:
    reader = ArticleReader(folder / "articles.sqlite")
    rows = (LexicalRow(p.row, p.title, p.text) for p in localized_passages(reader))
    build_lexical(folder / "lexical", rows, language_of(locale))
    reader.close()


@dataclass(frozen=True, slots=True)
class _Embedder:
    """Embeddings of texts and their tokens, from the cache where it has them."""

    encoder: LazyEncoder
    cache: EmbeddingCache
    progress: Progress

    def embed(self, texts: Sequence[str], kind: Kind) -> Floats:
        done = 0

        def advance(now: int, _all: int) -> None:
            nonlocal done
            self.progress.advance(now - done)
            done = now

        return encode_tokens_cached(lambda: self.encoder, texts, self.cache, kind, advance)

    def tokens(self, texts: Sequence[str], kind: Kind) -> Iterator[Floats]:
        """Each text's tokens, after `embed`."""
        return read_tokens(lambda: self.encoder, texts, self.cache, kind)


def _write_views(
    collection: Path, joined: Sequence[JoinedArticle], locales: Mapping[str, LocaleEntry], embedder: _Embedder
) -> None:
    """The source view and its tokens, centred, and the mean vectors of passages and of each language's questions."""
    texts = [p.embedded for j in joined for p in j.passages]
    embedder.progress.stage(BuildStep.ENCODE, len(set(texts)))
    vectors = embedder.embed(texts, "passage")
    means = {"passage": mean_of(vectors)}
    embedder.progress.stage(BuildStep.VIEWS, None)
    write_view(collection / "source.view", centre(vectors, means["passage"]))
    average = token_mean(embedder.tokens(texts, "passage"))
    if average is not None:
        write_token_view(collection / "tokens", lambda: embedder.tokens(texts, "passage"), average)
    samples = {locale: _titles(collection / locale / "articles.sqlite") for locale in locales}
    embedder.progress.stage(BuildStep.QUESTIONS, sum(len(s) for s in samples.values()))
    for locale, titles in samples.items():
        means[f"query/{locale}"] = mean_of(embedder.embed(titles, "query"))
        of_tokens = token_mean(embedder.tokens(titles, "query"))
        if average is not None:  # titles may all be without tokens
            means[f"tokens/{locale}"] = average if of_tokens is None else of_tokens
    with (collection / "means.npz").open("wb") as stream:
        np.savez(stream, **means)  # type: ignore[arg-type]


def _titles(file: Path) -> list[str]:
    """A sample of a locale's titles, the same whatever else is indexed."""
    reader = ArticleReader(file)
    titles = sorted(
        reader.titles(), key=lambda t: hashlib.sha256(t.encode("utf-8", "surrogatepass")).digest()
    )
    reader.close()
    return titles[:_MEAN_SAMPLE]
