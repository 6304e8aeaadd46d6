"""What follows from a locale's articles and passages, embeddings aside: words, units, what is offered while typing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer.browse import write_locale_browse
from indexer.failures import disk_failures
from indexer.localized import localized_passages
from indexer.pool import each
from kb.articledb import ArticleReader
from kb.lexical import LexicalRow, update_lexical
from kb.locales import language_of
from kb.unitdb import write_units

# Files of a locale that `write_words` makes.
WORD_FILES = ("lexical/", "units.sqlite", "browse.sqlite")


@dataclass(frozen=True, slots=True)
class WordsJob:
    """A locale's folder that has its articles.

    earlier  the folder of an earlier generation's, None where nothing can be taken over
    changed  paths whose text or passages are other than they were there
    """

    folder: Path
    locale: str
    earlier: Path | None = None
    changed: frozenset[str] = frozenset()


def write_words(job: WordsJob) -> str:
    """Writes a locale's files; its name. Errors: InputError for a disk that is full or refuses."""
    with disk_failures(
        job.folder
    ):  # here, since SQLite's errors lose their codes on the way between processes
        _write_lexical(job)
        write_units(job.folder, job.locale, job.earlier, job.changed)
        write_locale_browse(job.folder, job.earlier, job.changed)
    return job.locale


def write_all_words(jobs: Sequence[WordsJob], articles: int) -> Iterator[str]:
    """Writes the files of several locales; their names as they are done. articles: how many there are to read."""
    yield from each(write_words, jobs, articles)


def _write_lexical(job: WordsJob) -> None:
    reader = ArticleReader(job.folder / "articles.sqlite")
    passages = reader.passages()
    now = np.empty(0, dtype=np.int64)
    if job.earlier is not None:
        kept = {(p.path, p.number): p.row for p in passages if p.path not in job.changed}
        old = ArticleReader(job.earlier / "articles.sqlite")
        now = np.array([kept.get((p.path, p.number), -1) for p in old.passages()], dtype=np.int64)
        old.close()
    wanted = None if job.earlier is None else job.changed
    rows = (LexicalRow(p.row, p.title, p.text) for p in localized_passages(reader, wanted))
    earlier = None if job.earlier is None else job.earlier / "lexical"
    update_lexical(job.folder / "lexical", rows, language_of(job.locale), earlier, now)
    reader.close()
