"""Views: centring, exact search, damage."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import IndexDamaged
from kb.vectors import View, centre, mean_of, write_view

FP16 = 5e-4  # what rounding a row's numbers to 11 bits may change in a product


def unit_rows(rows: int, dim: int = 32, seed: int = 7) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(rows, dim))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_centring_takes_a_language_away() -> None:
    meaning, dutch, german = unit_rows(20), unit_rows(1, seed=1) * 3, unit_rows(1, seed=2) * 3
    there = [centre(v, mean_of(v)) for v in (meaning + dutch, meaning + german)]
    np.testing.assert_allclose(there[0], there[1], atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(there[0], axis=1), 1.0, atol=1e-6)


def test_a_row_that_is_the_mean_itself_stays_finite() -> None:
    one = unit_rows(1)
    assert not centre(one, mean_of(one)).any()


def test_the_mean_is_summed_in_float64() -> None:
    vectors = np.concatenate([np.full((1, 2), 1e8), np.full((100, 2), 1.0)]).astype(np.float32)
    assert mean_of(vectors).tolist() == [(1e8 + 100) / 101] * 2
    assert mean_of(vectors[:0]).tolist() == [0.0, 0.0]


@given(st.integers(1, 300), st.integers(1, 400), st.integers(0, 2**32 - 1))
def test_a_view_finds_what_numpy_finds(rows: int, top_k: int, seed: int) -> None:
    vectors = unit_rows(rows, seed=seed)
    query = unit_rows(1, seed=seed + 1)[0]
    with TemporaryDirectory() as folder:
        write_view(Path(folder) / "v", vectors)
        view = View(Path(folder) / "v")
    found, scores = view.top(query, top_k)
    exact = vectors @ query
    assert view.rows == rows and len(found) == len(set(found.tolist())) == min(rows, top_k)
    np.testing.assert_allclose(scores, exact[found], atol=FP16)
    np.testing.assert_allclose(scores, np.sort(exact)[::-1][:top_k], atol=FP16)
    np.testing.assert_allclose(view.at(query, found), scores, atol=FP16)


def test_equal_rows_come_in_row_order(tmp_path: Path) -> None:
    vectors = np.repeat(unit_rows(2), 4, axis=0)
    write_view(tmp_path / "v", vectors)
    found, _ = View(tmp_path / "v").top(vectors[5], 8)
    assert found.tolist() == [4, 5, 6, 7, 0, 1, 2, 3]


def test_a_view_without_rows_finds_nothing(tmp_path: Path) -> None:
    write_view(tmp_path / "v", np.empty((0, 32), dtype=np.float32))
    view = View(tmp_path / "v")
    assert [len(part) for part in view.top(unit_rows(1)[0], 5)] == [0, 0]
    assert len(view.at(unit_rows(1)[0], np.empty(0, dtype=np.int64))) == 0


@pytest.mark.parametrize("damage", [b"", b"IxSQ", b"no index at all, but long enough to look like one"])
def test_a_damaged_view_says_so_and_what_to_run(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "v").write_bytes(damage)
    with pytest.raises(IndexDamaged, match=r"no readable view .*kb index"):
        View(tmp_path / "v")
