"""How likely an answer answers: a logistic model over what retrieval saw, and the three outcomes cut from it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from kb.embedded import Collection
from kb.encoded import TextReader
from kb.evidence import met_in
from kb.hit import Outcome
from kb.lacking import LACKING, NAMED, lacking_features, naming_features, words_of
from kb.lexical import LexicalIndex
from kb.rank import Question, question_locale, word_stores
from kb.ranked import Ranked
from kb.selection import QuestionWords
from kb.text import words
from kb.vectors import centre
from kb.wordtokens import word_tokens

RANKING = (
    "late",
    "dense",
    "lexical",
    "fused",
    "margin",
    "rivals",
    "late_margin",
    "late_rivals",
    "dense_margin",
    "dense_rivals",
    "words",
    "agreement",
)
FEATURES = (*RANKING, *LACKING, *NAMED)
_RIVALS = 9
# Classes of words that an index must have learned for a word without a name to tell something: 1,264 do, of 126 most of
# what answerable questions say has none.
_VOCABULARY = 500


def features_of(question: Question, ranked: Sequence[Ranked], reader: TextReader) -> dict[str, float]:
    """Features of a ranking, best article first and near-duplicates folded; without token vectors some are missing, and
    others where the index has not learned names enough (kb.namer)."""
    read = question.read or question.text
    features = ranking_features(read, ranked)
    if ranked[0].collection.tokens is None or not len(question.tokens):
        return features
    said = _text_of(ranked[0])
    rivals = [r for r in ranked[1 : _RIVALS + 3] if _text_of(r) != said]
    met = met_in(ranked[0], question)
    elsewhere = np.max([met_in(r, question) for r in rivals] or [met], axis=0)
    spans = reader.spans([read])[0][: len(met)]
    collection = ranked[0].collection
    asked = words_of(read, spans, _own_lexical(collection, question))
    features |= lacking_features(met, elsewhere, asked, own_words(ranked[0], question))
    if collection.namer is None or len(collection.namer) < _VOCABULARY:
        return features
    tokens = centre(question.tokens, collection.token_mean(None))[: len(met)]
    naming = collection.namer.naming(word_tokens(read, spans), tokens)
    return features if naming is None else features | naming_features(naming, asked)


def own_words(ranked: Ranked, question: Question) -> float:
    """The share of the question's words, by rarity, that the article's text has in the question's own language; 0 where
    that isn't installed, or is the source's."""
    collection = ranked.collection
    locale = question_locale(collection, question.language)
    store = collection.locales.get(locale or "")
    stored = store.article(ranked.path) if store and locale != collection.source_locale else None
    if store is None or stored is None:
        return 0.0
    text = "\n".join(block.text("target") for block in stored.article.blocks)
    return QuestionWords(question.text, store.lexical).in_text(text)


def _own_lexical(collection: Collection, question: Question) -> LexicalIndex:
    """Where the rarity of the question's words is counted: in its own locale, else in the source, else in any."""
    stores = word_stores(collection, question_locale(collection, question.language))
    return (stores or list(collection.locales.values()))[-1].lexical


def ranking_features(question: str, ranked: Sequence[Ranked]) -> dict[str, float]:
    """Features of the scores alone.

    late, dense, lexical, fused  scores of the best article's best passage
    margin, rivals               its fused score over the next article's that says something else; mean of the nine
                                 next ones; the same of the late and the dense scores, whoever has them
    words                        logarithm of how many the question has
    agreement                    how many of late interaction and embedding put it first too, 0 to 2
    """
    best = ranked[0]
    said = _text_of(best)
    others = [r for r in ranked[1:] if _text_of(r) != said]
    late = sorted((r.late for r in others), reverse=True)[:_RIVALS] or [0.0]
    dense = sorted((r.dense for r in others), reverse=True)[:_RIVALS] or [0.0]
    fused = [r.score for r in others[:_RIVALS]] or [0.0]
    return {
        "late": best.late,
        "dense": best.dense,
        "lexical": best.lexical,
        "fused": best.score,
        "margin": best.score - fused[0],
        "rivals": sum(fused) / len(fused),
        "late_margin": best.late - late[0],
        "late_rivals": sum(late) / len(late),
        "dense_margin": best.dense - dense[0],
        "dense_rivals": sum(dense) / len(dense),
        "words": math.log1p(len(words(question))),
        "agreement": float(best.late >= late[0]) + float(best.dense >= dense[0]),
    }


def _text_of(ranked: Ranked) -> tuple[str, int]:
    """What names the text of an article's best passage: its rows are its collection's own."""
    return ranked.collection.name, ranked.collection.copy_of[ranked.row]


def confidence_of(features: Mapping[str, float]) -> float:
    """Probability (0 to 1) that the best article answers, by the model shipped as confidence.json.

    features  by name; one that is missing counts as the average
    """
    model = _model()
    z = float(model["intercept"])
    for name in features:
        standard = (features[name] - model["mean"][name]) / model["scale"][name]
        z += model["coefficients"][name] * standard
    return 1.0 / (1.0 + math.exp(-z))


def outcome_of(confidence: float) -> Outcome:
    """What is told: the answer, possibly relevant articles, or that there is none."""
    thresholds = _model()["thresholds"]
    if confidence >= thresholds["answered"]:
        return "answered"
    return "related" if confidence >= thresholds["related"] else "none"


@lru_cache(1)
def _model() -> dict[str, Any]:
    """scripts/train_confidence.py writes it."""
    model: dict[str, Any] = json.loads(files("kb").joinpath("confidence.json").read_text(encoding="utf-8"))
    return model
