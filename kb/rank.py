"""Articles ranked for a question: dense and lexical scores of passages, fused, the best passage for its article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kb.embedded import Collection, LocaleStore
from kb.fusion import FusionSettings, fuse
from kb.locales import lookup
from kb.vectors import Floats, centre
from kb.views import dense_scores, nearest, views_for

_CANDIDATES = 300


@dataclass(frozen=True, slots=True)
class Question:
    """A question ready for the index: its text, its raw unit vector [dim], its language and the reader's locale."""

    text: str
    vector: Floats
    language: str
    locale: str | None


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article with its best passage; `rows`: its candidate passages, best first, as (view row, fused score).

    dense, lexical  the best passage's own scores: a cosine between centred vectors, and BM25 over the sum of idf
    """

    collection: Collection
    path: str
    score: float
    dense: float
    lexical: float
    rows: tuple[tuple[int, float], ...]

    @property
    def row(self) -> int:
        return self.rows[0][0]


def question_locale(collection: Collection, language: str) -> str | None:
    """The installed locale that the question's language is."""
    return lookup(language, list(collection.locales))


def rank(
    collection: Collection, question: Question, settings: FusionSettings, only: str | None
) -> list[Ranked]:
    """Candidate articles of a collection, ordered by (-score, path). only: a locale that they must exist in."""
    locale = question_locale(collection, question.language)
    query = centre(question.vector[None, :], collection.question_mean(locale))[0]
    allowed = collection.locales[only].rows if only else None
    views = views_for(collection, locale)
    near = nearest(collection, views, query, _CANDIDATES if allowed is None else collection.source.rows)
    stores = _word_stores(collection, locale)
    found = [
        store.rows[np.array([hit.row for hit in hits], dtype=np.int64)]
        for store in stores
        if (hits := store.lexical.search(question.text, _CANDIDATES))
    ]
    rows = np.unique(np.concatenate([near, *found]))
    if allowed is not None:
        rows = rows[np.isin(rows, allowed)]
    dense = dense_scores(collection, views, query, rows)
    words = _lexical_scores(stores, question.text, rows)
    fused = fuse(dense, words, settings)
    return _by_article(collection, rows, fused, dense, words)


def _word_stores(collection: Collection, locale: str | None) -> list[LocaleStore]:
    """Where words are looked up: in the source and in the question's own language."""
    names = dict.fromkeys((collection.source_locale, locale))
    return [collection.locales[name] for name in names if name in collection.locales]


def _lexical_scores(
    stores: Sequence[LocaleStore], text: str, rows: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """The best lexical score of each view row in any of the stores, also of those that none has proposed."""
    scores = np.zeros(len(rows))
    for store in stores:
        ordinals = store.ordinals(rows)
        here = np.flatnonzero(ordinals >= 0)
        scores[here] = np.maximum(scores[here], store.lexical.score(text, ordinals[here].tolist()))
    return scores


def _by_article(
    collection: Collection,
    rows: npt.NDArray[np.int64],
    fused: npt.NDArray[np.float64],
    dense: Floats,
    words: npt.NDArray[np.float64],
) -> list[Ranked]:
    order = np.lexsort((rows, -fused))
    best: dict[str, list[int]] = {}
    for i in order:
        best.setdefault(collection.paths[rows[i]], []).append(int(i))
    ranked = [
        Ranked(
            collection,
            path,
            float(fused[found[0]]),
            float(dense[found[0]]),
            float(words[found[0]]),
            tuple((int(rows[i]), float(fused[i])) for i in found),
        )
        for path, found in best.items()
    ]
    return _order_copies(ranked)


def _order_copies(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Ordered by (-score, path); articles whose best passage is word for word the same share the best score, and the
    one that says it earlier comes first: there it is what the article is about. Then the better one by itself."""
    shared: dict[int, float] = {}
    for r in ranked:
        first = r.collection.copy_of[r.row]
        shared[first] = max(shared.get(first, r.score), r.score)

    def place(r: Ranked) -> tuple[float, int, int, float, str]:
        first = r.collection.copy_of[r.row]
        return (-shared[first], first, r.collection.numbers[r.row], -r.score, r.path)

    return [
        r if r.score == best else replace(r, score=best)
        for r in sorted(ranked, key=place)
        for best in (shared[r.collection.copy_of[r.row]],)
    ]


def fold_duplicates(ranked: Sequence[Ranked]) -> list[tuple[Ranked, list[str]]]:
    """Articles that say the same below their titles, as (the best of them, paths of the others)."""
    groups: dict[tuple[str, str], tuple[Ranked, list[str]]] = {}
    for r in ranked:
        key = (r.collection.name, r.collection.bodies.get(r.path, r.path))
        if key in groups:
            groups[key][1].append(r.path)
        else:
            groups[key] = (r, [])
    return list(groups.values())
