"""Which quotes are essential: what the model makes of features and of what is said, and how many are chosen."""

from pathlib import Path

import numpy as np
import pytest

from kb.modelstore import fingerprint
from kb.selection import FEATURES, choose, probabilities, trained_on

UNKNOWN = np.full((1, len(FEATURES)), np.nan)


def test_the_direction_is_of_the_default_model(real_model: Path) -> None:
    assert trained_on() == fingerprint(real_model)


def test_a_quote_without_tokens_counts_as_one_whose_meaning_nobody_knows() -> None:
    nothing = np.full((1, 384), np.nan, dtype=np.float32)
    assert probabilities(UNKNOWN, nothing) == probabilities(UNKNOWN, None)


def test_what_is_said_counts() -> None:
    said = np.random.default_rng(3).normal(size=(50, 384)).astype(np.float32)
    said /= np.linalg.norm(said, axis=1, keepdims=True)
    found = probabilities(np.repeat(UNKNOWN, 50, axis=0), said)
    opposite = probabilities(np.repeat(UNKNOWN, 50, axis=0), -said)
    assert np.ptp(found) > 0.1
    # linear before the logistic: a meaning and its opposite lie around the same middle
    middle = np.log(found / (1 - found)) + np.log(opposite / (1 - opposite))
    assert middle == pytest.approx(np.full(50, middle[0]), abs=1e-4)


@pytest.mark.parametrize(
    ("probability", "units", "chosen"),
    [
        ([0.9, 0.9, 0.1], [1, 1, 1], [0, 1]),
        ([0.1, 0.9, 0.2], [1, 1, 1], [1]),
        ([0.3, 0.3, 0.3], [1, 1, 1], [0, 1, 2]),  # nothing stands out: all of it
        ([0.05, 0.04, 0.01], [1, 1, 9], [0]),  # something is always quoted, and seldom the longest
        ([], [], []),
    ],
)
def test_the_set_with_the_highest_expected_f1_is_chosen(
    probability: list[float], units: list[int], chosen: list[int]
) -> None:
    assert choose(np.array(probability), units) == chosen
