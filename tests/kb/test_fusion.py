"""Fusing two legs' scores, by hand-computed examples."""

from __future__ import annotations

import numpy as np
import pytest

from kb.fusion import ArticleHit, FusionSettings, best_passage_per_article, fuse, reciprocal_rank_fusion


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
    assert reciprocal_rank_fusion([[], []]) == {}
    assert best_passage_per_article({}, str) == []


def test_reciprocal_ranks() -> None:
    fused = reciprocal_rank_fusion([["a", "b", "c"], ["c", "a"]], rrf_k=60)
    assert fused == pytest.approx({"a": 1 / 61 + 1 / 62, "c": 1 / 63 + 1 / 61, "b": 1 / 62})
    assert list(fused) == ["a", "c", "b"]


def test_reciprocal_ranks_settle_ties_by_row() -> None:
    assert list(reciprocal_rank_fusion([[7, 3], [3, 7]])) == [3, 7]
    assert reciprocal_rank_fusion([[5]], rrf_k=0) == {5: 1.0}


def test_an_article_is_as_good_as_its_best_passage() -> None:
    paths = {0: "b/printer", 1: "b/printer", 2: "a/scanner", 3: "a/fax"}
    hits = best_passage_per_article({0: 0.2, 1: 0.7, 2: 0.7, 3: 0.1}, paths.__getitem__)
    assert hits == [
        ArticleHit("a/scanner", 2, 0.7),
        ArticleHit("b/printer", 1, 0.7),
        ArticleHit("a/fax", 3, 0.1),
    ]


def test_the_first_of_equal_passages_stands_for_the_article() -> None:
    for order in ([4, 9], [9, 4]):
        assert best_passage_per_article(dict.fromkeys(order, 0.5), lambda _: "x") == [ArticleHit("x", 4, 0.5)]
