"""What follows from a locale's articles and passages, embeddings aside: words, units, what translates what, what is
offered while typing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from indexer.browse import write_locale_browse
from indexer.failures import disk_failures
from indexer.glosses import write_locale_glosses
from indexer.localized import localized_passages
from indexer.pool import each
from kb.articledb import ArticleReader, PassageRow
from kb.lexicalwriter import LexicalRow, update_lexical
from kb.locales import language_of
from kb.passagedb import PASSAGES, read_passages
from kb.postings import read_postings
from kb.unitdb import write_units

# Files of a locale that `write_words` makes.
WORD_FILES = ("lexical/", "units.sqlite", "glosses.npz", "browse.sqlite")


@dataclass(frozen=True, slots=True)
class WordsJob:
    """A locale's folder that has its articles.

    earlier  the folder of an earlier generation's, None where nothing can be taken over
    changed  paths whose text or passages are other than they were there
    source   whether the locale is its collection's source: its words are also those of source text that only other
             locales have, which the collection's passages, in the folder above, tell
    """

    folder: Path
    locale: str
    earlier: Path | None = None
    changed: frozenset[str] = frozenset()
    source: bool = False


def write_words(job: WordsJob) -> str:
    """Writes a locale's files; its name. Errors: InputError for a disk that is full or refuses."""
    with disk_failures(
        job.folder
    ):  # here, since SQLite's errors lose their codes on the way between processes
        _write_lexical(job)
        write_units(job.folder, job.locale, job.earlier, job.changed)
        write_locale_glosses(job.folder)
        write_locale_browse(job.folder, job.earlier, job.changed)
    return job.locale


def write_all_words(jobs: Sequence[WordsJob], articles: int) -> Iterator[str]:
    """Writes the files of several locales; their names as they are done. articles: how many there are to read."""
    yield from each(write_words, jobs, articles)


def _write_lexical(job: WordsJob) -> None:
    reader = ArticleReader(job.folder / "articles.sqlite")
    passages = reader.passages()
    now = np.empty(0, dtype=np.int64)
    earlier = None
    if job.earlier is not None:
        earlier = job.earlier / "lexical"
        kept = {(p.path, p.number): p.row for p in passages if p.path not in job.changed}
        old = ArticleReader(job.earlier / "articles.sqlite")
        old_passages = old.passages()
        old.close()
        # what is not of its own passages is few, and read anew
        now = np.full(read_postings(earlier).lengths.shape[1], -1, dtype=np.int64)
        now[: len(old_passages)] = [kept.get((p.path, p.number), -1) for p in old_passages]
    wanted = None if job.earlier is None else job.changed
    rows = (LexicalRow(p.row, p.title, p.text) for p in localized_passages(reader, wanted))
    others = _others(job.folder.parent / PASSAGES, passages) if job.source else ()
    update_lexical(job.folder / "lexical", chain(rows, others), language_of(job.locale), earlier, now)
    reader.close()


def _others(file: Path, own: Sequence[PassageRow]) -> Iterator[LexicalRow]:
    """The collection's passages in its source language that the source locale has not itself: other locales' articles
    were translated from another version. They are numbered on from its own, in the order of the views' rows."""
    there = {(p.path, p.number) for p in own}
    others = (p for p in read_passages(file) if p.side == "source" and (p.path, p.number) not in there)
    for row, p in enumerate(others, len(own)):
        title, _, context = p.context.partition("\n")
        yield LexicalRow(row, title, f"{context}\n{p.text}" if context else p.text)
