"""One collection and locale on disk: articles and where their passages lie in them, in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
import threading
import zlib
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kb.errors import IndexDamaged
from kb.generation import REBUILD

_SCHEMA = """
CREATE TABLE articles (
    path TEXT PRIMARY KEY, title TEXT NOT NULL, source_title TEXT, translation TEXT, date TEXT,
    lines_locale TEXT NOT NULL, variant TEXT NOT NULL, units INTEGER NOT NULL, joined INTEGER NOT NULL,
    offsets BLOB NOT NULL, body BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, path TEXT NOT NULL, number INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL
);
CREATE INDEX passages_by_path ON passages (path, number);
"""
_UNSAFE = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article as stored.

    lines_locale  whose file the block lines are counted in
    variant       digest of the visible source text: equal in localizations of one variant
    units         translation units, p-units among them; joined: how many of them are p-units
    offsets       little-endian int32: where each segment starts in the visible source text, its length last
    body          the article's JSON (kb.articlejson)
    """

    path: str
    title: str
    source_title: str | None
    translation: str | None
    date: str | None
    lines_locale: str
    variant: str
    units: int
    joined: int
    offsets: bytes
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PassageRow:
    """Passage `number` of an article in this locale: the half-open range of its segments."""

    row: int
    path: str
    number: int
    start: int
    stop: int


class ArticleWriter:
    """Writes a new file, or with `append` adds to one; leaving the `with` block makes it whole."""

    def __init__(self, file: Path, *, append: bool = False) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(file, isolation_level=None)
        # nobody reads the file before it is whole, and it is flushed when it is published
        self._db.executescript(_UNSAFE + ("" if append else "PRAGMA page_size=8192;" + _SCHEMA))
        self._db.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with closing(self._db):
            if kind is None:
                self._db.execute("COMMIT")

    def add_articles(self, rows: Iterable[ArticleRow]) -> None:
        """Adds articles; one whose path is there already takes its place."""
        self._db.executemany(
            "INSERT OR REPLACE INTO articles VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            (
                (
                    r.path,
                    r.title,
                    r.source_title,
                    r.translation,
                    r.date,
                    r.lines_locale,
                    r.variant,
                    r.units,
                    r.joined,
                    r.offsets,
                    pack(r.body),
                )
                for r in rows
            ),
        )


def add_passages(file: Path, rows: Iterable[PassageRow]) -> None:
    """Replaces a file's passages."""
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.executescript(_UNSAFE + "BEGIN; DELETE FROM passages;")
        db.executemany(
            "INSERT INTO passages VALUES (?,?,?,?,?)",
            ((r.row, r.path, r.number, r.start, r.stop) for r in rows),
        )
        db.execute("COMMIT")


def keep_own_articles(file: Path, locale: str) -> int:
    """How many articles are left when those that were read from another locale's file are removed."""
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.executescript(_UNSAFE)
        db.execute("DELETE FROM articles WHERE lines_locale <> ?", (locale,))
        left: int = db.execute("SELECT count(*) FROM articles").fetchone()[0]
        return left


@dataclass(frozen=True, slots=True)
class Counts:
    """What a file holds; translation: articles by "MT", "HT" or "" where the front matter says nothing."""

    articles: int
    units: int
    translation: dict[str, int]


class ArticleReader:
    """Reads a whole file. Threads may share one."""

    def __init__(self, file: Path) -> None:
        self._uri = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
        self._file = file
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []

    def _db(self) -> sqlite3.Connection:
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is None:
            # each thread has its own; only `close` touches another's, when nobody reads any more
            db = self._local.db = sqlite3.connect(self._uri, uri=True, check_same_thread=False)
            self._open.append(db)
        return db

    def _ask(self, sql: str, values: tuple[Any, ...] = ()) -> list[Any]:
        try:
            return self._db().execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise IndexDamaged(f"{self._file} can't be read ({error}); {REBUILD}") from error

    def paths(self) -> list[str]:
        """All article paths, sorted."""
        return [row[0] for row in self._ask("SELECT path FROM articles ORDER BY path")]

    def article(self, path: str) -> ArticleRow | None:
        found = self._ask("SELECT * FROM articles WHERE path = ?", (path,))
        if not found:
            return None
        row: tuple[Any, ...] = found[0]
        try:
            return ArticleRow(*(*row[:10], unpack(row[10])))
        except (zlib.error, ValueError) as error:
            raise IndexDamaged(f"{path} in {self._file} can't be read ({error}); {REBUILD}") from error

    def require(self, path: str) -> ArticleRow:
        """The article that the file's own passages name; IndexDamaged when it is not there."""
        found = self.article(path)
        if found is None:
            raise IndexDamaged(f"{self._file} has passages of {path} but not the article; {REBUILD}")
        return found

    def titles(self) -> list[str]:
        """The distinct titles, sorted."""
        return [row[0] for row in self._ask("SELECT DISTINCT title FROM articles ORDER BY title")]

    def counts(self) -> Counts:
        articles, units = self._ask("SELECT count(*), coalesce(sum(units), 0) FROM articles")[0]
        kinds = self._ask("SELECT coalesce(translation, ''), count(*) FROM articles GROUP BY 1 ORDER BY 1")
        return Counts(articles, units, dict(kinds))

    def close(self) -> None:
        """Closes the connections of all threads; a later question opens a new one."""
        self._local = threading.local()
        while self._open:
            self._open.pop().close()

    def outlines(self) -> list[tuple[str, int, int]]:
        """(path, units, p-units among them) of all articles in path order."""
        return [
            (r[0], r[1], r[2]) for r in self._ask("SELECT path, units, joined FROM articles ORDER BY path")
        ]

    def variants(self) -> list[tuple[str, str]]:
        """(path, variant) of all articles in path order."""
        return [(r[0], r[1]) for r in self._ask("SELECT path, variant FROM articles ORDER BY path")]

    def passages(self) -> list[PassageRow]:
        """All passages in row order."""
        return [
            PassageRow(*r)
            for r in self._ask("SELECT row, path, number, start, stop FROM passages ORDER BY row")
        ]

    def passages_of(self, path: str) -> list[PassageRow]:
        """An article's passages by number."""
        return [
            PassageRow(*r)
            for r in self._ask(
                "SELECT row, path, number, start, stop FROM passages WHERE path = ? ORDER BY number", (path,)
            )
        ]

    def passage(self, path: str, number: int) -> PassageRow | None:
        found = self._ask(
            "SELECT row, path, number, start, stop FROM passages WHERE path = ? AND number = ?",
            (path, number),
        )
        return PassageRow(*found[0]) if found else None


def pack(value: Any) -> bytes:
    """JSON, deflated: a fifth of its size, 0.1 ms to read back."""
    return zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def unpack(data: bytes) -> Any:
    return json.loads(zlib.decompress(data))
