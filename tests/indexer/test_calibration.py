"""AUROC, coverage, risk and calibration, against their definitions and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from indexer.calibration import auroc, calibration, coverage_at_false, risk_coverage

SHARES = st.lists(st.integers(0, 20).map(lambda n: n / 20), min_size=1, max_size=30)


def vector(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def drawn(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Confidences, and labels of which just that share happens."""
    random = np.random.default_rng(7)
    confidence = random.random(n)
    return confidence, (random.random(n) < confidence).astype(np.float64)


@settings(deadline=None)
@given(SHARES, SHARES)
def test_auroc_is_the_share_of_pairs_in_order_and_scikit_learns(
    above: list[float], below: list[float]
) -> None:
    pairs = [(a > b) + (a == b) / 2 for a in above for b in below]
    found = auroc(vector(*above), vector(*below))
    assert found == pytest.approx(sum(pairs) / len(pairs))
    labels = [1] * len(above) + [0] * len(below)
    assert found == pytest.approx(roc_auc_score(labels, above + below))


def test_coverage_is_taken_at_the_lowest_threshold_that_few_enough_negatives_reach() -> None:
    negative = vector(*(n / 10 for n in range(10)))
    assert coverage_at_false(vector(0.95, 0.9, 0.85, 0.2), negative, 0.1) == (0.75, 0.85)
    assert coverage_at_false(vector(0.2, 0.3), vector(0.9), 0.1) == (0.0, np.inf)


def test_risk_rises_with_coverage_where_confidence_orders_well() -> None:
    curve = risk_coverage(vector(0.9, 0.8, 0.8, 0.1), vector(1, 1, 0, 0))
    assert curve.threshold.tolist() == [0.9, 0.8, 0.1]
    assert curve.coverage.tolist() == [0.25, 0.75, 1.0]
    assert curve.risk.tolist() == pytest.approx([0, 1 / 3, 0.5])
    assert curve.area == pytest.approx(0.5 / 3 + 0.25 * 0.5)


def test_the_error_is_the_mean_gap_of_ten_bins_of_equal_mass() -> None:
    confidence = np.repeat(np.arange(10) / 10 + 0.05, 4)
    happened = np.tile(vector(1, 0, 0, 0), 10)
    found = calibration(confidence, happened)
    assert [b.count for b in found.bins] == [4] * 10
    assert found.ece == pytest.approx(np.mean(np.abs(np.arange(10) / 10 + 0.05 - 0.25)))


def test_a_calibrated_model_shows_about_what_chance_alone_does_and_another_more() -> None:
    confidence, happened = drawn(400)
    good, bad = calibration(confidence, happened), calibration(confidence**4, happened)
    assert good.ece < good.perfect_high
    assert good.perfect < good.perfect_high
    assert bad.low > bad.perfect_high
    assert bad.low < bad.ece < bad.high


def test_chance_alone_shows_less_on_more_queries() -> None:
    few, many = calibration(*drawn(100)), calibration(*drawn(2000))
    assert many.perfect < few.perfect / 2


def test_no_order_of_equal_confidences_moves_a_figure() -> None:
    confidence = np.repeat(vector(0.3, 0.6), 13)
    happened = np.tile(vector(1, 0), 13)
    order = np.random.default_rng(1).permutation(26)
    assert calibration(confidence, happened).ece == calibration(confidence[order], happened[order]).ece


def test_fewer_queries_than_bins_have_a_bin_each() -> None:
    found = calibration(vector(0.2, 0.9), vector(0, 1))
    assert [b.count for b in found.bins] == [1, 1]
    assert found.ece == pytest.approx(0.15)
