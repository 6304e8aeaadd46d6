"""What people say of answers, kept in one SQLite file of the home, personal data masked (kb.masking)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.localdb import LocalDb
from kb.masking import mask

FILE = "feedback.sqlite"
MAX_COMMENT = 2_000
MAX_KEPT = 100_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, generation TEXT NOT NULL, question TEXT NOT NULL, article TEXT,
    step TEXT, helpful INTEGER NOT NULL, comment TEXT
);
"""


@dataclass(frozen=True, slots=True)
class Feedback:
    """One judgement of an answer. article, step: what it is about, None: the answer as a whole."""

    generation: str
    question: str
    helpful: bool
    article: str | None = None
    step: str | None = None
    comment: str | None = None


class FeedbackStore:
    """The feedback in a file, None: in memory; the oldest goes when there is too much. Threads may share it."""

    def __init__(
        self, file: Path | None = None, *, most: int = MAX_KEPT, clock: Callable[[], float] = time.time
    ) -> None:
        self._db = LocalDb(file, _SCHEMA)
        self._most = most
        self._clock = clock

    def add(self, given: Feedback) -> None:
        """Keeps it masked, questions and comments cut to MAX_COMMENT characters."""
        question = mask(given.question)[:MAX_COMMENT]
        comment = mask(given.comment)[:MAX_COMMENT] if given.comment else None
        self._db.write(
            (
                "INSERT INTO feedback (at, generation, question, article, step, helpful, comment) "
                "VALUES (?,?,?,?,?,?,?)",
                (
                    *(self._clock(), given.generation, question, given.article, given.step),
                    *(int(given.helpful), comment),
                ),
            ),
            ("DELETE FROM feedback WHERE id <= (SELECT max(id) FROM feedback) - ?", (self._most,)),
        )

    def counts(self) -> dict[str, int]:
        """How many judgements there are: {"helpful", "unhelpful"}."""
        counted = dict(self._db.read("SELECT helpful, count(*) FROM feedback GROUP BY helpful"))
        return {"helpful": counted.get(1, 0), "unhelpful": counted.get(0, 0)}

    def worst(self, top_k: int) -> list[dict[str, Any]]:
        """The articles, and their steps, most often found unhelpful, with the latest of what was said of them."""
        rows = self._db.read(
            "SELECT article, step, sum(1 - helpful) AS bad, sum(helpful) FROM feedback GROUP BY article, step "
            "HAVING bad > 0 ORDER BY bad DESC, article, step LIMIT ?",
            (top_k,),
        )
        return [
            {
                "article": article,
                "step": step,
                "unhelpful": bad,
                "helpful": good,
                "said": [
                    {"question": question, "comment": comment}
                    for question, comment in self._db.read(
                        "SELECT question, comment FROM feedback WHERE article IS ? AND step IS ? AND helpful = 0 "
                        "ORDER BY id DESC LIMIT 3",
                        (article, step),
                    )
                ],
            }
            for article, step, bad, good in rows
        ]

    def close(self) -> None:
        self._db.close()
