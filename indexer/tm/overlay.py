"""Corrections of translations: HOME/overlays/<collection>.sqlite, beside the generations and older than they get.

A correction says what a source text is in a locale; with an article and a unit it says so of that unit alone. The
file is replaced whole, and together with the generation that has its corrections (kb.beside), so a reader and a crash
see both old ones or both new ones.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kb.article import Run
from kb.errors import IndexDamaged

FOLDER = "overlays"
_VERSION = 1
_SCHEMA = f"""
PRAGMA user_version={_VERSION};
CREATE TABLE corrections (
    locale TEXT NOT NULL, source TEXT NOT NULL, article TEXT NOT NULL, unit TEXT NOT NULL, target TEXT NOT NULL,
    PRIMARY KEY (locale, source, article, unit)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Correction:
    """source: visible text; article, unit: "" where it holds anywhere."""

    locale: str
    source: str
    article: str
    unit: str
    target: tuple[Run, ...]


def overlay_file(home: Path, collection: str) -> Path:
    return home / FOLDER / f"{collection}.sqlite"


def overlay_stamp(file: Path) -> str:
    """Digest of a collection's corrections, "" where it has none."""
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""


class Overlay:
    """One collection's corrections, open for reading and, inside `changed_overlay`, for writing."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def add(self, corrections: Iterable[Correction]) -> None:
        """Adds corrections; one that says the same of the same takes the other's place."""
        self._db.executemany(
            "INSERT OR REPLACE INTO corrections VALUES (?,?,?,?,?)",
            (
                (_text(c.locale), _text(c.source), _text(c.article), _text(c.unit), _pack(c.target))
                for c in corrections
            ),
        )

    def remove(self, corrections: Iterable[Correction]) -> None:
        self._db.executemany(
            "DELETE FROM corrections WHERE locale = ? AND source = ? AND article = ? AND unit = ?",
            ((_text(c.locale), _text(c.source), _text(c.article), _text(c.unit)) for c in corrections),
        )

    def clear(self) -> None:
        self._db.execute("DELETE FROM corrections")

    def locales(self) -> list[str]:
        return [r[0] for r in self._db.execute("SELECT DISTINCT locale FROM corrections ORDER BY locale")]

    def count(self) -> int:
        found: int = self._db.execute("SELECT count(*) FROM corrections").fetchone()[0]
        return found

    def of_source(self, locale: str, source: str) -> list[Correction]:
        """All corrections of a source text in a locale."""
        rows = self._db.execute(
            "SELECT article, unit, target FROM corrections WHERE locale = ? AND source = ?",
            (locale, _text(source)),
        )
        return [Correction(locale, source, article, unit, _unpack(target)) for article, unit, target in rows]


@contextmanager
def read_overlay(file: Path) -> Iterator[Overlay | None]:
    """A collection's corrections, None where it has none."""
    if not file.exists():
        yield None
        return
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        _check(db, file)
        yield Overlay(db)


@contextmanager
def changed_overlay(file: Path, copy: Path) -> Iterator[Overlay]:
    """A copy of a collection's corrections to change, whole when the block ends well."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(copy, isolation_level=None)) as db:
        if file.exists():
            with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as old:
                _check(old, file)
                old.backup(db)
        else:
            db.executescript(_SCHEMA)
        db.execute("BEGIN")
        yield Overlay(db)
        db.execute("COMMIT")


def _check(db: sqlite3.Connection, file: Path) -> None:
    try:
        found = db.execute("PRAGMA user_version").fetchone()[0]
        db.execute("SELECT count(*) FROM corrections").fetchone()
    except sqlite3.DatabaseError as error:
        raise IndexDamaged(
            f"{file} can't be read ({error}); remove it, and import the memory again"
        ) from error
    if found != _VERSION:
        raise IndexDamaged(
            f"{file} has version {found}, this program reads {_VERSION}; import the memory again"
        )


def _text(text: str) -> str:
    """SQLite takes no lone surrogates; they become U+FFFD, on both sides of every comparison."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


def _pack(runs: tuple[Run, ...]) -> str:
    return json.dumps([[r.text, r.marks, r.href, r.image] for r in runs])


def _unpack(text: str) -> tuple[Run, ...]:
    return tuple(Run(said, tuple(marks), href, image) for said, marks, href, image in json.loads(text))
