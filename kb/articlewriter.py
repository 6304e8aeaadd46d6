"""Writes a locale's articles: a file whole, or from an earlier one and what has changed since.

Both ways give the same file byte for byte, since articles are added in path order in one transaction: equal articles
have equal checksums however their index came about.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

from kb.articledb import ArticleRow, PackedRow, PassageRow

_SCHEMA = """
CREATE TABLE articles (
    path TEXT PRIMARY KEY, title TEXT NOT NULL, source_title TEXT, translation TEXT, date TEXT,
    lines_locale TEXT NOT NULL, variant TEXT NOT NULL, units INTEGER NOT NULL, joined INTEGER NOT NULL,
    offsets BLOB NOT NULL, body BLOB NOT NULL, origin TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE passages (
    row INTEGER PRIMARY KEY, path TEXT NOT NULL, number INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL
);
CREATE INDEX passages_by_path ON passages (path, number);
"""
# nobody reads the file before it is whole, and it is flushed when it is published
_UNSAFE = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
_INSERT = f"INSERT INTO articles VALUES ({','.join('?' * len(PackedRow._fields))})"


class ArticleWriter:
    """Writes a new file; `finish`, or leaving the `with` block, makes it whole.

    earlier  a file whose articles are taken over, where they are neither put anew nor dropped
    """

    def __init__(self, file: Path, earlier: Path | None = None) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(file, isolation_level=None, uri=True)
        self._db.executescript(_UNSAFE + "PRAGMA page_size=8192;" + _SCHEMA)
        self._earlier = earlier is not None
        self._reached: str | None = None
        if earlier is not None:
            self._db.execute("ATTACH ? AS earlier", (f"{earlier.absolute().as_uri()}?mode=ro&immutable=1",))
        self._db.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with closing(self._db):
            if kind is None:
                self.finish()

    def finish(self) -> None:
        with closing(self._db):
            self._copy(None)
            self._db.execute("COMMIT")

    def close(self) -> None:
        """Ends without making the file whole."""
        self._db.close()

    def put(self, row: PackedRow) -> None:
        """Adds an article; in path order where there is an earlier file."""
        self.drop(row.path)
        self._db.execute(_INSERT, row)

    def drop(self, path: str) -> None:
        """Leaves out the earlier file's article; in path order."""
        if self._earlier:
            self._copy(path)
            self._reached = path

    def add_articles(self, rows: Iterable[ArticleRow]) -> None:
        for row in rows:
            self.put(row.packed())

    def add_passages(self, rows: Iterable[PassageRow]) -> None:
        """The file's passages, all of them, after all articles."""
        self._copy(None)
        self._db.executemany(
            "INSERT INTO passages VALUES (?,?,?,?,?)",
            ((r.row, r.path, r.number, r.start, r.stop) for r in rows),
        )

    def _copy(self, stop: str | None) -> None:
        """Takes over the articles between the one reached and another, or all that are left."""
        if not self._earlier:
            return
        above = ("path > ?", [self._reached]) if self._reached is not None else ("1", [])
        below = ("path < ?", [stop]) if stop is not None else ("1", [])
        self._db.execute(
            f"INSERT INTO articles SELECT * FROM earlier.articles WHERE {above[0]} AND {below[0]} ORDER BY path",
            above[1] + below[1],
        )
        self._earlier = stop is not None
