"""From article files to stored articles: read, parsed on all cores, written locale by locale."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath

import numpy as np

from indexer.covers import is_joined
from indexer.dates import article_date
from indexer.frontmatter import parse_frontmatter
from indexer.locate import Located, Places, locate
from indexer.parse import normalise_newlines, parse_article
from indexer.passages import visible_text_offsets
from indexer.pool import mapped
from indexer.report import BuildReport, LocaleReport, Problem, Progress
from indexer.sources import ArticleFile, ExcludedFile, SkippedFile, Source
from kb.article import Article, Side
from kb.articledb import ArticleRow, ArticleWriter
from kb.articlejson import article_to_json

Readable = ArticleFile | ExcludedFile


@dataclass(frozen=True, slots=True)
class Staged:
    """One parsed file on its way into its locale's store; of an excluded one only the counts go on."""

    source: str
    name: str
    located: Located
    excluded: bool
    row: ArticleRow
    front_matter_units: int
    warnings: tuple[tuple[int, str], ...]

    @property
    def file(self) -> str:
        return str(PurePath(self.source, self.name))


def article_row(article: Article, side: Side, lines_locale: str) -> ArticleRow:
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
        body=article_to_json(article),
    )


def pivot_side(article: Article) -> Side:
    """The side that an article's passages are cut on: the source where there is one."""
    return "source" if article.bilingual else "target"


def parse_file(file: Readable, locale: str | None, source_locale: str) -> Staged | Problem:
    """The article of a file, or why there is none."""
    text = normalise_newlines(file.data)
    front = parse_frontmatter(text)
    located = locate(file.name, file.source, front.metadata, locale)
    if isinstance(located, str):
        return Problem(str(PurePath(file.source, file.name)), None, located)
    article = parse_article(text, located.path, located.locale, source_locale)
    row = article_row(article, pivot_side(article), located.locale)
    warnings = tuple((w.line, w.message) for w in article.warnings)
    excluded = isinstance(file, ExcludedFile)
    return Staged(file.source, file.name, located, excluded, row, front.units, warnings)


def _parse_chunk(files: list[Readable], locale: str | None, source_locale: str) -> list[Staged | Problem]:
    return [parse_file(file, locale, source_locale) for file in files]


def stage_sources(
    sources: Sequence[Source],
    folder: Path,
    report: BuildReport,
    progress: Progress,
    locale: str | None,
) -> dict[str, Path]:
    """Writes the articles of all sources below `folder`, one file a locale; their paths by locale."""
    writers: dict[str, ArticleWriter] = {}
    places = Places()
    counts: dict[str, LocaleReport] = {}
    with ExitStack() as open_files:
        for staged in _parsed(_article_files(sources, report, progress), locale, report.source_locale):
            progress.advance()
            if isinstance(staged, Problem):
                report.skipped.append(staged)
                continue
            if staged.excluded:
                report.excluded += 1
                report.excluded_units += staged.row.units - staged.front_matter_units
                continue
            taken = places.claim(staged.located, staged.source, staged.name)
            if taken is not None:
                report.skipped.append(Problem(staged.file, None, taken))
                continue
            name = staged.located.locale
            if name not in writers:
                writers[name] = open_files.enter_context(ArticleWriter(_file(folder, name)))
            writers[name].add_articles([staged.row])
            count = counts.setdefault(name, LocaleReport(name))
            count.articles += 1
            count.units += staged.row.units - staged.front_matter_units
            count.front_matter_units += staged.front_matter_units
            report.indexed += 1
            report.warnings += [Problem(staged.file, line, message) for line, message in staged.warnings]
    report.locales = [counts[name] for name in sorted(counts)]
    return {name: _file(folder, name) for name in writers}


def _file(folder: Path, locale: str) -> Path:
    return folder / locale / "articles.sqlite"


def _article_files(sources: Sequence[Source], report: BuildReport, progress: Progress) -> Iterator[Readable]:
    for source in sources:
        for item in source:
            report.files += 1
            if isinstance(item, SkippedFile):
                progress.advance()
                report.skipped.append(Problem(str(PurePath(item.source, item.name)), item.line, item.reason))
            else:
                yield item


def _parsed(files: Iterator[Readable], locale: str | None, source_locale: str) -> Iterator[Staged | Problem]:
    """Parsed files in the order of the sources, whatever the number of processes."""
    return mapped(partial(_parse_chunk, locale=locale, source_locale=source_locale), files)
