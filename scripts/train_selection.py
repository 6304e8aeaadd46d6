"""Trains kb/selection.json: which quotes of the right article answer the question.

    python scripts/train_selection.py --home HOME --eval DIR --numbering LOCALE [--write]

DIR holds queries.jsonl (data/README.md tells its form), whose `units` are numbers in LOCALE's files; HOME is an index
of the articles that they ask about. Trained on every question whose article is found at all, and measured, by cross
validation over articles, on those whose first article is the right one.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from kb.evidence import same_shape
from kb.hit import SearchRequest
from kb.knowledge import KnowledgeBase
from kb.quoted import quotable, quotable_in, selection_features
from kb.selection import FEATURES, choose
from kb.show import stored_article

# of the plane that the direction lies in: 16 to 32 give the same, without any F1 is .01 to .02 lower
AXES = 24
MODEL = Path(__file__).resolve().parent.parent / "kb" / "selection.json"


@dataclass(frozen=True)
class Example:
    """One question's article: features and meaning of its quotes, and for each how many of its units are wanted, of
    how many.

    wanted  units that the judgement names, those in no quote (a title's) among them
    first   whether the article was ranked first
    """

    features: Any
    meaning: Any
    right: Any
    sizes: Any
    wanted: int
    article: str
    english: bool
    first: bool
    body: Any


def example(kb: KnowledgeBase, query: dict[str, Any], numbering: str) -> Example | None:
    request = SearchRequest(query["query"])
    question, ranked, reader = kb.look_up(request)
    found = next((r for r in ranked if query["article"] in (r.path, r.path.rpartition("/")[2])), None)
    if found is None or numbering not in found.collection.locales_of(found.path):
        return None
    # as it is answered; where another variant of the article is, its units can't be told from here
    quoted = quotable(found, question, request, reader)
    article = stored_article(found.collection, found.path, numbering).article
    if not same_shape(quoted.article, article):
        quoted = quotable_in(numbering, found, question, reader)
    quotes = quoted.quotes
    wanted = set(query["units"])
    covers = [
        [s.covers or (s.unit or "",) for s in article.blocks[q.block].segments[q.start : q.stop]]
        for q in quotes
    ]
    return Example(
        features=selection_features(quoted, question),
        meaning=None if quoted.evidence is None else quoted.evidence.first.meaning,
        right=np.array([sum(bool(wanted & set(c)) for c in units) for units in covers]),
        sizes=np.array([max(1, q.stop - q.start) for q in quotes]),
        wanted=len(wanted),
        article=found.path,
        english=query["lang"] == "en",
        first=found is ranked[0],
        body=np.array([article.blocks[q.block].kind != "heading" for q in quotes]),
    )


def f1(example: Example, chosen: Any) -> tuple[float, float, float]:
    """Precision, recall, F1 of the chosen quotes' units."""
    hits, quoted = example.right[chosen].sum(), example.sizes[chosen].sum()
    if not hits:
        return 0.0, 0.0, 0.0
    precision, recall = hits / quoted, hits / example.wanted
    return precision, recall, 2 * precision * recall / (precision + recall)


@dataclass(frozen=True)
class Model:
    """As kb.selection reads it: z = intercept + (features - mean) / scale · weights + meaning · direction - offset."""

    mean: Any
    scale: Any
    weights: Any
    intercept: float
    direction: Any
    offset: float

    def probabilities(self, features: Any, meaning: Any) -> Any:
        along = np.nan_to_num(meaning @ self.direction - self.offset)
        z = self.intercept + (features - self.mean) / self.scale @ self.weights + along
        return 1 / (1 + np.exp(-z))


def fit(data: list[Example]) -> Model:
    """Each quote weighed by its units and each article by the root of theirs. The direction lies in the plane in which
    quotes differ most: several hundred dimensions would be more than there are articles."""
    x = np.concatenate([e.features[e.body] for e in data])
    said = np.concatenate([e.meaning[e.body] for e in data])
    share = np.concatenate([e.right[e.body] / e.sizes[e.body] for e in data])
    weight = np.concatenate([e.sizes[e.body] / np.sqrt(e.sizes[e.body].sum()) for e in data])
    # a kind that hardly occurs must not count by the thousand
    mean, scale = x.mean(axis=0), np.maximum(x.std(axis=0), 0.01)
    known = said[np.isfinite(said).all(axis=1)]
    middle = np.unique(known, axis=0).mean(axis=0)
    axes = np.linalg.svd(np.unique(known, axis=0) - middle, full_matrices=False)[2][:AXES]
    spread = ((known - middle) @ axes.T).std(axis=0)
    along = np.nan_to_num((said - middle) @ axes.T / spread)
    both = np.concatenate([np.hstack([(x - mean) / scale, along])] * 2)
    labels = np.repeat([1, 0], len(x))
    weights = np.concatenate([weight * share, weight * (1 - share)])
    model = LogisticRegression(C=0.2, max_iter=3000).fit(both, labels, sample_weight=weights)
    own, others = model.coef_[0][: x.shape[1]], model.coef_[0][x.shape[1] :]
    direction = (others / spread) @ axes
    return Model(mean, scale, own, float(model.intercept_[0]), direction, float(middle @ direction))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--home", type=Path, required=True, action="append", help="may be given again: deepened and not"
    )
    parser.add_argument("--eval", type=Path, required=True)
    parser.add_argument("--numbering", required=True, help="locale whose files number the judged units")
    parser.add_argument("--write", action="store_true", help=f"write {MODEL.name}")
    options = parser.parse_args()
    lines = (options.eval / "queries.jsonl").read_text("utf-8").splitlines()
    homes = [KnowledgeBase.open(home) for home in options.home]
    made = (example(kb, json.loads(line), options.numbering) for kb in homes for line in lines)
    data = [
        e
        for e in made
        if e is not None and e.body.any() and e.meaning is not None and np.isfinite(e.features).all()
    ]
    report(data, homes[0].info()["encoder"], options.write)


def report(data: list[Example], encoder: str, write: bool) -> None:
    """Prints what cross validation gives, and the model of all examples, or writes that."""
    scores: dict[str, list[tuple[float, float, float]]] = {"en": [], "rest": []}
    folds = GroupKFold(5).split(data, groups=[e.article for e in data])
    for train, test in folds:
        model = fit([data[n] for n in train])
        for e in (data[n] for n in test):
            if e.first:
                body = np.flatnonzero(e.body)
                p = model.probabilities(e.features[body], e.meaning[body])
                chosen = body[choose(p, e.sizes[body].tolist())]
                scores["en" if e.english else "rest"].append(f1(e, chosen))
    for group, values in scores.items():
        print(group, len(values), "precision, recall, F1:", np.round(np.mean(values, axis=0), 3).tolist())
    model = fit(data)
    described = {
        "features": list(FEATURES),
        "intercept": round(model.intercept, 6),
        "mean": named(model.mean),
        "scale": named(model.scale),
        "coefficients": named(model.weights),
        "encoder": encoder,
        "direction": [round(float(value), 4) for value in model.direction],
        "offset": round(model.offset, 6),
    }
    if write:
        MODEL.write_text(json.dumps(described, indent=1) + "\n", "utf-8")
    else:
        print(json.dumps(described, indent=1))


def named(values: Any) -> dict[str, float]:
    return {name: round(float(value), 6) for name, value in zip(FEATURES, values, strict=True)}


if __name__ == "__main__":
    main()
