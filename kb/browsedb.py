"""What a locale offers besides its passages, on disk: facets, titles, phrases and words, in one SQLite file.

It is made of the locale's stored articles alone, so that a locale carried over gives the same file again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.errors import IndexDamaged
from kb.generation import REBUILD

FILE = "browse.sqlite"
_SCHEMA = """
CREATE TABLE articles (
    path TEXT PRIMARY KEY, title TEXT NOT NULL, key TEXT NOT NULL, translation TEXT, date TEXT,
    product TEXT NOT NULL, custom TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE phrases (text TEXT PRIMARY KEY, key TEXT NOT NULL, articles INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE words (word TEXT PRIMARY KEY, articles INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE labels (label TEXT PRIMARY KEY, articles INTEGER NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What a localization can be filtered by and found by while it is being typed.

    key      the title as `kb.complete.typing_key` folds it
    date     ISO, None if unknown
    product  values of ms.prod, ms.service and the like, sorted, each one line; custom: those of ms.custom
    """

    path: str
    title: str
    key: str
    translation: str | None
    date: str | None
    product: tuple[str, ...]
    custom: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A label or heading and the number of articles that have it."""

    text: str
    key: str
    articles: int


def write_browse(
    file: Path,
    articles: Iterable[ArticleFacts],
    phrases: Iterable[Phrase],
    words: Iterable[tuple[str, int]],
    labels: Iterable[tuple[str, int]] = (),
) -> None:
    """Writes a new file. words: (folded word, number of articles that have it); labels: what phrases are counted
    from, in the same way, for the next build."""
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        # nobody reads the file before it is whole, and it is flushed when it is published
        db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
        db.execute("BEGIN")
        db.executemany(
            "INSERT INTO articles VALUES (?,?,?,?,?,?,?)",
            (
                (a.path, a.title, a.key, a.translation, a.date, "\n".join(a.product), "\n".join(a.custom))
                for a in sorted(articles, key=lambda a: a.path)
            ),
        )
        db.executemany(
            "INSERT INTO phrases VALUES (?,?,?)",
            sorted((p.text, p.key, p.articles) for p in phrases),
        )
        db.executemany("INSERT INTO words VALUES (?,?)", sorted(words))
        db.executemany("INSERT INTO labels VALUES (?,?)", sorted(labels))
        db.execute("COMMIT")


def read_articles(file: Path) -> list[ArticleFacts]:
    """All articles in path order."""
    return [
        ArticleFacts(path, title, key, translation, date, _values(product), _values(custom))
        for path, title, key, translation, date, product, custom in _ask(
            file, "SELECT path, title, key, translation, date, product, custom FROM articles ORDER BY path"
        )
    ]


def read_phrases(file: Path) -> list[Phrase]:
    return [Phrase(*row) for row in _ask(file, "SELECT text, key, articles FROM phrases ORDER BY text")]


def read_words(file: Path) -> list[tuple[str, int]]:
    """(word, articles) in the order of words."""
    return [(row[0], row[1]) for row in _ask(file, "SELECT word, articles FROM words ORDER BY word")]


def read_labels(file: Path) -> list[tuple[str, int]]:
    """(label, articles) in the order of labels."""
    return [(row[0], row[1]) for row in _ask(file, "SELECT label, articles FROM labels ORDER BY label")]


def _values(lines: str) -> tuple[str, ...]:
    return tuple(lines.split("\n")) if lines else ()


def _ask(file: Path, sql: str) -> list[Any]:
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            return db.execute(sql).fetchall()
    except sqlite3.DatabaseError as error:
        raise IndexDamaged(f"{file} can't be read ({error}); {REBUILD}") from error
