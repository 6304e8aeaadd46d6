"""The figures of an evaluation as JSON values, for whichever kinds of question it had."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from indexer.calibration import Vector, auroc, calibration, coverage_at_false, risk_coverage
from indexer.evalchat import chat_table
from indexer.evaluate import LEGS, Asked, Evaluation
from indexer.evalunits import unit_tables
from indexer.metrics import grouped, mean, score_table

FALSE_ANSWERS = 0.10
_DIGITS = 4
_TABLES = ("all", "en", "installed", "not_installed")


def summary(found: Evaluation) -> dict[str, Any]:
    """What `kb eval --json` prints.

    {"queries": n, "views", "locales"}; with judged questions "all", "en", "installed", "not_installed", "by_lang",
    "by_style" (see `score_table`), "legs": {leg: the same four groups}, "units" (see `unit_tables`); with
    unanswerable ones as well "answerable" (see `answerable_table`); with conversations "chat" (see `chat_table`).
    """
    queries = found.sets.queries
    out: dict[str, Any] = {
        "queries": len(queries),
        "views": list(found.views),
        "locales": list(found.locales),
    }
    if queries:
        out |= score_table(queries, found.scores[LEGS[0]], found.locales)
    if len(found.runs) > 1:
        out["legs"] = {
            leg: {name: table[name] for name in _TABLES if name in table}
            for leg, scores in found.scores.items()
            for table in (score_table(queries, scores, found.locales),)
        }
    if queries:
        out["units"] = unit_tables(queries, found.overlaps)
    if queries and found.sets.unanswerable:
        out["answerable"] = answerable_table(found.asked)
    if found.turns:
        out["chat"] = chat_table(found.turns)
    return out


def answerable_table(asked: Sequence[Asked]) -> dict[str, Any]:
    """How well confidence tells what can be answered.

    auroc, auroc_by_kind   answerable questions against all unanswerable ones, and against those of each kind
    ece, ece_interval      of confidence as the probability that the quoted article is right, with its 95 % bootstrap
                           interval; ece_perfect, ece_perfect_95: mean and 95 % quantile of what a perfectly calibrated
                           model with these confidences shows on as many questions
    ece_answerable         the same of confidence as the probability that the question is answerable
    coverage_at_10_false   share of the answerable above the threshold that a tenth of the unanswerable reach
    outcomes               shares of each outcome among the answerable and the unanswerable
    aurc                   area under the risk–coverage curve; risk: the quoted article is not right
    """
    answerable = [a for a in asked if a.kind == "answerable"]
    others = [a for a in asked if a.kind != "answerable"]
    positive, negative = confidences(answerable), confidences(others)
    everyone = confidences(asked)
    right = np.array([float(a.right) for a in asked])
    measured = calibration(everyone, right)
    broad = calibration(everyone, np.array([float(a.kind == "answerable") for a in asked]))
    coverage, threshold = coverage_at_false(positive, negative, FALSE_ANSWERS)
    return {
        "queries": {"answerable": len(answerable), "unanswerable": len(others)},
        "auroc": _round(auroc(positive, negative)),
        "auroc_by_kind": {
            kind: _round(auroc(positive, confidences(rows)))
            for kind, rows in grouped(others, lambda a: a.kind)
        },
        "ece": _round(measured.ece),
        "ece_interval": [_round(measured.low), _round(measured.high)],
        "ece_perfect": _round(measured.perfect),
        "ece_perfect_95": _round(measured.perfect_high),
        "ece_answerable": _round(broad.ece),
        "ece_answerable_interval": [_round(broad.low), _round(broad.high)],
        "ece_answerable_perfect": _round(broad.perfect),
        "coverage_at_10_false": _round(coverage),
        "threshold_at_10_false": None if np.isinf(threshold) else _round(threshold),
        "outcomes": {"answerable": _outcomes(answerable), "unanswerable": _outcomes(others)},
        "aurc": _round(risk_coverage(everyone, right).area),
    }


def confidences(asked: Sequence[Asked]) -> Vector:
    return np.array([a.confidence for a in asked], dtype=np.float64)


def _outcomes(asked: Sequence[Asked]) -> dict[str, float]:
    return {outcome: mean(a.outcome == outcome for a in asked) for outcome in ("answered", "related", "none")}


def _round(value: float) -> float:
    return round(value, _DIGITS)
