"""The source as a second encoder reads it, one that knows the source's language alone.

A small monolingual encoder is as good at its one language as a multilingual one of twice the size, and errs otherwise:
questions in that language ask both. On disk, in the folder `second` of a collection: `source.view` and `tokens/` in the
rows of the collection's own, and `means.npz` with the mean vectors "passage", "tokens" (of the passages), "query" and
"question_tokens" (of the source's titles, which stand for questions). `carry.npy` takes a token of the collection's own
view into this one's space, as nearly as a matrix can (indexer.carry).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from kb.errors import IndexDamaged
from kb.generation import REBUILD
from kb.means import MEANS, Mean, read_means
from kb.tokenview import TokenView
from kb.vectors import Floats, View

FOLDER = "second"
CARRY = "carry.npy"
LANGUAGE = "en"  # what the second encoder that ships has learned to read


class SecondReading:
    """A collection's second reading, opened.

    question_mean, token_mean  mean vectors of questions and of the tokens in them, [dim]
    tokens                     None for an encoder that has no vectors of tokens
    carry                      float32 [width of the collection's tokens, width of `tokens`]; None without either's
    """

    def __init__(self, folder: Path, rows: int) -> None:
        """Errors: IndexDamaged where it is not of so many rows."""
        self.view = View(folder / "source.view")
        self.tokens = TokenView(folder / "tokens") if (folder / "tokens").exists() else None
        for name, view in (("source.view", self.view), ("tokens", self.tokens)):
            if view is not None and view.rows != rows:
                raise IndexDamaged(f"{folder / name} has {view.rows} rows for {rows} passages; {REBUILD}")
        self.carry = _read_carry(folder / CARRY)
        means = read_means(folder / MEANS)
        try:
            self.question_mean: Mean = means["query"]
            self.token_mean: Mean = means.get("question_tokens", self.question_mean)
        except KeyError as error:
            raise IndexDamaged(f"{folder / MEANS} lacks {error}; {REBUILD}") from error


def carried(tokens: Floats, carry: Floats) -> Floats:
    """Tokens of the collection's own encoder in the space of the second one, unit rows."""
    found = tokens @ carry
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / np.maximum(lengths, 1e-9), dtype=np.float32)


def _read_carry(file: Path) -> Floats | None:
    if not file.exists():
        return None
    try:
        found = np.load(file)
    except (OSError, EOFError, ValueError) as error:
        raise IndexDamaged(f"{file} can't be read ({error}); {REBUILD}") from error
    if found.ndim != 2 or found.dtype != np.float32 or not np.isfinite(found).all():
        raise IndexDamaged(f"{file} holds {found.dtype} {found.shape}, expected a finite matrix; {REBUILD}")
    return np.asarray(found)
