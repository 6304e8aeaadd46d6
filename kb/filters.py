"""Which rows of a collection's views a request may find, worked out before anything is ranked."""

from __future__ import annotations

import numpy as np

from kb.embedded import Collection
from kb.facets import Ints
from kb.hit import SearchRequest
from kb.locales import lookup
from kb.show import display_order


def allowed_rows(collection: Collection, request: SearchRequest, language: str) -> Ints | None:
    """Rows that all of the request's filters let through, ascending; None where it has no filter.

    Several values of one filter mean any of them. Translation and date are those of the localization that the
    reader would see; `language`, the question's, has a part in which one that is.
    """
    facets = collection.facets
    by_facts = bool(request.product or request.translation or request.date_from or request.date_to)
    if not by_facts and request.only_locale is None:
        return None
    kept = np.ones(len(facets.paths), dtype=bool)
    if request.only_locale is not None:
        only = lookup(request.only_locale, list(collection.locales))
        if only is None:
            return np.empty(0, dtype=np.int64)
        rows = collection.locales[only].rows
        kept &= facets.exists_in(only)
    if request.product:
        kept &= facets.with_product(request.product)
    shown = facets.shown(display_order(collection, request, language))
    if request.translation:
        kept &= facets.with_translation(request.translation, shown)
    if request.date_from or request.date_to:
        kept &= facets.dated(request.date_from, request.date_to, shown)
    found = facets.rows(kept)
    if request.only_locale is None:
        return found
    # an article's passages of other variants are not what this locale says
    return np.asarray(np.intersect1d(found, rows), dtype=np.int64)
