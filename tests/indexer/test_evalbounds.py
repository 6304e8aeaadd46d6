"""Bounds on figures: how they are written, and which of them are missed."""

from __future__ import annotations

import pytest

from indexer.evalbounds import Bound, figure, missed, read_bound
from kb.errors import InputError

FIGURES = {
    "queries": 3,
    "all": {"mrr@10": 0.8, "queries": 3},
    "en": {"mrr@10": 0.9},
    "by_lang": {"nl": {"mrr@10": 0.7}},
    "by_style": {"typo": {"mrr@10": 0.6}},
    "legs": {"dense": {"en": {"mrr@10": 0.5}}},
    "units": {"f1": 0.4, "rest": {"f1": 0.3}},
    "answerable": {"ece": 0.1, "threshold_at_10_false": None},
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mrr@10", 0.8), ("all:mrr@10", 0.8), ("en:mrr@10", 0.9), ("nl:mrr@10", 0.7), ("by_lang:nl:mrr@10", 0.7),
        ("typo:mrr@10", 0.6), ("legs:dense:en:mrr@10", 0.5), ("units:f1", 0.4), ("units:rest:f1", 0.3),
    ],
)  # fmt: skip
def test_a_name_is_a_path_into_the_json(name: str, value: float) -> None:
    assert figure(FIGURES, name) == value


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("mrr@5", "found no 'mrr@5' among mrr@10, queries"),
        ("fi:mrr@10", "found no 'fi'"),
        ("units:rest", "is {'f1': 0.3}"),
        ("answerable:threshold_at_10_false", "is None"),
        ("en:mrr@10:more", "found no 'more'"),
    ],
)
def test_a_name_of_no_number_is_refused(name: str, says: str) -> None:
    with pytest.raises(InputError) as refused:
        figure(FIGURES, name)
    assert says in str(refused.value)


def test_what_is_missed_is_told_by_name() -> None:
    bounds = [
        Bound("mrr@10", "least", 0.8), Bound("en:mrr@10", "least", 0.95), Bound("answerable:ece", "most", 0.05),
    ]  # fmt: skip
    assert missed(FIGURES, bounds) == [
        "en:mrr@10 is 0.9, expected at least 0.95",
        "answerable:ece is 0.1, expected at most 0.05",
    ]


def test_a_bound_is_a_name_and_a_number() -> None:
    assert read_bound("en:mrr@10=0.8", "least") == Bound("en:mrr@10", "least", 0.8)


@pytest.mark.parametrize("text", ["mrr@10", "=0.8", "mrr@10=", "mrr@10=high", "mrr@10=nan", " =1"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"expected \[GROUP:\]METRIC=NUMBER"):
        read_bound(text, "least")
