"""One locale's units on disk, ready to be laid side by side and compared with words, in one SQLite file.

Everything in it follows from the articles and the word index beside it. It is there for speed: a lookup reads units by
the hundred, and an article itself takes several times as long to read and to analyse.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from kb.articledb import ArticleReader, ArticleRow
from kb.errors import IndexDamaged
from kb.folding import fold
from kb.generation import REBUILD
from kb.locales import language_of
from kb.packed import pack
from kb.postings import read_terms, term_id
from kb.text import analyse
from kb.unittext import ArticleUnits, UnitText, units_of
from kb.unittokens import Terms, pack_tokens, renumbered

FILE = "units.sqlite"
# The word index's field whose terms number the tokens.
FIELD = "stem"
_SOURCE_LANGUAGE = 4  # where it stands in what is told of an article
_FORMAT = 2
_UNSAFE = "PRAGMA page_size=4096; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
_SCHEMA = """
CREATE TABLE articles (id INTEGER PRIMARY KEY, path TEXT UNIQUE NOT NULL, about TEXT NOT NULL, outline BLOB NOT NULL);
CREATE TABLE units (
    article INTEGER, place INTEGER, unit TEXT, covers TEXT, text TEXT NOT NULL, source TEXT, block INTEGER NOT NULL,
    start INTEGER NOT NULL, stop INTEGER NOT NULL, corrected INTEGER NOT NULL, refolded TEXT, packed BLOB NOT NULL,
    PRIMARY KEY (article, place)
) WITHOUT ROWID;
"""
_READ = """
WITH wanted (path, number) AS ({})
SELECT wanted.path, number, about, outline,
    unit, covers, text, source, block, start, stop, corrected, refolded, packed
FROM wanted CROSS JOIN articles ON articles.path = wanted.path LEFT JOIN units ON article = id {}
ORDER BY article, place
"""


def write_units(
    folder: Path, locale: str, earlier: Path | None = None, changed: Collection[str] = ()
) -> None:
    """Writes a locale's units from the articles in its folder, after its word index.

    earlier  the folder of an earlier generation's, which has the same articles but those changed
    """
    reader = ArticleReader(folder / "articles.sqlite")
    language = language_of(locale)
    terms = read_terms(folder / "lexical")
    number_of = lru_cache(None)(partial(term_id, terms, FIELD))
    kept = {} if earlier is None else _kept(earlier, terms, changed)
    (folder / FILE).unlink(missing_ok=True)
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as db:
        db.executescript(f"{_UNSAFE} PRAGMA user_version={_FORMAT}; {_SCHEMA}")
        db.execute("BEGIN")
        for number, path in enumerate(reader.paths()):
            if path in kept:
                about, units = kept[path]
            else:
                row = reader.require(path)
                about, units = _about(row, locale), list(_units(row, language, number_of))
            db.execute("INSERT INTO articles VALUES (?,?,?,?)", (number, path, *about))
            db.executemany(
                "INSERT INTO units VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
                ((number, place, *unit) for place, unit in enumerate(units)),
            )
        db.execute("COMMIT")
    reader.close()


def _kept(
    earlier: Path, terms: Terms, changed: Collection[str]
) -> dict[str, tuple[tuple[str, bytes], list[tuple[Any, ...]]]]:
    """By path of an article that stays what is told of it, and its units, their tokens numbered by the terms."""
    file = earlier / FILE
    try:
        with closing(_opened(file)) as db:
            articles = db.execute("SELECT id, path, about, outline FROM articles").fetchall()
            units = db.execute("SELECT * FROM units ORDER BY article, place").fetchall()
    except sqlite3.DatabaseError as error:
        raise IndexDamaged(f"{file} can't be read ({error}); {REBUILD}") from error
    packed = renumbered([unit[-1] for unit in units], read_terms(earlier / "lexical"), terms)
    by_article: dict[int, list[tuple[Any, ...]]] = {}
    for unit, tokens in zip(units, packed, strict=True):
        by_article.setdefault(unit[0], []).append((*unit[2:-1], tokens))
    return {
        path: ((about, outline), by_article.get(number, []))
        for number, path, about, outline in articles
        if path not in changed
    }


def _about(row: ArticleRow, locale: str) -> tuple[str, bytes]:
    """What is told of a localization, and of each of its blocks: kind and the headings above."""
    article = row.article
    source_hash = article.metadata.get("ms.openlocfilehash")
    about = [
        row.title,
        row.translation,
        row.date,
        row.variant,
        language_of(article.source_locale),
        source_hash if isinstance(source_hash, str) else None,
        row.lines_locale == locale,
    ]
    headings = [article.heading_path(block, "target") for block in article.blocks]
    outline = pack([[block.kind for block in article.blocks], headings])
    return json.dumps(about, ensure_ascii=False), outline


def _units(row: ArticleRow, language: str, number_of: Callable[[str], int]) -> Iterator[tuple[Any, ...]]:
    """Units as their table has them, from their article's third column on."""
    for u in units_of(row.article):
        folded = fold(u.text)
        tokens = analyse(folded, language)
        packed = pack_tokens(tokens, np.array([number_of(token.text) for token in tokens], dtype=np.uint32))
        refolded = None if folded.text == u.text.lower() else folded.text
        covers = None if u.covers == (u.unit,) else " ".join(u.covers)
        yield u.unit, covers, u.text, u.source, u.block, u.start, u.stop, u.corrected, refolded, packed


def _opened(file: Path) -> sqlite3.Connection:
    uri = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(uri, uri=True, check_same_thread=False)


def read_pairs(folder: Path, language: str) -> list[tuple[str, bytes]]:
    """(source text, packed tokens of its translation) of a locale's units whose source is in a language, each pair of
    texts once, ordered by them."""
    with closing(_opened(folder / FILE)) as db:
        about = db.execute("SELECT id, about FROM articles ORDER BY id").fetchall()
        translated = {number for number, told in about if json.loads(told)[_SOURCE_LANGUAGE] == language}
        rows = db.execute(
            "SELECT source, text, article, packed FROM units WHERE source IS NOT NULL"
        ).fetchall()
    found = {(source, text): packed for source, text, article, packed in rows if article in translated}
    return [(source, found[source, text]) for source, text in sorted(found)]


class UnitFile:
    """Reads a locale's units. Threads may share one."""

    def __init__(self, folder: Path, locale: str) -> None:
        self._file = folder / FILE
        self._locale = locale
        self._local = threading.local()
        if not self._file.is_file():
            raise IndexDamaged(f"{self._file} is missing; {REBUILD}")

    def article(self, path: str) -> ArticleUnits | None:
        """A localization's units; None where the article does not exist in the locale."""
        return self._read("SELECT ? AS path, NULL AS number", (path,), "").get((path, None))

    def numbered(self, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str | None], ArticleUnits]:
        """For each article and unit number the localization cut down to the units that carry the number.

        Without those whose article does not exist in the locale.
        """
        if not wanted:
            return {}
        pairs = "VALUES " + ",".join(["(?,?)"] * len(wanted))
        return self._read(pairs, [value for pair in wanted for value in pair], "AND unit = number")

    def _read(
        self, wanted: str, values: Sequence[str], which: str
    ) -> dict[tuple[str, str | None], ArticleUnits]:
        """wanted: SQL for rows of path and unit number; which: SQL for which of an article's units are read."""
        try:
            rows = self._connection().execute(_READ.format(wanted, which), values).fetchall()
            found: dict[tuple[str, str | None], list[tuple[Any, ...]]] = {}
            for row in rows:
                found.setdefault((row[0], row[1]), []).append(row)
            return {key: self._article(key[0], of_article) for key, of_article in found.items()}
        except (sqlite3.DatabaseError, ValueError, TypeError) as error:
            raise IndexDamaged(f"{self._file} can't be read ({error}); {REBUILD}") from error

    def _article(self, path: str, rows: Sequence[tuple[Any, ...]]) -> ArticleUnits:
        _, _, about, outline, *_ = rows[0]
        # an article that has none of the units has one row of nothing
        units = tuple(_unit(row[4:]) for row in rows if row[6] is not None)
        title, translation, date, variant, language, source_hash, own_file = json.loads(about)
        return ArticleUnits(
            path,
            self._locale,
            title,
            translation,
            date,
            variant,
            language,
            source_hash,
            own_file,
            units,
            outline,
        )

    def _connection(self) -> sqlite3.Connection:
        """This thread's own; IndexDamaged for a file of another form."""
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is None:
            db = _opened(self._file)
            found = db.execute("PRAGMA user_version").fetchone()[0]
            if found != _FORMAT:
                db.close()
                raise IndexDamaged(f"{self._file} has format {found}, expected {_FORMAT}; {REBUILD}")
            self._local.db = db
        return db


def _unit(row: tuple[Any, ...]) -> UnitText:
    unit, covers, text, source, block, start, stop, corrected, refolded, packed = row
    of = (unit,) if covers is None else tuple(covers.split())
    return UnitText(unit, of, text, source, block, start, stop, bool(corrected), refolded, packed)
