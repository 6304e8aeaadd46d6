"""A small SQLite file of the service's own, which several processes and threads write to."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kb.errors import KbError

_WAIT_S = 10.0


class LocalDb:
    """A file that appears with the first thing written to it, readable by its owner alone; None: in memory."""

    def __init__(self, file: Path | None, schema: str) -> None:
        self._file = file
        self._schema = schema
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows; none while there is no file."""
        with self._lock, self._told():
            if self._db is None and (self._file is None or not self._file.exists()):
                return []
            return self._opened().execute(sql, values).fetchall()

    def write(self, *statements: tuple[str, Sequence[Any]]) -> int:
        """Runs statements in one transaction; gives how many rows the last one changed."""
        with self._lock, self._told():
            db = self._opened()
            db.execute("BEGIN IMMEDIATE")
            try:
                changed = 0
                for sql, values in statements:
                    changed = db.execute(sql, values).rowcount
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")
            return changed

    def close(self) -> None:
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            if self._file is not None:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._file.touch(0o600)
            place = ":memory:" if self._file is None else str(self._file)
            db = sqlite3.connect(place, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)
            try:
                # a reader does not wait for a writer; what a power cut may cost is the last line written
                db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {self._schema}")
            except BaseException:
                db.close()
                raise
            self._db = db
        return self._db

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise KbError(
                f"{self._file} can't be used ({error}); it is no part of the index: move it away and a new one is made"
            ) from error
