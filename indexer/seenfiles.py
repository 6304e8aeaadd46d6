"""Files of folders that are, by all that the disk says, what they were when they were read: git's index does the same.

    HOME/seen-files.sqlite   for each file by its absolute path: its stamp (times of change, bytes, inode, device) and
                             the SHA-256 of what was read

A stamp holds the time of the last change of content or attributes (ctime), which no program sets: a file that was
written with its size and time of modification kept differs in it. A file that changed while it was read, or less than
two seconds before, isn't remembered, since a second change might fall into the same tick of the disk's clock ("racy
git", Documentation/technical/racy-git.txt). What isn't here is read.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

FILE = "seen-files.sqlite"
_SETTLED_NS = 2_000_000_000  # FAT's times of modification are even seconds
# the last one: the table is not the one that it was, or holds what is no text
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS seen (path BLOB PRIMARY KEY, stamp TEXT NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID;
"""
_log = logging.getLogger(__name__)


class _Seen(NamedTuple):
    stamp: str
    digest: str


class SeenFiles:
    """What is known of files of a home's sources, by absolute paths. One process at a time: the one that holds the
    writer's lock."""

    def __init__(self, home: Path) -> None:
        self._file = home / FILE
        self._before = self._read()
        self._now: dict[bytes, _Seen] = {}

    def digest(self, path: str) -> str | None:
        """The SHA-256 of a file, hex, if it is as it was when it was read; OSError where it can't be looked at."""
        key = os.fsencode(path)
        seen = self._before.get(key)
        if seen is None or seen.stamp != _stamp(os.stat(path)):  # noqa: PTH116  a Path would cost as much again
            return None
        self._now[key] = seen
        return seen.digest

    def remember(self, path: Path, before: os.stat_result, after: os.stat_result, data: bytes) -> None:
        """A file that has been read, and what the disk said of it before and after."""
        stamp = _stamp(before)
        settled = max(before.st_mtime_ns, before.st_ctime_ns) + _SETTLED_NS < time.time_ns()
        if settled and stamp == _stamp(after) and before.st_size == len(data):
            self._now[os.fsencode(path)] = _Seen(stamp, hashlib.sha256(data).hexdigest())

    def save(self, roots: Sequence[Path]) -> None:
        """Writes what has changed; files below the roots that weren't met are forgotten."""
        below = tuple(os.fsencode(root / "_")[:-1] for root in roots)
        gone = [path for path in self._before if path.startswith(below) and path not in self._now]
        fresh = [(path, *seen) for path, seen in self._now.items() if self._before.get(path) != seen]
        if not gone and not fresh:
            return
        with closing(sqlite3.connect(self._file, isolation_level=None)) as db:
            db.executescript(_SCHEMA)
            db.execute("BEGIN IMMEDIATE")
            db.executemany("DELETE FROM seen WHERE path = ?", [(path,) for path in gone])
            db.executemany("INSERT OR REPLACE INTO seen VALUES (?,?,?)", fresh)
            db.execute("COMMIT")

    def _read(self) -> dict[bytes, _Seen]:
        """Everything; nothing of a file that is damaged, which is removed: whatever it said can be found out again."""
        if not self._file.exists():
            return {}
        try:
            with closing(sqlite3.connect(self._file)) as db:
                return {row[0]: _Seen(*row[1:]) for row in db.execute("SELECT path, stamp, digest FROM seen")}
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF not in _DAMAGE:
                raise
            _log.warning(
                "%s is damaged (%s) and begun anew; all files of the sources are read", self._file, error
            )
            for suffix in ("", "-journal"):
                Path(f"{self._file}{suffix}").unlink(missing_ok=True)
            return {}


def _stamp(found: os.stat_result) -> str:
    return f"{found.st_mtime_ns} {found.st_ctime_ns} {found.st_size} {found.st_ino} {found.st_dev}"
