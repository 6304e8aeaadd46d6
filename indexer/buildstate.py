"""What a build leaves for the next one, in `build.sqlite` of a collection: the files that it has read and what came of
them.

No reader of the index needs it. It is equal for equal sources in equal places, in whatever order they came.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from indexer.nearduplicates import Gist
from indexer.stamp import program_stamp
from indexer.tokencounts import Counts
from kb.errors import IndexDamaged
from kb.generation import REBUILD

FILE = "build.sqlite"
_PROGRAM = "program"
_SCHEMA = """
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE files (
    key TEXT PRIMARY KEY, locale TEXT NOT NULL, path TEXT NOT NULL, excluded INTEGER NOT NULL,
    units INTEGER NOT NULL, front_matter_units INTEGER NOT NULL, told TEXT
) WITHOUT ROWID;
CREATE TABLE archives (key TEXT PRIMARY KEY, records TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE gists (
    path TEXT PRIMARY KEY, digest TEXT NOT NULL, title BLOB NOT NULL, body BLOB NOT NULL, shingles BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE counts (path TEXT PRIMARY KEY, hashes BLOB NOT NULL, tokens BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE similar (one TEXT NOT NULL, other TEXT NOT NULL, PRIMARY KEY (one, other)) WITHOUT ROWID;
"""


class FileFacts(NamedTuple):
    """What came of a file: an article at (locale, path), counts of an excluded one, or the problem that it is.

    units  in its body; front_matter_units: those in broken front matter, which come on top
    """

    locale: str
    path: str
    excluded: bool
    units: int
    front_matter_units: int
    warnings: tuple[tuple[int, str], ...]
    problem: str | None = None


class ArchiveRecord(NamedTuple):
    """A file of an archive by its name: its key, or the reason why it can't be read and its line."""

    name: str
    key: str | None
    line: int | None = None
    reason: str | None = None


@dataclass(slots=True)
class BuildState:
    """about: "stamp" of the program and settings, "overlay" digest of the corrections, "questions/<locale>" digest of
    the titles that its mean vectors are of; files and archives by key; gists and token counts by path; similar: pairs
    of paths.
    """

    about: dict[str, str] = field(default_factory=dict)
    files: dict[str, FileFacts] = field(default_factory=dict)
    archives: dict[str, list[ArchiveRecord]] = field(default_factory=dict)
    gists: dict[str, Gist] = field(default_factory=dict)
    counts: dict[str, Counts] = field(default_factory=dict)
    similar: list[tuple[str, str]] = field(default_factory=list)


def write_state(folder: Path, state: BuildState) -> None:
    """Writes a new file."""
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as db:
        db.executescript(_SCHEMA + "BEGIN;")
        for table, rows in (
            ("about", sorted({**state.about, _PROGRAM: program_stamp()}.items())),
            ("files", ((key, *_facts_row(state.files[key])) for key in sorted(state.files))),
            ("archives", ((key, json.dumps(state.archives[key])) for key in sorted(state.archives))),
            ("gists", (_gist_row(path, state.gists[path]) for path in sorted(state.gists))),
            ("counts", ((path, *_counts_row(state.counts[path])) for path in sorted(state.counts))),
            ("similar", sorted(state.similar)),
        ):
            columns = len(db.execute(f"PRAGMA table_info({table})").fetchall())
            db.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * columns)})", rows)
        db.execute("COMMIT")


def read_state(folder: Path) -> BuildState:
    """An empty one where another program has written it: whatever it has found out is found out anew.

    Errors: IndexDamaged.
    """
    file = folder / FILE
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            about = dict(db.execute("SELECT key, value FROM about"))
            if about.pop(_PROGRAM, None) != program_stamp():
                return BuildState()
            return BuildState(
                about,
                {row[0]: _facts(row) for row in db.execute("SELECT * FROM files")},
                {
                    key: [ArchiveRecord(*record) for record in json.loads(records)]
                    for key, records in db.execute("SELECT key, records FROM archives")
                },
                {
                    path: Gist(digest, *(np.frombuffer(blob, dtype="<u8") for blob in blobs))
                    for path, digest, *blobs in db.execute("SELECT * FROM gists")
                },
                {
                    path: Counts(np.frombuffer(hashes, dtype="<u8"), np.frombuffer(tokens, dtype="<u4"))
                    for path, hashes, tokens in db.execute("SELECT * FROM counts")
                },
                list(db.execute("SELECT one, other FROM similar ORDER BY one, other")),
            )
    except (sqlite3.DatabaseError, ValueError, TypeError) as error:
        raise IndexDamaged(f"{file} can't be read ({error}); {REBUILD}") from error


def set_about(folder: Path, values: Mapping[str, str]) -> None:
    """Changes what a copied file says about its build."""
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as db:
        db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
        db.executemany("INSERT OR REPLACE INTO about VALUES (?,?)", sorted(values.items()))


def _facts(row: tuple[str, str, str, int, int, int, str | None]) -> FileFacts:
    _key, locale, path, excluded, units, front_matter_units, told = row
    if told is None:
        return FileFacts(locale, path, excluded == 1, units, front_matter_units, ())
    warnings, problem = json.loads(told)
    warned = tuple((line, message) for line, message in warnings)
    return FileFacts(locale, path, excluded == 1, units, front_matter_units, warned, problem)


def _facts_row(facts: FileFacts) -> tuple[object, ...]:
    told = json.dumps([facts.warnings, facts.problem]) if facts.warnings or facts.problem else None
    return *facts[:5], told


def _counts_row(counts: Counts) -> tuple[bytes, bytes]:
    return (
        np.asarray(counts.hashes, dtype="<u8").tobytes(),
        np.asarray(counts.tokens, dtype="<u4").tobytes(),
    )


def _gist_row(path: str, gist: Gist) -> tuple[str, str, bytes, bytes, bytes]:
    title, body, shingles = (
        np.asarray(words, dtype="<u8").tobytes() for words in (gist.title, gist.body, gist.shingles)
    )
    return path, gist.digest, title, body, shingles
