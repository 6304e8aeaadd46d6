"""The source as a second encoder reads it, one that knows the source's language alone.

A small monolingual encoder is as good at its one language as a multilingual one of twice the size, and errs otherwise:
questions in that language ask both. On disk, in the folder `second` of a collection: `source.view` and `tokens/` in the
rows of the collection's own, and `means.npz` with the mean vectors "passage", "tokens" (of the passages), "query" and
"question_tokens" (of the source's titles, which stand for questions).
"""

from __future__ import annotations

from pathlib import Path

from kb.errors import IndexDamaged
from kb.generation import REBUILD
from kb.means import MEANS, Mean, read_means
from kb.tokenview import TokenView
from kb.vectors import View

FOLDER = "second"
LANGUAGE = "en"  # what the second encoder that ships has learned to read


class SecondReading:
    """A collection's second reading, opened.

    question_mean, token_mean  mean vectors of questions and of the tokens in them, [dim]
    tokens                     None for an encoder that has no vectors of tokens
    """

    def __init__(self, folder: Path, rows: int) -> None:
        """Errors: IndexDamaged where it is not of so many rows."""
        self.view = View(folder / "source.view")
        self.tokens = TokenView(folder / "tokens") if (folder / "tokens").exists() else None
        for name, view in (("source.view", self.view), ("tokens", self.tokens)):
            if view is not None and view.rows != rows:
                raise IndexDamaged(f"{folder / name} has {view.rows} rows for {rows} passages; {REBUILD}")
        means = read_means(folder / MEANS)
        try:
            self.question_mean: Mean = means["query"]
            self.token_mean: Mean = means.get("question_tokens", self.question_mean)
        except KeyError as error:
            raise IndexDamaged(f"{folder / MEANS} lacks {error}; {REBUILD}") from error
