"""What has been asked and what came of it, for an operator who switched the log on; personal data masked (kb.masking).

One SQLite file in the home. A line holds the door, the question masked, its language, the generation, the article that
came first, the outcome and its confidence; no address, no client, no conversation. The oldest lines go when there are
too many or they are too old.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.localdb import LocalDb
from kb.masking import mask

FILE = "queries.sqlite"
MAX_QUESTION = 500
MAX_KEPT = 200_000
MAX_AGE_S = 90 * 86_400.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS queries (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, door TEXT NOT NULL, question TEXT NOT NULL, lang TEXT, generation TEXT,
    article TEXT, outcome TEXT NOT NULL, confidence REAL
);
CREATE INDEX IF NOT EXISTS queries_by_time ON queries (at);
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what came of it. outcome: that of an answer; of a search "found" or "none"."""

    door: str
    question: str
    lang: str | None
    generation: str
    article: str | None
    outcome: str
    confidence: float | None = None


class QueryLog:
    """The log in a file, None: in memory. Threads and processes may share it."""

    def __init__(
        self, file: Path | None = None, *, most: int = MAX_KEPT, clock: Callable[[], float] = time.time
    ) -> None:
        self._db = LocalDb(file, _SCHEMA)
        self._most = most
        self._clock = clock

    def add(self, asked: Asked) -> None:
        now = self._clock()
        self._db.write(
            (
                "INSERT INTO queries (at, door, question, lang, generation, article, outcome, confidence) "
                "VALUES (?,?,?,?,?,?,?,?)",
                (
                    *(now, asked.door, mask(asked.question)[:MAX_QUESTION], asked.lang, asked.generation),
                    *(asked.article, asked.outcome, asked.confidence),
                ),
            ),
            (
                "DELETE FROM queries WHERE at < ? OR id <= (SELECT max(id) FROM queries) - ?",
                (now - MAX_AGE_S, self._most),
            ),
        )

    def total(self) -> int:
        rows = self._db.read("SELECT count(*) FROM queries")
        return int(rows[0][0]) if rows else 0

    def top(self, top_k: int, outcome: str | None = None) -> list[dict[str, Any]]:
        """The questions asked most often, case and blanks around aside; outcome: only those of which that came."""
        rows = self._db.read(
            "SELECT min(question), count(*) AS n, max(at) FROM queries WHERE ? IS NULL OR outcome = ? "
            "GROUP BY lower(trim(question)) ORDER BY n DESC, lower(trim(question)) LIMIT ?",
            (outcome, outcome, top_k),
        )
        return [{"question": question, "count": n, "last": at} for question, n, at in rows]

    def unsure(self, top_k: int) -> list[dict[str, Any]]:
        """Questions answered or related with the least confidence, on the mean of all times they were asked."""
        rows = self._db.read(
            "SELECT min(question), count(*), avg(confidence) AS mean, max(article) FROM queries "
            "WHERE confidence IS NOT NULL AND outcome <> 'none' "
            "GROUP BY lower(trim(question)) ORDER BY mean, lower(trim(question)) LIMIT ?",
            (top_k,),
        )
        return [
            {"question": question, "count": n, "confidence": round(mean, 4), "article": article}
            for question, n, mean, article in rows
        ]

    def close(self) -> None:
        self._db.close()
