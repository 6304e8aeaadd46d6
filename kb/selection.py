"""Which quotes of the right article answer the question itself: a logistic model over where and how it matched, and
over what is said: whoever asks wants what to do and seldom what to read besides.

p(quote)   = logistic(features + meaning · direction), trained on judged units (scripts/train_selection.py writes
             selection.json); a direction in the space of one encoder's tokens
essential  = the quotes, by falling p, that make the expected F1 of their units highest:
             2 · Σ p · units of the chosen / (units of the chosen + Σ p · units of all)
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.article import Article, Side
from kb.evidence import Evidences
from kb.lexical import LexicalIndex
from kb.lexicalfields import weighed_tokens
from kb.quotematch import MATCH_FEATURES, match_features
from kb.quotes import Quote

Floats = npt.NDArray[np.float64]
# Notes, tables and code are too rare where it was trained to say anything of them.
_KINDS = ("paragraph", "step", "bullet")
FEATURES = (
    "passage",
    "best_passage",
    "overlap",
    "overlap_lead",
    "position",
    "share",
    "log_quotes",
    "length",
    "colon",
    "numbered",
    "step_of_steps",
    *_KINDS,
    *MATCH_FEATURES,
)
# What a passage scores below the article's best one where none of the legs has found it.
_NOT_FOUND = 0.2
_LONG = 300  # characters


@dataclass(frozen=True, slots=True)
class Matched:
    """A passage of the article: half-open range of its segments, and its fused score (None: not found)."""

    start: int
    stop: int
    score: float | None


class QuestionWords:
    """The question's stems and 4-grams, weighed by how rare they are in a locale; the weights add up to 1."""

    def __init__(self, question: str, lexical: LexicalIndex) -> None:
        self._language = lexical.language
        weights = lexical.weights(question)
        total = sum(weights.values())
        self._weights = {token: weight / total for token, weight in weights.items()} if total else {}

    def in_text(self, text: str) -> float:
        """The share of the question's weight that a text has, 0 to 1."""
        return sum(self._weights.get(token, 0.0) for token in weighed_tokens(text, self._language))


def features_of(
    article: Article,
    quotes: Sequence[Quote],
    passages: Sequence[Matched],
    sides: Sequence[tuple[Side, QuestionWords]],
    evidence: Evidences | None,
) -> Floats:
    """float64 [len(quotes), len(FEATURES)]; those of kb.quotematch are NaN where nothing is known of tokens.

    passages  all of the article's, in order
    sides     which sides of the article are compared with the question's words; the better one counts
    """
    if not quotes:
        return np.empty((0, len(FEATURES)))
    best_score = max((p.score for p in passages if p.score is not None), default=0.0)
    scores = [p.score if p.score is not None else best_score - _NOT_FOUND for p in passages]
    best = max(range(len(passages)), key=lambda n: (scores[n], -n), default=None)
    of_quote = [_passage_of(quote, passages) for quote in quotes]
    blocks = [article.blocks[quote.block] for quote in quotes]
    overlap = [
        max((words.in_text(b.text(side, q.start, q.stop)) for side, words in sides), default=0.0)
        for q, b in zip(quotes, blocks, strict=True)
    ]
    core = blocks[next((n for n, passage in enumerate(of_quote) if passage == best), 0)]
    rows = []
    for n, (quote, block) in enumerate(zip(quotes, blocks, strict=True)):
        at = of_quote[n]
        text = block.text("source" if article.bilingual else "target", quote.start, quote.stop)
        rows.append(
            [
                (scores[at] if at is not None else best_score - _NOT_FOUND) - best_score,
                float(at is not None and at == best),
                overlap[n],
                overlap[n] - max(overlap),
                n / len(quotes),
                1 / len(quotes),
                float(np.log(len(quotes))),
                min(len(text), _LONG) / 100,
                float(text.rstrip().endswith((":", "\uff1a"))),
                float(quote.number is not None),
                float(core.kind == block.kind == "step" and block.headings == core.headings),
                *(float(block.kind == kind) for kind in _KINDS),
            ]
        )
    matched = match_features(article, quotes, evidence)
    return np.hstack([np.array(rows, dtype=np.float64), matched])


def _passage_of(quote: Quote, passages: Sequence[Matched]) -> int | None:
    """The best-scored passage that the quote is in or reaches into."""
    inside = [n for n, p in enumerate(passages) if quote.first < p.stop and p.start < quote.end]
    return max(inside, key=lambda n: (-1.0 if (s := passages[n].score) is None else s, -n), default=None)


def probabilities(features: Floats, meaning: npt.NDArray[np.float32] | None) -> Floats:
    """For each quote how likely it is part of what answers, by the shipped model.

    meaning  of each quote (kb.evidence), None where another encoder has read it than `trained_on` names
    """
    model = _model()
    standard = (features - model.mean) / model.scale
    # what is not known counts as the average
    z = model.intercept + np.nan_to_num(standard) @ model.weights
    if meaning is not None:
        z += np.nan_to_num(meaning @ model.direction - model.offset)
    return np.asarray(1.0 / (1.0 + np.exp(-z)), dtype=np.float64)


def trained_on() -> str:
    """Fingerprint of the encoder in whose space the shipped model's direction is."""
    return _model().encoder


def choose(probability: Floats, units: Sequence[int]) -> list[int]:
    """Positions of the essential quotes, ascending; at least one where there are any. units: of each quote."""
    sizes = np.asarray(units, dtype=np.float64)
    expected = float(probability @ sizes)
    order = np.lexsort((np.arange(len(sizes)), -probability))
    hits, quoted = np.cumsum(probability[order] * sizes[order]), np.cumsum(sizes[order])
    gains = 2 * hits / np.maximum(quoted + expected, 1e-9)
    return sorted(order[: int(np.argmax(gains)) + 1].tolist()) if len(order) else []


@dataclass(frozen=True, slots=True)
class _Model:
    """mean, scale, weights: of each feature; direction: [width of a token], offset: of the average quote along it."""

    intercept: float
    mean: Floats
    scale: Floats
    weights: Floats
    encoder: str
    direction: Floats
    offset: float


@lru_cache(1)
def _model() -> _Model:
    told: Any = json.loads(files("kb").joinpath("selection.json").read_text(encoding="utf-8"))
    mean, scale, weights = (
        np.array([told[part][name] for name in FEATURES]) for part in ("mean", "scale", "coefficients")
    )
    direction = np.array(told["direction"])
    return _Model(told["intercept"], mean, scale, weights, told["encoder"], direction, told["offset"])
