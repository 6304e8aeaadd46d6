"""Articles that hold what a question says to the letter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kb.embedded import Collection
from kb.exact import Exact, flat
from kb.facets import Ints
from kb.localestore import LocaleStore
from kb.show import range_text, stored_article

# Passages that are read through for a phrase: the best by its words.
_READ = 25
# What more articles name tells them apart no longer.
_MOST_ARTICLES = 25


def exact_articles(collection: Collection, exact: Exact, stores: Sequence[LocaleStore]) -> dict[str, int]:
    """How many of the question's identifiers and phrases each article has in any of the locales; only articles that
    have one, and only identifiers that few articles have."""
    counts: dict[str, int] = {}
    asked = [(name, False) for name in exact.identifiers] + [(phrase, True) for phrase in exact.phrases]
    for text, is_phrase in asked:
        paths: set[str] = set()
        for store in stores:
            ordinals = _with_phrase(store, collection, text) if is_phrase else store.lexical.holders(text)
            paths.update(collection.paths[row] for row in store.word_rows[ordinals])
        if is_phrase or len(paths) <= _MOST_ARTICLES:
            for path in paths:
                counts[path] = counts.get(path, 0) + 1
    return counts


def _with_phrase(store: LocaleStore, collection: Collection, phrase: str) -> Ints:
    """The locale's passages, among the best by the phrase's words, that have it in their text or title."""
    found: list[int] = []
    for hit in store.lexical.search(phrase, _READ):
        row = int(store.word_rows[hit.row])
        path, number = collection.paths[row], collection.numbers[row]
        article = stored_article(collection, path, store.locale).article
        passage = store.passage(path, number)
        if passage is None:  # it is another variant's
            ((_, said),) = collection.texts([row])
        else:
            said = range_text(article, passage.start, passage.stop, "target")
        if f" {phrase} " in f" {flat(said)} " or f" {phrase} " in f" {flat(article.title)} ":
            found.append(hit.row)
    return np.array(sorted(found), dtype=np.int64)
