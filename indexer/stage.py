"""From article files to stored articles: read, parsed on all cores, written locale by locale."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from indexer.buildstate import ArchiveRecord, FileFacts
from indexer.covers import is_joined
from indexer.dates import article_date
from indexer.frontmatter import parse_frontmatter
from indexer.locate import FileName, Places, locate
from indexer.parse import normalise_newlines, parse_article
from indexer.passages import visible_text_offsets
from indexer.pool import mapped
from indexer.recall import KnownFile, Recall, RecalledArchive, file_key
from indexer.report import BuildReport, LocaleReport, Problem, Progress
from indexer.sources import ArticleFile, ExcludedFile, SeenFile, SkippedFile, Source
from kb.article import Article, Side
from kb.articledb import ArticleRow, PackedRow
from kb.articlewriter import ArticleWriter

Readable = ArticleFile | ExcludedFile
STAGED = "staged"  # folder of articles parsed anew, below that of a generation in the making


@dataclass(frozen=True, slots=True)
class Parsed:
    """What came of a file, and its article as it will be stored; None of an excluded file and of a problem."""

    source: str
    name: str
    key: str
    facts: FileFacts
    row: PackedRow | None


@dataclass(slots=True)
class Staging:
    """The run's articles by locale: the files of those parsed anew, the paths of those that are as they were.

    files     what came of each file, by its key; archives: their records, by key
    """

    stores: dict[str, Path] = field(default_factory=dict)
    same: dict[str, set[str]] = field(default_factory=dict)
    files: dict[str, FileFacts] = field(default_factory=dict)
    archives: dict[str, list[ArchiveRecord]] = field(default_factory=dict)


def article_row(article: Article, side: Side, lines_locale: str, origin: str = "") -> ArticleRow:
    """An article as stored; its variant is the digest of the visible text of the side that passages are cut on."""
    text, offsets = visible_text_offsets(article, side)
    return ArticleRow(
        path=article.path,
        title=article.title,
        source_title=article.source_title,
        translation=article.translation,
        date=article_date(article.metadata),
        lines_locale=lines_locale,
        variant=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        units=sum(s.unit is not None for b in article.blocks for s in b.segments),
        joined=sum(is_joined(s) for b in article.blocks for s in b.segments),
        offsets=np.asarray(offsets, dtype="<i4").tobytes(),
        article=article,
        origin=origin,
    )


def pivot_side(article: Article) -> Side:
    """The side that an article's passages are cut on: the source where there is one."""
    return "source" if article.bilingual else "target"


def parse_file(file: Readable, locale: str | None, source_locale: str) -> Parsed:
    """The article of a file, or why there is none."""
    key = file_key(file, locale, source_locale)
    text = normalise_newlines(file.data)
    front = parse_frontmatter(text)
    located = locate(file.name, file.source, front.metadata, locale)
    excluded = isinstance(file, ExcludedFile)
    if isinstance(located, str):
        return Parsed(file.source, file.name, key, FileFacts("", "", excluded, 0, 0, (), located), None)
    article = parse_article(text, located.path, located.locale, source_locale)
    row = article_row(article, pivot_side(article), located.locale, key)
    warnings = tuple((w.line, w.message) for w in article.warnings)
    facts = FileFacts(located.locale, located.path, excluded, row.units - front.units, front.units, warnings)
    return Parsed(file.source, file.name, key, facts, None if excluded else row.packed())


def _parse_chunk(files: list[Readable], locale: str | None, source_locale: str) -> list[Parsed]:
    return [parse_file(file, locale, source_locale) for file in files]


def stage_sources(
    sources: Sequence[Source | RecalledArchive],
    folder: Path,
    report: BuildReport,
    progress: Progress,
    locale: str | None,
    recall: Recall | None = None,
) -> Staging:
    """Writes the articles of all sources below `folder`, one file a locale, except for those that are known."""
    staging = Staging()
    writers: dict[str, ArticleWriter] = {}
    places = Places()
    counts: dict[str, LocaleReport] = {}
    files = _Files(sources, staging, report, progress, recall)
    with ExitStack() as open_files:
        for parsed in files.parsed(locale, report.source_locale):
            progress.advance()
            facts, file = parsed.facts, FileName(parsed.source, parsed.name)
            staging.files[parsed.key] = facts
            if facts.problem is not None:
                report.skipped.append(Problem(str(file), None, facts.problem))
                continue
            if facts.excluded:
                report.excluded += 1
                report.excluded_units += facts.units
                continue
            taken = places.claim(facts.locale, facts.path, file)
            if taken is not None:
                report.skipped.append(Problem(str(file), None, taken))
                continue
            if isinstance(parsed, KnownFile):
                staging.same.setdefault(facts.locale, set()).add(facts.path)
            elif parsed.row is not None:
                if facts.locale not in writers:
                    staging.stores[facts.locale] = folder / f"{facts.locale}.sqlite"
                    writers[facts.locale] = open_files.enter_context(
                        ArticleWriter(staging.stores[facts.locale])
                    )
                writers[facts.locale].put(parsed.row)
            count = counts.setdefault(facts.locale, LocaleReport(facts.locale))
            count.articles += 1
            count.units += facts.units
            count.front_matter_units += facts.front_matter_units
            report.indexed += 1
            report.warnings += [Problem(str(file), line, message) for line, message in facts.warnings]
    report.locales = [counts[name] for name in sorted(counts)]
    return staging


class _Files:
    """The files of all sources in their order: parsed, on all cores, or known."""

    def __init__(
        self,
        sources: Sequence[Source | RecalledArchive],
        staging: Staging,
        report: BuildReport,
        progress: Progress,
        recall: Recall | None,
    ) -> None:
        self._sources = sources
        self._staging = staging
        self._report = report
        self._progress = progress
        self._recall = recall
        # what comes before each file that is being parsed
        self._known: deque[list[KnownFile]] = deque([[]])

    def parsed(self, locale: str | None, source_locale: str) -> Iterator[Parsed | KnownFile]:
        """Whatever the number of processes."""
        work = partial(_parse_chunk, locale=locale, source_locale=source_locale)
        for parsed in mapped(work, self._unknown(locale, source_locale)):
            yield from self._known.popleft()
            yield parsed
        yield from self._known.popleft()

    def _unknown(self, locale: str | None, source_locale: str) -> Iterator[Readable]:
        for source in self._sources:
            records: list[ArchiveRecord] = []
            key = self._recall.keys.get(source.label) if self._recall else None
            for found in source:
                self._report.files += 1
                item = (self._recalled(found) or found.read()) if isinstance(found, SeenFile) else found
                if isinstance(item, SkippedFile):
                    self._progress.advance()
                    file = FileName(item.source, item.name)
                    self._report.skipped.append(Problem(str(file), item.line, item.reason))
                    records.append(ArchiveRecord(item.name, None, item.line, item.reason))
                    continue
                known = item if isinstance(item, KnownFile) else self._recalled(item)
                if known is not None:
                    self._known[-1].append(known)
                    records.append(ArchiveRecord(item.name, known.key))
                elif not isinstance(item, KnownFile):
                    self._known.append([])
                    records.append(ArchiveRecord(item.name, file_key(item, locale, source_locale)))
                    yield item
            if key is not None:
                self._staging.archives[key] = records

    def _recalled(self, file: Readable | SeenFile) -> KnownFile | None:
        return self._recall.file(file) if self._recall is not None else None
