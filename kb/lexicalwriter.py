"""Writing the word index of a locale (kb.lexical)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kb.errors import InputError
from kb.lexical import ABOUT, FORMAT, TANTIVY
from kb.lexicalfields import FIELDS, field_tokens
from kb.postings import PostingsWriter, read_postings
from kb.proposals import write_proposals


class LexicalRow(NamedTuple):
    """A passage to index; `row` is its ordinal, dense from 0."""

    row: int
    title: str
    text: str


def build_lexical(folder: Path, rows: Iterable[LexicalRow], language: str) -> None:
    """Writes the index of the rows, in order, to a folder that is new or empty.

    The same rows give the same arrays byte for byte; tantivy's file names are random, what is in them is not.
    InputError where the folder holds something or the rows do not count up from 0.
    """
    update_lexical(folder, rows, language, None, np.empty(0, dtype=np.int64))


def update_lexical(
    folder: Path, rows: Iterable[LexicalRow], language: str, earlier: Path | None, now: npt.NDArray[np.int64]
) -> None:
    """Writes what `build_lexical` would of all rows, with the words of those that an earlier index has from there.

    rows  those that it doesn't have, ascending
    now   for each of its rows the row that it is now, ascending; -1 where it is gone
    """
    if folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty; a lexical index wants a new folder")
    (folder / TANTIVY).mkdir(parents=True)
    writer = PostingsWriter(FIELDS)
    there = set(now[now >= 0].tolist())
    expected = 0
    for row in rows:
        while expected in there:
            expected += 1
        if row.row != expected:
            raise InputError(f"lexical row {row.row} found where {expected} was expected; number rows from 0")
        writer.add(row.row, field_tokens(row.title, row.text, language))
        expected += 1
    postings = writer.write(folder, None if earlier is None else (read_postings(earlier), now))
    write_proposals(folder / TANTIVY, postings)
    about = {"format": FORMAT, "language": language, "fields": FIELDS, "rows": postings.lengths.shape[1]}
    (folder / ABOUT).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
