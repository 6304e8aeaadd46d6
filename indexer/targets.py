"""Views of translations in the next generation: what still holds is taken over, the rest waits for `kb deepen`.

A view that has not all of its locale's passages says which in `target.rows.npy`; a passage without a row is found by
its source.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.articledb import ArticleReader
from kb.passagedb import StoredPassage
from kb.tokenview import TokenView, copy_token_rows
from kb.vectors import Floats, View, write_view

TARGET, ROWS, CENTROID, TOKENS = "target.view", "target.rows.npy", "centroid.view", "tokens"
# What of a locale's folder follows later than the rest, by `kb deepen`.
DEEPENED = (TARGET, ROWS, f"{TOKENS}/")
Ints = npt.NDArray[np.int64]


def carry_target(folder: Path, earlier: Path, changed: Collection[str]) -> None:
    """Writes a changed locale's view and its tokens with the rows of those passages that are as they were.

    Even if none is missing the view counts as incomplete, since its mean is that of other passages.
    """
    if not (earlier / TARGET).exists():
        return
    before = _passages(earlier)
    now = {key: row for row, key in enumerate(_passages(folder)) if key[0] not in changed}
    held = np.load(earlier / ROWS) if (earlier / ROWS).exists() else np.arange(len(before))
    kept = [(place, now[before[row]]) for place, row in enumerate(held.tolist()) if before[row] in now]
    if not kept:
        return
    places, rows = np.array(kept, dtype=np.int64).T
    write_view(folder / TARGET, View(earlier / TARGET).all()[places])
    if (earlier / TOKENS).exists():
        copy_token_rows(TokenView(earlier / TOKENS), places, folder / TOKENS)
    np.save(folder / ROWS, np.ascontiguousarray(rows))


def write_centroid(folder: Path, passages: Iterable[StoredPassage], locales: Iterable[str]) -> None:
    """Writes the centroid view of the source view and those of translations that there are."""
    row_of = {(p.path, p.number): p.row for p in passages}
    views: list[tuple[Ints, Floats]] = []
    for locale in sorted(locales):
        if (folder / locale / TARGET).exists():
            rows = np.array([row_of[key] for key in _passages(folder / locale)], dtype=np.int64)
            held = folder / locale / ROWS
            views.append(
                (rows[np.load(held)] if held.exists() else rows, View(folder / locale / TARGET).all())
            )
    if views:
        write_view(folder / CENTROID, centroid_rows(View(folder / "source.view").all(), views))


def centroid_rows(source: Floats, views: Iterable[tuple[Ints, Floats]]) -> Floats:
    """Unit mean of each row's views, float32 [rows, dim].

    source  the source view; views: others, each with the rows of the source view that it has
    """
    total = source.astype(np.float64)
    for rows, vectors in views:
        total[rows] += vectors
    norms = np.linalg.norm(total, axis=1, keepdims=True)
    return np.asarray(total / np.where(norms == 0.0, 1.0, norms), dtype=np.float32)


def _passages(folder: Path) -> list[tuple[str, int]]:
    reader = ArticleReader(folder / "articles.sqlite")
    try:
        return [(p.path, p.number) for p in reader.passages()]
    finally:
        reader.close()
