"""Fusing two legs' scores, by hand-computed examples."""

from __future__ import annotations

import numpy as np
import pytest

from kb.fusion import FusionSettings, fuse, refine


def test_convex_combination() -> None:
    fused = fuse([0.5, 0.9, 0.1], [1.0, 0.0, 0.5], FusionSettings(dense_weight=0.8, lexical_weight=0.2))
    assert fused == pytest.approx([0.6, 0.72, 0.18])
    assert fused.dtype == np.float64


def test_weights_are_relative() -> None:
    legs = ([0.5, 0.9], [1.0, 0.0])
    assert fuse(*legs, FusionSettings(4, 1)) == pytest.approx(fuse(*legs, FusionSettings(0.8, 0.2)))


def test_a_missing_leg_leaves_the_other_as_it_is() -> None:
    scores = np.array([0.25, 0.5])
    for fused in (fuse(scores, None, FusionSettings()), fuse(None, scores, FusionSettings())):
        assert fused.tolist() == [0.25, 0.5]
        assert fused is not scores


def test_what_cannot_be_fused_is_refused() -> None:
    with pytest.raises(ValueError, match="both legs are missing"):
        fuse(None, None, FusionSettings())
    with pytest.raises(ValueError, match="not of the same rows"):
        fuse([1.0], [1.0, 2.0], FusionSettings())
    for weights in [(0.0, 0.0), (-0.1, 1.0)]:
        with pytest.raises(ValueError, match="none below 0 and one above"):
            FusionSettings(*weights)


def test_no_rows() -> None:
    assert fuse([], [], FusionSettings()).shape == (0,)
    assert refine(np.empty(0), np.empty(0), FusionSettings()).shape == (0,)


def test_late_interaction_takes_its_share() -> None:
    fused, late = np.array([0.6, 0.2]), np.array([0.1, 0.9])
    refined = refine(fused, late, FusionSettings(late_weight=0.25))
    assert refined == pytest.approx([0.475, 0.375])
    assert refined.dtype == np.float64
    assert refine(fused, late, FusionSettings(late_weight=0.0)).tolist() == fused.tolist()
    assert refine(fused, late, FusionSettings(late_weight=1.0)).tolist() == late.tolist()


def test_rows_that_were_not_looked_at_take_the_lowest_late_score() -> None:
    late = np.array([0.5, np.nan, 0.3, np.nan])
    refined = refine(np.array([0.8, 0.4, 0.6, 0.2]), late, FusionSettings(late_weight=0.5))
    assert refined == pytest.approx([0.65, 0.35, 0.45, 0.25])
    assert np.isnan(late).sum() == 2


def test_without_late_scores_the_fused_ones_stand() -> None:
    fused = np.array([0.8, 0.4])
    assert refine(fused, np.full(2, np.nan), FusionSettings(late_weight=1.0)).tolist() == [0.8, 0.4]


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan")])
def test_late_interactions_share_is_a_share(share: float) -> None:
    with pytest.raises(ValueError, match=r"late interaction's share is .*, expected 0 to 1"):
        FusionSettings(late_weight=share)
