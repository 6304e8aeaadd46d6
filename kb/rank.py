"""Articles ranked for a question: dense and lexical scores of passages, fused, the best passage for its article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from kb.embedded import Collection
from kb.encoded import Pending, Vectors
from kb.fusion import GLOSSED, NAMED, ONCE, TWICE, FusionSettings, fuse, mixed, refine
from kb.locales import lookup
from kb.localestore import LocaleStore
from kb.ranked import Ranked, articles_of
from kb.secondreading import LANGUAGE, SecondReading
from kb.vectors import Floats, centre
from kb.views import dense_scores, nearest, uncentred_scores, views_for

# As many as can be asked for; of 100 to 300 each gave the same first ten to every development query.
_CANDIDATES = 200
# Rows that late interaction looks at: with 64 instead, or 200, nothing moves on the development queries; 32 lose two.
_REFINED = 48


@dataclass(frozen=True, slots=True)
class RankSettings:
    """What takes part in a ranking. fusion: None takes the one tuned for as many encoders as read the question; twice:
    whether a second one may; source_only: of views and tokens just the source's; centred: False leaves each text
    its language, asks just the multilingual encoder's source view and refines nothing, to show what centring brings."""

    fusion: FusionSettings | None = None
    twice: bool = True
    source_only: bool = False
    centred: bool = True


# The nearer of source and translation counts so much, the other the rest.
_NEARER = 0.75

Variant = Literal[
    "fused",
    "dense",
    "lexical",
    "late",
    "no dense",
    "no lexical",
    "no late",
    "no second",
    "source",
    "uncentred",
]
# The ranking as it is served, each leg alone, and the whole without each part.
VARIANTS: Mapping[Variant, RankSettings] = {
    "fused": RankSettings(),
    "dense": RankSettings(FusionSettings(1.0, 0.0, 0.0)),
    "lexical": RankSettings(FusionSettings(0.0, 1.0, 0.0)),
    "late": RankSettings(FusionSettings(late_weight=1.0)),
    "no dense": RankSettings(FusionSettings(0.0, 1.0)),
    "no lexical": RankSettings(FusionSettings(1.0, 0.0)),
    "no late": RankSettings(FusionSettings(late_weight=0.0)),
    "no second": RankSettings(twice=False),
    "source": RankSettings(source_only=True),
    "uncentred": RankSettings(centred=False),
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question ready for the index: its text, its vectors when they are there, its language and the reader's locale.

    variants  the text in other words (spelling corrected, synonyms), each looked up as the text is
    read      the text that the vectors are of, "" for the text itself
    """

    text: str
    vectors: Pending
    language: str
    locale: str | None
    variants: tuple[str, ...] = ()
    read: str = ""

    @property
    def vector(self) -> Floats:
        """Raw unit vector [dim]."""
        return self.vectors().whole

    @property
    def tokens(self) -> Floats:
        """Raw unit vectors of its tokens, [tokens, width]; without them there is no late interaction."""
        return self.vectors().tokens

    @property
    def second(self) -> Vectors | None:
        """What the second encoder made of it, or of its words in that encoder's language."""
        return self.vectors().second


def question_locale(collection: Collection, language: str) -> str | None:
    """The installed locale that the question's language is."""
    return lookup(language, list(collection.locales))


def rank(
    collection: Collection,
    question: Question,
    settings: RankSettings,
    allowed: npt.NDArray[np.int64] | None,
) -> list[Ranked]:
    """Candidate articles of a collection, ordered by (-score, path). allowed: rows that may be found."""
    locale = question_locale(collection, question.language)
    # words first: the encoder may still be reading
    stores = word_stores(collection, locale)
    texts = (question.text, *question.variants)
    found = [
        store.word_rows[np.array([hit.row for hit in hits], dtype=np.int64)]
        for store in stores
        for text in texts
        if (hits := store.lexical.search(text, _CANDIDATES))
    ]
    second = _second(collection, question, settings)
    fusion = settings.fusion or (ONCE if second is None else _twice(question))
    dense = _Dense(collection, question, locale, settings, second)
    near = dense.nearest(_CANDIDATES if allowed is None else collection.source.rows)
    rows = np.unique(np.concatenate([near, *found]))
    if allowed is not None:
        rows = rows[np.isin(rows, allowed)]
    near_scores = dense.scores(rows)
    words = np.max([_lexical_scores(stores, text, rows) for text in texts], axis=0)
    fused = fuse(near_scores, words, fusion)
    late = np.full(len(rows), np.nan)
    if fusion.late_weight and settings.centred:
        best = np.sort(np.lexsort((rows, -fused))[:_REFINED])
        found_late = _late_scores(collection, question, locale, settings, second, rows[best])
        if found_late is not None:
            late[best] = found_late
    return articles_of(collection, rows, refine(fused, late, fusion), (near_scores, words, late))


class _Dense:
    """The dense leg of one question."""

    def __init__(
        self,
        collection: Collection,
        question: Question,
        locale: str | None,
        settings: RankSettings,
        second: _Second | None,
    ) -> None:
        self._collection = collection
        self._views = ["source"] if settings.source_only else views_for(collection, locale)
        self._query = centre(question.vector[None, :], collection.question_mean(locale))[0]
        self._all = None if settings.centred else uncentred_scores(collection, question.vector)
        self._second = second

    def nearest(self, top_k: int) -> npt.NDArray[np.int64]:
        """Rows among the top_k of any view, ascending."""
        if self._all is not None:
            return np.sort(np.argsort(-self._all, kind="stable")[:top_k])
        found = nearest(self._collection, self._views, self._query, top_k)
        # what a gloss or names would propose, others have: not one of the first ten was another with it
        if self._second is None or not self._second.own_words:
            return found
        return np.union1d(found, self._second.reading.view.top(self._second.query, top_k)[0])

    def scores(self, rows: npt.NDArray[np.int64]) -> Floats:
        """The best cosine of each row in any view."""
        if self._all is not None:
            return self._all[rows]
        scores = dense_scores(self._collection, self._views, self._query, rows)
        if self._second is None:
            return scores
        return mixed(scores, self._second.reading.view.at(self._second.query, rows), self._second.share)


@dataclass(frozen=True, slots=True)
class _Second:
    """A second reading and the question as its encoder reads it: centred unit vectors, [dim] and [tokens, dim]; its
    share in dense and late scores, and whether it has read the question's own words."""

    reading: SecondReading
    query: Floats
    tokens: Floats
    share: float
    own_words: bool


def _second(collection: Collection, question: Question, settings: RankSettings) -> _Second | None:
    """The second reading, where the collection has one and it takes part in this question's ranking."""
    reading, vectors = collection.second, question.second
    if reading is None or vectors is None or not settings.twice or not settings.centred:
        return None
    return _Second(
        reading,
        centre(vectors.whole[None, :], reading.question_mean)[0],
        centre(vectors.tokens, reading.token_mean) if len(vectors.tokens) else vectors.tokens,
        (settings.fusion or _twice(question)).second_weight,
        question.language == LANGUAGE,
    )


def _twice(question: Question) -> FusionSettings:
    """The weights of a question that both encoders have read."""
    if question.language == LANGUAGE:
        return TWICE
    return NAMED if question.vectors().named else GLOSSED


def word_stores(collection: Collection, *locales: str | None) -> list[LocaleStore]:
    """Where words are looked up: in the source, and in locales such as that of the question's own language."""
    names = dict.fromkeys((collection.source_locale, *locales))
    return [collection.locales[name] for name in names if name in collection.locales]


def _lexical_scores(
    stores: Sequence[LocaleStore], text: str, rows: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """The best lexical score of each view row in any of the stores, also of those that none has proposed."""
    scores = np.zeros(len(rows))
    for store in stores:
        places = store.word_places(rows)
        here = np.flatnonzero(places >= 0)
        scores[here] = np.maximum(scores[here], store.lexical.score(text, places[here].tolist()))
    return scores


def _late_scores(
    collection: Collection,
    question: Question,
    locale: str | None,
    settings: RankSettings,
    second: _Second | None,
    rows: npt.NDArray[np.int64],
) -> Floats | None:
    """Late interaction of rows, None without tokens: with the source's text or with that of the question's own locale,
    whichever is nearer."""
    if collection.tokens is None or not len(question.tokens):
        return None
    tokens = centre(question.tokens, collection.token_mean(locale))
    scores = collection.tokens.score(tokens, rows)
    own = collection.locales[locale] if locale is not None and not settings.source_only else None
    if own is not None and own.tokens is not None:
        places = own.target_places(rows)
        here = np.flatnonzero(places >= 0)
        translated, source = own.tokens.score(tokens, places[here]), scores[here]
        scores[here] = _NEARER * np.maximum(source, translated) + (1 - _NEARER) * np.minimum(
            source, translated
        )
    if second is None or second.reading.tokens is None or not len(second.tokens):
        return scores
    return mixed(scores, second.reading.tokens.score(second.tokens, rows), second.share)
