"""How likely an answer answers: a logistic model over what retrieval saw, and the three outcomes cut from it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

from kb.hit import Outcome
from kb.rank import Ranked

FEATURES = ("dense", "lexical", "fused", "margin", "rivals")


def features_of(ranked: Sequence[Ranked]) -> dict[str, float]:
    """Features of a ranking, best article first and near-duplicates folded.

    dense, lexical, fused  scores of the best passage
    margin                 fused score over the next article's that says something else
    rivals                 mean fused score of the nine next ones
    """
    best = ranked[0]
    said = _text_of(best)
    others = [r.score for r in ranked[1:] if _text_of(r) != said][:9]
    return {
        "dense": best.dense,
        "lexical": best.lexical,
        "fused": best.score,
        "margin": best.score - (others[0] if others else 0.0),
        "rivals": sum(others) / len(others) if others else 0.0,
    }


def _text_of(ranked: Ranked) -> tuple[str, int]:
    """What names the text of an article's best passage: its rows are its collection's own."""
    return ranked.collection.name, ranked.collection.copy_of[ranked.row]


def confidence_of(features: Mapping[str, float]) -> float:
    """Probability (0 to 1) that the best article answers, by the model shipped as confidence.json."""
    model = _model()
    z = float(model["intercept"])
    for name in FEATURES:
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
