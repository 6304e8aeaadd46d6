"""Everything a run of the checks must remember, in a temporary SQLite file, so that memory stays flat."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, get_args

from indexer.checks.finding import Finding, Found, Kind
from indexer.checks.keys import text_key
from indexer.checks.labels import label_key
from indexer.checks.read import CheckedArticle

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA temp_store = FILE;
PRAGMA cache_size = -32000;
CREATE TABLE article (id INTEGER PRIMARY KEY, locale TEXT, path TEXT, root TEXT, file TEXT);
CREATE TABLE pair (
  id INTEGER PRIMARY KEY, article INTEGER, locale TEXT, unit TEXT, line INTEGER,
  source TEXT, target TEXT, source_key BLOB, target_key TEXT
);
CREATE TABLE finding (pair INTEGER, kind INTEGER, seq INTEGER, message TEXT, source TEXT, target TEXT);
CREATE TABLE term (pair INTEGER, locale TEXT, kind TEXT, term TEXT, kept INTEGER, start INTEGER, stop INTEGER);
CREATE TABLE label (
  pair INTEGER, locale TEXT, source TEXT, target TEXT, s0 INTEGER, s1 INTEGER, t0 INTEGER, t1 INTEGER
);
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS pair_source ON pair (locale, source_key, target_key);
CREATE INDEX IF NOT EXISTS term_name ON term (locale, kind, term, kept);
CREATE INDEX IF NOT EXISTS label_source ON label (locale, source, target);
"""
_KINDS: tuple[Kind, ...] = get_args(Kind)
_NUMBERS: dict[str, int] = {kind: number for number, kind in enumerate(_KINDS)}


class Spool:
    """The file, made in `folder` (the system's temporary folder by default) and gone at the end."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="kb-check-", dir=folder)
        self.db = sqlite3.connect(Path(self._folder.name) / "spool.sqlite", isolation_level=None)
        self.db.executescript(_SCHEMA)
        self.db.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.db.close()
        self._folder.cleanup()

    def add(self, article: CheckedArticle) -> None:
        """Keeps an article's pairs, findings, terms and labels."""
        row = (article.locale, article.path, article.root, article.file)
        number = self.db.execute("INSERT INTO article VALUES (NULL, ?, ?, ?, ?)", row).lastrowid
        for pair in article.pairs:
            texts = (_storable(pair.source), _storable(pair.target))
            # a blank that came or went within a compound makes no other translation
            keys = (text_key(pair.source), text_key(pair.target).replace(" ", ""))
            values = (number, article.locale, pair.unit, pair.line, *texts, *keys)
            pair_id = self.db.execute(
                "INSERT INTO pair VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)", values
            ).lastrowid
            assert pair_id is not None
            for n, found in enumerate(pair.found):
                self.add_found(pair_id, n, found)
            self.db.executemany(
                "INSERT INTO term VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(pair_id, article.locale, t.kind, t.text, t.kept, t.start, t.end) for t in pair.terms],
            )
            self.db.executemany(
                "INSERT INTO label VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        pair_id,
                        article.locale,
                        label_key(_storable(label.source.text)),
                        label_key(_storable(label.target.text)),
                        *label.source.range,
                        *label.target.range,
                    )
                    for label in pair.labels
                ],
            )

    def add_found(self, pair: int, seq: int, found: Found) -> None:
        """Keeps a finding of a pair; `seq` orders those of one kind."""
        ranges = (json.dumps(found.source_ranges), json.dumps(found.target_ranges))
        values = (pair, _NUMBERS[found.kind], seq, _storable(found.message), *ranges)
        self.db.execute("INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?)", values)

    def index(self) -> None:
        """Makes what looks across articles fast; call it when all of them are in."""
        self.db.executescript(_INDEXES)

    def rows(self, sql: str, values: Sequence[object] = ()) -> Iterator[Any]:
        """Rows of a query, one after the other."""
        return iter(self.db.execute(sql, values))

    def findings(
        self, locale: str | None = None, kind: Kind | None = None, most: int = -1
    ) -> Iterator[Finding]:
        """Findings by locale, path and file, then in reading order, then by kind; at most `most` if not negative."""
        found = self.rows(
            "SELECT a.locale, a.path, a.root, a.file, p.line, p.unit, f.kind, f.message, f.source, f.target,"
            " p.source, p.target FROM finding f JOIN pair p ON p.id = f.pair JOIN article a ON a.id = p.article"
            " WHERE (?1 IS NULL OR a.locale = ?1) AND (?2 IS NULL OR f.kind = ?2)"
            " ORDER BY a.locale, a.path, a.root, a.file, p.id, f.kind, f.seq, f.message LIMIT ?3",
            (locale, None if kind is None else _NUMBERS[kind], most),
        )
        for place, path, root, file, line, unit, number, message, *ranges, source, target in found:
            what = Found(_KINDS[number], message, _ranges(ranges[0]), _ranges(ranges[1]))
            yield Finding(place, path, root, file, line, unit, what, source, target)

    def roots(self) -> list[str]:
        """The sources' paths, in alphabetical order."""
        return [root for (root,) in self.rows("SELECT DISTINCT root FROM article ORDER BY root")]

    def counts(self) -> dict[tuple[str, Kind], int]:
        """How many findings each locale and kind has; nothing for none."""
        found = self.rows(
            "SELECT p.locale, f.kind, count(*) FROM finding f JOIN pair p ON p.id = f.pair"
            " GROUP BY p.locale, f.kind ORDER BY p.locale, f.kind"
        )
        return {(locale, _KINDS[kind]): count for locale, kind, count in found}

    def units(self) -> dict[str, tuple[int, int]]:
        """(articles, units) by locale; articles without a source side count too."""
        found = self.rows(
            "SELECT a.locale, count(DISTINCT a.id), count(p.id) FROM article a LEFT JOIN pair p ON p.article = a.id"
            " GROUP BY a.locale ORDER BY a.locale"
        )
        return {locale: (articles, units) for locale, articles, units in found}


def _storable(text: str) -> str:
    """The text without lone surrogates, which UTF-8 can't say; its length stays."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _ranges(text: str) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in json.loads(text))
