"""Fusing two legs' scores, by hand-computed examples."""

from __future__ import annotations

import numpy as np
import pytest

from kb.fusion import FusionSettings, fuse


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
