"""Conversations that a client asked to be kept: in one SQLite file of the home, each until it has been idle too long.

A file and not the memory of a process, since the next turn may reach another worker, and a restart loses none. Nothing
is written unless a turn says `store`. Whoever knows a conversation's id may go on with it or delete it: ids are random.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from kb.chat import MAX_HISTORY, HistoryItem
from kb.errors import NotFound
from kb.localdb import LocalDb

FILE = "conversations.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS turns (
    conversation TEXT NOT NULL, number INTEGER NOT NULL, stream TEXT NOT NULL, at REAL NOT NULL, turn TEXT NOT NULL,
    PRIMARY KEY (conversation, number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS turns_by_time ON turns (at);
CREATE INDEX IF NOT EXISTS turns_by_stream ON turns (stream);
"""


class Conversations:
    """The conversations kept in a file, None: in memory. Threads and processes may share the file.

    expire_s   seconds without a turn after which a conversation is gone
    most       how many are kept; the one idle longest goes first
    """

    def __init__(
        self,
        file: Path | None = None,
        *,
        expire_s: float = 3600.0,
        most: int = 10_000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._db = LocalDb(file, _SCHEMA)
        self._expire_s = expire_s
        self._most = most
        self._clock = clock

    def history(self, conversation: str) -> tuple[HistoryItem, ...]:
        """Its latest turns, oldest first. Errors: NotFound when it has expired, was deleted or never was."""
        rows = self._db.read(
            "SELECT at, turn FROM turns WHERE conversation = ? ORDER BY number", (conversation,)
        )
        if not rows or rows[-1][0] < self._clock() - self._expire_s:
            raise NotFound(
                f"no conversation {conversation[:80]!r}: it expired after {self._expire_s:,.0f} seconds without "
                "a turn, was deleted or was never stored; start a new one, or send the history along"
            )
        return tuple(HistoryItem(**json.loads(turn)) for _, turn in rows)

    def before(self, stream: str, question: str) -> tuple[str, tuple[HistoryItem, ...]] | None:
        """The conversation in which this stream's turn was kept, and the turns before it; None where it was not, or
        where it asked another question."""
        rows = self._db.read("SELECT conversation, number, at, turn FROM turns WHERE stream = ?", (stream,))
        if not rows or rows[0][2] < self._clock() - self._expire_s:
            return None
        conversation, number, _, turn = rows[0]
        if json.loads(turn)["question"] != question:
            return None
        turns = self._db.read(
            "SELECT turn FROM turns WHERE conversation = ? AND number < ? ORDER BY number",
            (conversation, number),
        )
        return conversation, tuple(HistoryItem(**json.loads(turn)) for (turn,) in turns)

    def add(self, conversation: str, stream: str, turn: HistoryItem) -> None:
        """Keeps a turn, unless the stream's was kept already; what has expired or is too much goes."""
        now = self._clock()
        newest = "SELECT conversation, max(at) AS at FROM turns GROUP BY conversation"
        self._db.write(
            (
                "INSERT INTO turns SELECT ?, coalesce(max(number), 0) + 1, ?, ?, ? FROM turns "
                "WHERE conversation = ? HAVING NOT EXISTS (SELECT 1 FROM turns WHERE stream = ?)",
                (conversation, stream, now, json.dumps(asdict(turn)), conversation, stream),
            ),
            (
                "DELETE FROM turns WHERE conversation = ? AND number <= "
                "(SELECT max(number) FROM turns WHERE conversation = ?) - ?",
                (conversation, conversation, MAX_HISTORY),
            ),
            (
                f"DELETE FROM turns WHERE conversation IN (SELECT conversation FROM ({newest}) WHERE at < ?) "
                f"OR conversation NOT IN (SELECT conversation FROM ({newest}) ORDER BY at DESC LIMIT ?)",
                (now - self._expire_s, self._most),
            ),
        )

    def delete(self, conversation: str) -> None:
        """Errors: NotFound when there is none."""
        self.history(conversation)
        self._db.write(("DELETE FROM turns WHERE conversation = ?", (conversation,)))

    def close(self) -> None:
        self._db.close()


def new_id() -> str:
    """A conversation's id, not to be guessed."""
    return secrets.token_urlsafe(18)
