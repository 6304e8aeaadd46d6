"""Checks over whole sources: read in several processes, kept in a spool, told in one order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePath

from indexer.checks.across import find_across
from indexer.checks.finding import Finding, Kind
from indexer.checks.read import CheckedArticle, read_article
from indexer.checks.spool import Spool
from indexer.pool import mapped
from indexer.report import Problem, Progress
from indexer.sources import ArticleFile, SkippedFile, open_sources


@dataclass(slots=True)
class CheckRun:
    """What a run found. Valid as long as its spool is open.

    files   article files, those in `skipped` included
    units   (articles, units) by locale
    counts  findings by locale and kind; nothing for none
    """

    spool: Spool
    kinds: tuple[Kind, ...]
    files: int = 0
    units: dict[str, tuple[int, int]] = field(default_factory=dict)
    counts: dict[tuple[str, Kind], int] = field(default_factory=dict)
    skipped: list[Problem] = field(default_factory=list)

    def findings(self) -> Iterator[Finding]:
        """All findings by locale, path and file, then in reading order, then by kind."""
        return self.spool.findings()

    def total(self, kind: Kind | None = None) -> int:
        """How many findings there are, of one kind or of all."""
        return sum(n for (_, one), n in self.counts.items() if kind in (None, one))


def check_sources(
    sources: Sequence[Path], locale: str | None, kinds: Collection[Kind], progress: Progress, spool: Spool
) -> CheckRun:
    """Checks every article file of the sources, no file excluded.

    locale  of files that tell none, nor lie in its folder
    Errors: InputError when a source can't be opened.
    """
    run = CheckRun(spool, tuple(kinds))
    opened = open_sources(sources, ())
    progress.stage("check", sum(map(len, opened)))

    def files() -> Iterator[ArticleFile]:
        for record in (record for source in opened for record in source):
            run.files += 1
            if isinstance(record, ArticleFile):
                yield record
            elif isinstance(record, SkippedFile):
                progress.advance()
                run.skipped.append(
                    Problem(str(PurePath(record.source, record.name)), record.line, record.reason)
                )

    for checked in mapped(partial(_read_all, locale=locale, kinds=tuple(kinds)), files()):
        progress.advance()
        if isinstance(checked, Problem):
            run.skipped.append(checked)
        else:
            spool.add(checked)
    progress.stage("compare", None)
    find_across(spool, kinds)
    return run


def summarize(run: CheckRun) -> CheckRun:
    """The run with its counts, once every kind is in the spool."""
    run.units = run.spool.units()
    run.counts = run.spool.counts()
    return run


def _read_all(
    files: list[ArticleFile], locale: str | None, kinds: tuple[Kind, ...]
) -> list[CheckedArticle | Problem]:
    return [read_article(file, locale, kinds) for file in files]
