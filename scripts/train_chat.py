"""Trains kb/followup.json: whether a question leans on the one before it.

    python scripts/train_chat.py --home HOME --eval DIR [--write]

DIR holds chats.jsonl and queries.jsonl (data/README.md tells their form). A follow-up is a later turn about the article
of the turn before it; what stands on its own is any judged question after another one of its language that is about
another article. Both halves weigh the same. Cross-validated by conversation.

What the weights of kb/chatrank.py do to such a question is told with it: asked after the other one, and by itself.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from indexer.evalchat import chat_table, chat_turn
from indexer.evalsets import ChatTurn, Conversation, EvalSet, Query, read_evalsets
from indexer.evaluate import EvalOptions, evaluate
from indexer.report import Quiet
from kb.chat import FOLLOW_FEATURES, follow_features
from kb.chatrank import gap_to, key_of
from kb.hit import SearchRequest
from kb.knowledge import KnowledgeBase

MODEL = Path(__file__).resolve().parent.parent / "kb" / "followup.json"


@dataclass(frozen=True)
class Example:
    features: list[float]
    follows: bool
    group: str


def example(kb: KnowledgeBase, told: str, text: str, follows: bool, group: str) -> Example:
    """told: file name of the article that is right for the question before."""
    ranked = kb.rank(SearchRequest(text))
    key = next((key_of(r) for r in ranked if r.path.rsplit("/", 1)[-1] == told), ("", told))
    features = follow_features(max(r.dense for r in ranked), gap_to(ranked, key), text)
    return Example([value for value in features if value is not None], follows, group)


def examples(kb: KnowledgeBase, folder: Path) -> Iterator[Example]:
    for chat in records(folder / "chats.jsonl"):
        for before, turn in pairwise(chat["turns"]):
            if before["article"] is not None and turn["article"] == before["article"]:
                yield example(kb, before["article"], turn["query"], True, chat["id"])
    last: dict[str, str] = {}
    for query in records(folder / "queries.jsonl"):
        told = last.get(query["lang"])
        if told is not None and told != query["article"]:
            yield example(kb, told, query["query"], False, query["id"])
        last[query["lang"]] = query["article"]


def switches(sets: EvalSet) -> Iterator[Conversation]:
    """Every judged question after the one before it in its language, where that is about another article."""
    last: dict[str, Query] = {}
    for query in sets.queries:
        before = last.get(query.lang)
        if before is not None and before.article != query.article:
            yield Conversation(query.id, query.lang, (turn_of(before), turn_of(query)), query.where)
        last[query.lang] = query


def turn_of(query: Query) -> ChatTurn:
    return ChatTurn(query.lang, query.text, query.article, query.also)


def report_switches(kb: KnowledgeBase, queries: Path) -> None:
    after = tuple(switches(read_evalsets([queries])))
    alone = tuple(replace(chat, turns=chat.turns[1:]) for chat in after)

    def table(chats: tuple[Conversation, ...]) -> dict[str, Any]:
        sets, options = EvalSet(chats=chats), EvalOptions()
        return chat_table(evaluate(kb, sets, options, chat_turn(kb, None), Quiet()).turns)

    told = table(after)["switches"]
    print(
        f"{told['turns']} questions by themselves: success@1 {table(alone)['first']}; after another one:",
        told,
    )


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
    kb = KnowledgeBase.open(options.home)
    data = list(examples(kb, options.eval))
    x = np.array([e.features for e in data])
    follows = np.array([e.follows for e in data])
    weights = np.where(follows, len(data) / follows.sum(), len(data) / (~follows).sum()) / 2
    held_out = np.zeros(len(data))
    for train, test in GroupKFold(10).split(x, follows, [e.group for e in data]):
        held_out[test] = fit(x[train], follows[train], weights[train])(x[test])
    report_switches(kb, options.eval / "queries.jsonl")
    print(f"{follows.sum()} follow-ups, {(~follows).sum()} others; cross-validated by conversation:")
    print("AUROC", round(float(roc_auc_score(follows, held_out)), 3))
    print("follow-ups recognised", round(float((held_out[follows] >= 0.5).mean()), 3))
    print("others left alone", round(float((held_out[~follows] < 0.5).mean()), 3))
    mean, scale, model = fitted(x, follows, weights)
    coefficients = model.coef_[0] / scale
    average = np.average(x, axis=0, weights=weights)
    described = {
        "intercept": round(float(model.intercept_[0] - coefficients @ mean), 4),
        "mean": {n: round(float(m), 4) for n, m in zip(FOLLOW_FEATURES, average, strict=True)},
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
