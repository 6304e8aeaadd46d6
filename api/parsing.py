"""What `kb parse` does: one article file parsed, or whole sources parsed and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from indexer.frontmatter import parse_frontmatter
from indexer.locate import locate
from indexer.parse import DEFAULT_SOURCE_LOCALE, normalise_newlines, parse_article
from indexer.report import Problem, Progress
from indexer.sources import ArticleFile, SkippedFile, open_sources
from kb.article import Article
from kb.errors import InputError


def read_article(path: Path) -> ArticleFile:
    """The one article file at a path; InputError when there is none, or it can't be read."""
    records = [record for source in open_sources([path], ()) for record in source]
    if len(records) != 1:
        raise InputError(f"{path}: found {len(records)} articles, expected one; --check takes many")
    (record,) = records
    if isinstance(record, SkippedFile):
        raise InputError(f"{path}: {record.reason}")
    assert isinstance(record, ArticleFile)  # nothing is excluded
    return record


def article_of(file: ArticleFile, locale: str | None) -> Article | Problem:
    """The article of a file, or why it has none."""
    metadata = parse_frontmatter(normalise_newlines(file.data)).metadata
    located = locate(file.name, file.source, metadata, locale)
    if isinstance(located, str):
        return Problem(f"{file.source}/{file.name}", None, located)
    return parse_article(file.data, located.path, located.locale, DEFAULT_SOURCE_LOCALE)


@dataclass(slots=True)
class Check:
    """What parsing whole sources gave: files = parsed + skipped; no file is excluded.

    units               translation units in bodies
    front_matter_units  those in front matter, which they break
    locales             parsed files by locale
    skipped, warnings   with file, line and reason
    """

    files: int = 0
    parsed: int = 0
    units: int = 0
    front_matter_units: int = 0
    locales: dict[str, int] = field(default_factory=dict)
    skipped: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def check_sources(sources: Sequence[Path], locale: str | None, progress: Progress) -> Check:
    """Parses every article file of the sources; InputError when a source can't be opened."""
    opened = open_sources(sources, ())
    progress.stage("parse", sum(map(len, opened)))
    check = Check()
    for record in (record for source in opened for record in source):
        check.files += 1
        progress.advance()
        if isinstance(record, ArticleFile):
            _count(check, record, article_of(record, locale))
        elif isinstance(record, SkippedFile):
            check.skipped.append(Problem(f"{record.source}/{record.name}", record.line, record.reason))
    return check


def _count(check: Check, file: ArticleFile, article: Article | Problem) -> None:
    if isinstance(article, Problem):
        check.skipped.append(article)
        return
    check.parsed += 1
    check.locales[article.locale] = check.locales.get(article.locale, 0) + 1
    in_front_matter = parse_frontmatter(normalise_newlines(file.data)).units
    check.front_matter_units += in_front_matter
    check.units += (
        sum(s.unit is not None for block in article.blocks for s in block.segments) - in_front_matter
    )
    name = f"{file.source}/{file.name}"
    check.warnings += [Problem(name, warning.line, warning.message) for warning in article.warnings]
