"""Trains kb/followup.json: whether a question leans on the one before it.

    python scripts/train_chat.py --home HOME --eval DIR [--write]

DIR holds chats.jsonl and queries.jsonl (data/README.md tells their form). A follow-up is a later turn about the article
of the turn before it; what stands on its own is any judged question after another one of its language that is about
another article. Both halves weigh the same. Cross-validated by conversation.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from kb.chat import FOLLOW_FEATURES, follow_features
from kb.hit import SearchRequest
from kb.knowledge import KnowledgeBase
from kb.rank import question_locale
from kb.vectors import Floats, centre

MODEL = Path(__file__).resolve().parent.parent / "kb" / "followup.json"


@dataclass(frozen=True)
class Asked:
    """A question by itself: its vector without its language, and the cosine of the best passage."""

    text: str
    vector: Floats
    near: float


@dataclass(frozen=True)
class Example:
    features: list[float]
    follows: bool
    group: str


def ask(kb: KnowledgeBase, text: str) -> Asked:
    question, ranked, _ = kb.look_up(SearchRequest(text))
    collection = ranked[0].collection
    mean = collection.question_mean(question_locale(collection, question.language))
    return Asked(text, centre(question.vector[None, :], mean)[0], max(r.dense for r in ranked))


def example(before: Asked, asked: Asked, follows: bool, group: str) -> Example:
    return Example(
        follow_features(asked.near, float(asked.vector @ before.vector), asked.text), follows, group
    )


def examples(kb: KnowledgeBase, folder: Path) -> Iterator[Example]:
    for chat in records(folder / "chats.jsonl"):
        turns = [(ask(kb, turn["query"]), turn["article"]) for turn in chat["turns"]]
        for (before, article), (asked, own) in pairwise(turns):
            if article is not None and own == article:
                yield example(before, asked, True, chat["id"])
    last: dict[str, tuple[Asked, str]] = {}
    for query in records(folder / "queries.jsonl"):
        asked = ask(kb, query["query"])
        previous = last.get(query["lang"])
        if previous is not None and previous[1] != query["article"]:
            yield example(previous[0], asked, False, query["id"])
        last[query["lang"]] = (asked, query["article"])


def records(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--eval", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help=f"write {MODEL.name}")
    options = parser.parse_args()
    data = list(examples(KnowledgeBase.open(options.home), options.eval))
    x = np.array([e.features for e in data])
    follows = np.array([e.follows for e in data])
    weights = np.where(follows, len(data) / follows.sum(), len(data) / (~follows).sum()) / 2
    held_out = np.zeros(len(data))
    for train, test in GroupKFold(10).split(x, follows, [e.group for e in data]):
        held_out[test] = fit(x[train], follows[train], weights[train])(x[test])
    print(f"{follows.sum()} follow-ups, {(~follows).sum()} others; cross-validated by conversation:")
    print("AUROC", round(float(roc_auc_score(follows, held_out)), 3))
    print("follow-ups recognised", round(float((held_out[follows] >= 0.5).mean()), 3))
    print("others left alone", round(float((held_out[~follows] < 0.5).mean()), 3))
    mean, scale, model = fitted(x, follows, weights)
    coefficients = model.coef_[0] / scale
    described = {
        "intercept": round(float(model.intercept_[0] - coefficients @ mean), 4),
        "coefficients": {n: round(float(c), 4) for n, c in zip(FOLLOW_FEATURES, coefficients, strict=True)},
    }
    print(json.dumps(described, indent=1))
    if options.write:
        MODEL.write_text(json.dumps(described, indent=1) + "\n", "utf-8")


def fitted(x: Any, follows: Any, weights: Any) -> tuple[Any, Any, LogisticRegression]:
    """(mean, scale, model) of standardised features."""
    mean, scale = x.mean(axis=0), x.std(axis=0)
    model = LogisticRegression(C=1.0, max_iter=3000)
    return mean, scale, model.fit((x - mean) / scale, follows, sample_weight=weights)


def fit(x: Any, follows: Any, weights: Any) -> Any:
    mean, scale, model = fitted(x, follows, weights)
    return lambda other: model.predict_proba((other - mean) / scale)[:, 1]


if __name__ == "__main__":
    main()
