"""Which embedding views a question asks, and their scores: source, the question's own language, centroid.

Translations are further views of a passage that err differently: a question in an installed language asks the source
and its own language; in a language that is not installed, the source and the centroid.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kb.embedded import Collection
from kb.errors import NotFound
from kb.vectors import Floats, View


def views_for(collection: Collection, locale: str | None) -> list[str]:
    """Names of the views to ask for a question in an installed locale, or in none."""
    if locale is None:
        return ["source"] if collection.centroid is None else ["source", "centroid"]
    if locale != collection.source_locale and collection.locales[locale].target is not None:
        return ["source", locale]
    return ["source"]


def nearest(collection: Collection, views: list[str], query: Floats, top_k: int) -> npt.NDArray[np.int64]:
    """Rows of the source view that are among the top_k of any of the views, ascending."""
    found = []
    for name in views:
        view, rows = _view(collection, name)
        near, _ = view.top(query, top_k)
        found.append(near if rows is None else rows[near])
    return np.unique(np.concatenate(found))


def dense_scores(
    collection: Collection, views: list[str], query: Floats, rows: npt.NDArray[np.int64]
) -> Floats:
    """The cosine of each row, float32 [len(rows)]: with source and translation the mean of both, as far as there are
    both; with the centroid, which the source is part of, whichever is nearer."""
    scores = np.full((len(views), len(rows)), np.nan, dtype=np.float32)
    for found, name in zip(scores, views, strict=True):
        view, own = _view(collection, name)
        places = rows if own is None else collection.locales[name].target_places(rows)
        here = np.flatnonzero(places >= 0)
        found[here] = view.at(query, places[here])
    together = np.nanmax if "centroid" in views else np.nanmean
    return np.asarray(together(scores, axis=0), dtype=np.float32)


def uncentred_scores(collection: Collection, vector: Floats) -> Floats:
    """Cosines of a raw question vector with every row of the source view as it was before centring, float32 [rows].

    A centred row c stands for the unit vector m + s·c, m being the passages' mean: s solves |m + s·c| = 1.
    """
    mean = collection.means["passage"]
    rows = collection.source.all().astype(np.float64)
    along = rows @ mean
    lengths = -along + np.sqrt(along**2 + max(0.0, 1.0 - float(mean @ mean)))
    return np.asarray((mean + lengths[:, None] * rows) @ vector, dtype=np.float32)


def _view(collection: Collection, name: str) -> tuple[View, npt.NDArray[np.int64] | None]:
    """A view, and the source view's row of each of its own where they differ."""
    if name == "source":
        return collection.source, None
    if name == "centroid" and collection.centroid is not None:
        return collection.centroid, None
    store = collection.locales[name]
    if store.target is None:
        raise NotFound(f"locale {name!r} has no view of its own; run `kb index … --deepen`")
    return store.target, store.target_rows
