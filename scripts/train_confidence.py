"""Trains kb/confidence.json: how likely the best article answers, from what retrieval saw.

    python scripts/train_confidence.py --home HOME --eval DIR [--write]

DIR holds queries.jsonl and unanswerable.jsonl (data/README.md tells their form); HOME an index of the articles that
they ask about, given twice: as indexed, and deepened. By weight, half of the training questions have no answer: those
of unanswerable.jsonl, and each answerable question once more with its article, all its `also` and `partial` and their
near-duplicates taken out of the ranking.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from indexer.calibration import calibration
from kb.confidence import FEATURES, features_of
from kb.encoded import TextReader
from kb.hit import SearchRequest
from kb.knowledge import KnowledgeBase
from kb.rank import Question
from kb.ranked import Ranked, fold_duplicates

MODEL = Path(__file__).resolve().parent.parent / "kb" / "confidence.json"
# "answered" for at most this share of the questions without an answer, "none" for at most that of those with one
FALSE_ANSWERS = 0.10
LOST_ANSWERS = 0.048  # so that cross-validated no more than 5 % are lost
REPEATS = 5


Kind = Literal["answerable", "answer removed", "unanswerable"]


@dataclass(frozen=True)
class Example:
    """right: whether the best article answers; kind: whose ranking it is; subject: the kind of question without an
    answer."""

    features: list[float]
    right: bool
    group: str
    kind: Kind
    subject: str = ""


def matches(ranked: Ranked, names: set[str]) -> bool:
    """Whether an article is one of the names; a bare name stands for the path that ends in it."""
    return ranked.path in names or ranked.path.rpartition("/")[2] in names


@dataclass(frozen=True)
class Asked:
    """A question, and what finds and reads for it."""

    question: Question
    ranked: list[Ranked]
    reader: TextReader

    def features(self, ranked: Sequence[Ranked]) -> list[float]:
        """Of a ranking of the question's."""
        folded = [best for best, _ in fold_duplicates(ranked)]
        features = features_of(self.question, folded, self.reader)
        return [features.get(name, np.nan) for name in FEATURES]


def ask(kb: KnowledgeBase, text: str) -> Asked:
    return Asked(*kb.look_up(SearchRequest(text)))


def examples(kb: KnowledgeBase, folder: Path) -> list[Example]:
    out: list[Example] = []
    for line in (folder / "queries.jsonl").read_text("utf-8").splitlines():
        query = json.loads(line)
        asked = ask(kb, query["query"])
        ranked = asked.ranked
        right = {query["article"], *query.get("also", [])}
        best, copies = fold_duplicates(ranked)[0]
        hit = matches(best, right) or any(
            name.rpartition("/")[2] in right or name in right for name in copies
        )
        out.append(Example(asked.features(ranked), hit, query["article"], "answerable"))
        helpful = right | set(query.get("partial", []))
        bodies = {r.collection.bodies.get(r.path) for r in ranked if matches(r, helpful)}
        rest = [
            r for r in ranked if not matches(r, helpful) and r.collection.bodies.get(r.path) not in bodies
        ]
        out.append(Example(asked.features(rest), False, query["article"], "answer removed"))
    for line in (folder / "unanswerable.jsonl").read_text("utf-8").splitlines():
        query = json.loads(line)
        asked = ask(kb, query["query"])
        out.append(Example(asked.features(asked.ranked), False, query["id"], "unanswerable", query["kind"]))
    return out


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--home", type=Path, required=True, action="append", help="may be given again: deepened and not"
    )
    parser.add_argument("--eval", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help=f"write {MODEL.name}")
    options = parser.parse_args()
    report(
        [e for home in options.home for e in examples(KnowledgeBase.open(home), options.eval)], options.write
    )


def report(data: Sequence[Example], write: bool) -> None:
    """Prints what cross validation gives, and the model of all examples, or writes that."""
    kinds = np.array([e.kind for e in data])
    answerable, unanswerable = kinds == "answerable", kinds == "unanswerable"
    right = np.array([e.right for e in data])
    weights = weights_of(kinds)
    x = np.array([e.features for e in data])
    mean, scale = np.nanmean(x, axis=0), np.nanstd(x, axis=0)
    x = np.nan_to_num((x - mean) / scale)  # what is not known counts as the average
    groups = [e.group for e in data]
    held_out = np.zeros(len(data))
    for seed in range(REPEATS):
        for train, test in GroupKFold(5, shuffle=True, random_state=seed).split(x, answerable, groups):
            one = fit(x[train], answerable[train], weights[train]).predict_proba(x[test])[:, 1]
            held_out[test] += one / REPEATS
    model = fit(x, answerable, weights)
    answered = float(np.quantile(held_out[unanswerable], 1 - FALSE_ANSWERS))
    related = float(np.quantile(held_out[answerable], LOST_ANSWERS))
    described: dict[str, Any] = {
        "features": list(FEATURES),
        "intercept": round(float(model.intercept_[0]), 6),
        "mean": named(mean),
        "scale": named(scale),
        "coefficients": named(model.coef_[0]),
        "thresholds": {"answered": round(answered, 4), "related": round(min(related, answered), 4)},
    }
    both = answerable | unanswerable
    print(json.dumps(described, indent=1))
    say = {
        "answerable with the right article first, or unanswerable, AUROC": roc_auc_score(
            right[right | unanswerable], held_out[right | unanswerable]
        ),
        "answerable or not, AUROC": roc_auc_score(answerable[both], held_out[both]),
        "answered, of the answerable": np.mean(held_out[answerable] >= answered),
        "right article first, of the answered": np.mean(right[answerable & (held_out >= answered)]),
        "answered, of the unanswerable": np.mean(held_out[unanswerable] >= answered),
        "none, of the answerable": np.mean(held_out[answerable] < related),
        "none, of the unanswerable": np.mean(held_out[unanswerable] < related),
    }
    print("cross-validated by article:", {name: round(float(value), 3) for name, value in say.items()})
    subjects = np.array([e.subject for e in data])
    for subject in sorted(set(subjects) - {""}):
        some = answerable | (subjects == subject)
        print(subject, "AUROC", round(float(roc_auc_score(answerable[some], held_out[some])), 3))
    found = calibration(held_out[both], right[both].astype(np.float64))
    print(
        f"ECE {found.ece:.3f} [{found.low:.3f}, {found.high:.3f}], perfectly calibrated {found.perfect:.3f}"
    )
    if write:
        MODEL.write_text(json.dumps(described, indent=1) + "\n", "utf-8")


def weights_of(kinds: Any) -> Any:
    """Both halves weigh the same; of the one without answers the real questions weigh 70 %: a question whose article
    was taken out still has related ones that an unanswerable one lacks."""
    share = {"answerable": 0.5, "unanswerable": 0.35, "answer removed": 0.15}
    return np.array([share[kind] * len(kinds) / np.sum(kinds == kind) for kind in kinds])


def fit(x: Any, y: Any, weights: Any) -> LogisticRegression:
    return LogisticRegression(C=0.3, max_iter=3000).fit(x, y, sample_weight=weights)


def named(values: Any) -> dict[str, float]:
    return {name: round(float(value), 6) for name, value in zip(FEATURES, values, strict=True)}


if __name__ == "__main__":
    main()
