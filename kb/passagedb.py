"""A collection's passages on disk: what each view's rows stand for, in one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.article import Side
from kb.errors import IndexDamaged
from kb.generation import REBUILD

PASSAGES = "passages.sqlite"  # of a collection
# Shorter texts ("Select Save.") are equal by chance, not because one article repeats the other.
_COPY_CHARACTERS = 60
_SCHEMA = """
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, path TEXT NOT NULL, number INTEGER NOT NULL, tokens INTEGER NOT NULL,
    split INTEGER NOT NULL, side TEXT NOT NULL, context TEXT NOT NULL, text TEXT NOT NULL, copy_of INTEGER NOT NULL
);
CREATE TABLE bodies (path TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """Passage `number` of an article: the text that row `row` of the source view is the embedding of.

    side  "source" if it is in the collection's source language for certain: of an article that has a source
    """

    row: int
    path: str
    number: int
    tokens: int
    split: bool
    side: Side
    context: str
    text: str

    @property
    def embedded(self) -> str:
        """What the encoder reads."""
        return f"{self.context}\n{self.text}" if self.context else self.text


def write_passages(file: Path, rows: Iterable[StoredPassage], bodies: Iterable[tuple[str, str]]) -> None:
    """Writes a new file. bodies: (path, digest of what the article says below its title), for near-duplicates."""
    file.parent.mkdir(parents=True, exist_ok=True)
    firsts: dict[str, int] = {}
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
        db.execute("BEGIN")
        db.executemany(
            "INSERT INTO passages VALUES (?,?,?,?,?,?,?,?,?)",
            (
                (
                    r.row,
                    r.path,
                    r.number,
                    r.tokens,
                    int(r.split),
                    r.side,
                    r.context,
                    r.text,
                    _copy_of(r, firsts),
                )
                for r in rows
            ),
        )
        db.executemany("INSERT INTO bodies VALUES (?,?)", bodies)
        db.execute("COMMIT")


def _copy_of(passage: StoredPassage, firsts: dict[str, int]) -> int:
    words = " ".join(passage.text.casefold().split())
    return firsts.setdefault(words, passage.row) if len(words) >= _COPY_CHARACTERS else passage.row


def read_passage_keys(file: Path) -> list[tuple[str, int, int]]:
    """(path, number, first row of the same text) of each row, in row order."""
    return [(r[0], r[1], r[2]) for r in _ask(file, "SELECT path, number, copy_of FROM passages ORDER BY row")]


def read_source_rows(file: Path) -> list[int]:
    """Rows whose text is in the source language for certain, ascending."""
    return [r[0] for r in _ask(file, "SELECT row FROM passages WHERE side = 'source' ORDER BY row")]


def read_bodies(file: Path) -> dict[str, str]:
    """Digest of each article's text by path."""
    return {r[0]: r[1] for r in _ask(file, "SELECT path, digest FROM bodies")}


def read_passages(file: Path) -> list[StoredPassage]:
    """All rows in order."""
    columns = "row, path, number, tokens, split, side, context, text"
    return [
        StoredPassage(r[0], r[1], r[2], r[3], bool(r[4]), r[5], r[6], r[7])
        for r in _ask(file, f"SELECT {columns} FROM passages ORDER BY row")
    ]


def read_texts(file: Path, first: int, stop: int) -> list[tuple[str, str]]:
    """(context, text) of rows [first, stop), in order."""
    sql = f"SELECT context, text FROM passages WHERE row >= {first:d} AND row < {stop:d} ORDER BY row"
    return [(r[0], r[1]) for r in _ask(file, sql)]


def _ask(file: Path, sql: str) -> list[Any]:
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            return db.execute(sql).fetchall()
    except sqlite3.DatabaseError as error:
        raise IndexDamaged(f"{file} can't be read ({error}); {REBUILD}") from error
