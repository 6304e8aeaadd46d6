"""How likely an answer answers, from what retrieval saw."""

import json
import math
import random
from dataclasses import dataclass, field
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.confidence import FEATURES, confidence_of, outcome_of, ranking_features

MODEL = json.loads(files("kb").joinpath("confidence.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Rows:
    """A collection whose odd rows repeat the text of the even row before them."""

    name: str = "default"
    copy_of: tuple[int, ...] = tuple(row - row % 2 for row in range(200))


@dataclass(frozen=True)
class Scores:
    """What ranking_features reads of a ranked article."""

    score: float
    dense: float = 0.0
    lexical: float = 0.0
    late: float = 0.0
    row: int = 0
    collection: Rows = field(default_factory=Rows)


def test_features_compare_the_best_article_with_the_others() -> None:
    best, second, third = (
        Scores(0.9, 0.8, 0.4, 0.7),
        Scores(0.6, 0.5, late=0.8, row=2),
        Scores(0.3, 0.1, late=0.2, row=4),
    )
    features = ranking_features("printer: out of paper", [best, second, third])
    assert features == pytest.approx(
        {
            "late": 0.7,
            "dense": 0.8,
            "lexical": 0.4,
            "fused": 0.9,
            "margin": 0.3,
            "rivals": 0.45,
            "late_margin": -0.1,
            "late_rivals": 0.5,
            "dense_margin": 0.3,
            "dense_rivals": 0.3,
            "words": math.log(5),
            "agreement": 1.0,
        }
    )
    alone = ranking_features("paper", [best])
    assert (alone["margin"], alone["rivals"]) == (0.9, 0.0)


def test_rivals_are_at_most_nine() -> None:
    many = [Scores(1.0), *[Scores(0.5, row=2)] * 9, *[Scores(-1.0, row=4)] * 90]
    assert ranking_features("paper", many)["rivals"] == 0.5


def test_an_article_that_says_the_same_is_no_rival_unless_in_another_collection() -> None:
    same = [Scores(0.9, row=0), Scores(0.9, row=1), Scores(0.5, row=2)]
    assert ranking_features("paper", same)["margin"] == pytest.approx(0.4)
    elsewhere = [Scores(0.9, row=0), Scores(0.8, row=0, collection=Rows("other"))]
    assert ranking_features("paper", elsewhere)["margin"] == pytest.approx(0.1)


def test_the_shipped_model_is_whole() -> None:
    assert tuple(MODEL["features"]) == FEATURES
    for part in ("mean", "scale", "coefficients"):
        assert set(MODEL[part]) == set(FEATURES)
    assert all(scale > 0 for scale in MODEL["scale"].values())
    assert 0 < MODEL["thresholds"]["related"] < MODEL["thresholds"]["answered"] < 1


@given(st.integers(0, 2**32))
def test_it_is_the_logistic_function_of_the_standardised_features(seed: int) -> None:
    drawn = random.Random(seed)
    features = {name: drawn.uniform(-1, 1) for name in FEATURES}
    z = MODEL["intercept"] + math.fsum(
        MODEL["coefficients"][n] * (features[n] - MODEL["mean"][n]) / MODEL["scale"][n] for n in FEATURES
    )
    assert confidence_of(features) == pytest.approx(0.5 * (1 + math.tanh(z / 2)), rel=1e-9, abs=1e-12)


def test_a_better_match_is_never_less_likely() -> None:
    rivals = [Scores(0.3, 0.3, 0.1, 0.3, row=2), Scores(0.2, 0.2, 0.1, 0.2, row=4)]
    weak = ranking_features("paper is stuck", [Scores(0.31, 0.3, 0.1, 0.3), *rivals])
    strong = ranking_features("paper is stuck", [Scores(0.7, 0.8, 0.5, 0.7), *rivals])
    assert confidence_of(weak) < 0.3 < 0.7 < confidence_of(strong)


def test_what_is_not_known_counts_as_the_average() -> None:
    average = dict(MODEL["mean"])
    assert confidence_of({}) == pytest.approx(confidence_of(average))


def test_the_outcome_changes_at_the_thresholds() -> None:
    answered, related = MODEL["thresholds"]["answered"], MODEL["thresholds"]["related"]
    assert [outcome_of(p) for p in (1.0, answered, answered - 1e-9, related, related - 1e-9, 0.0)] == [
        "answered",
        "answered",
        "related",
        "related",
        "none",
        "none",
    ]
