"""One collection and locale on disk: articles and where their passages lie in them, in one SQLite file."""

from __future__ import annotations

import sqlite3
import threading
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from kb.article import Article
from kb.errors import IndexDamaged
from kb.generation import REBUILD
from kb.packed import pack, unpack_article


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article as stored.

    lines_locale  whose file the block lines are counted in
    variant       digest of the visible source text: equal in localizations of one variant
    units         translation units, p-units among them; joined: how many of them are p-units
    offsets       little-endian int32: where each segment starts in the visible source text, its length last
    origin        names the file's text and all else that the parsed article depends on; "" for one made of others
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
    article: Article
    origin: str = ""

    def packed(self) -> PackedRow:
        values: dict[str, Any] = {name: getattr(self, name) for name in PackedRow._fields if name != "body"}
        return PackedRow(**values, body=pack(self.article))


class PackedRow(NamedTuple):
    """An ArticleRow, its article packed (kb.packed): equal articles have equal rows; most are never looked into."""

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
    body: bytes
    origin: str

    def unpacked(self) -> ArticleRow:
        """Errors: zlib.error or ValueError where the article is damaged."""
        return ArticleRow(*self[:10], unpack_article(self.body), self.origin)


@dataclass(frozen=True, slots=True)
class PassageRow:
    """Passage `number` of an article in this locale: the half-open range of its segments."""

    row: int
    path: str
    number: int
    start: int
    stop: int


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
        found = self.packed(path)
        if found is None:
            return None
        try:
            return found.unpacked()
        except (zlib.error, ValueError) as error:
            raise IndexDamaged(f"{path} in {self._file} can't be read ({error}); {REBUILD}") from error

    def packed(self, path: str) -> PackedRow | None:
        found = self._ask("SELECT * FROM articles WHERE path = ?", (path,))
        return PackedRow(*found[0]) if found else None

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

    def variants(self) -> list[tuple[str, str]]:
        """(path, variant) of all articles in path order."""
        return [(r[0], r[1]) for r in self._ask("SELECT path, variant FROM articles ORDER BY path")]

    def origins(self) -> list[tuple[str, str]]:
        """(path, origin) of all articles in path order."""
        return [(r[0], r[1]) for r in self._ask("SELECT path, origin FROM articles ORDER BY path")]

    def passages(self) -> list[PassageRow]:
        """All passages in row order."""
        return [
            PassageRow(*r)
            for r in self._ask("SELECT row, path, number, start, stop FROM passages ORDER BY row")
        ]

    def passage_keys(self) -> list[tuple[str, int]]:
        """(path, number) of all passages in row order."""
        return self._ask("SELECT path, number FROM passages ORDER BY row")

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
