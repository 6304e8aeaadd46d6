"""Rows read where they stand: what numpy would have shown of the whole array."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import IndexDamaged
from kb.rowfile import RowFile


@pytest.fixture(params=["at once", "by seeking"])
def reading(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "by seeking":
        monkeypatch.delattr(os, "preadv", raising=False)


@pytest.mark.usefixtures("reading")
@pytest.mark.parametrize("shape", [(7, 3), (7,), (7, 2, 2)])
@pytest.mark.parametrize("dtype", ["uint8", "float32", "int64"])
def test_spans_come_one_after_the_other_in_any_order(
    tmp_path: Path, shape: tuple[int, ...], dtype: str
) -> None:
    array = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    np.save(tmp_path / "rows.npy", array)
    rows = RowFile(tmp_path / "rows.npy")
    assert (len(rows), rows.shape, rows.dtype) == (7, shape, array.dtype)
    spans = [(4, 6), (0, 2), (3, 3), (0, 7)]
    expected = np.concatenate([array[start:stop] for start, stop in spans])
    read = rows.read(spans)
    assert read.dtype == array.dtype and np.array_equal(read, expected)
    assert rows.read([]).shape == (0, *shape[1:])


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted), max_size=6))
def test_any_spans(tmp_path_factory: pytest.TempPathFactory, spans: list[list[int]]) -> None:
    file = tmp_path_factory.mktemp("rows") / "rows.npy"
    array = np.arange(20, dtype=np.uint8).reshape(10, 2)
    np.save(file, array)
    read = RowFile(file).read([(start, stop) for start, stop in spans])
    assert read.tolist() == [row for start, stop in spans for row in array[start:stop].tolist()]


@pytest.mark.usefixtures("reading")
def test_a_file_that_shrinks_while_it_is_open_is_damage(tmp_path: Path) -> None:
    file = tmp_path / "rows.npy"
    np.save(file, np.zeros((5, 4)))
    rows = RowFile(file)
    os.truncate(file, file.stat().st_size - 8)
    assert len(rows.read([(0, 4)])) == 4
    with pytest.raises(IndexDamaged, match="shorter"):
        rows.read([(3, 5)])


@pytest.mark.parametrize("array", [np.zeros(()), np.asfortranarray(np.zeros((3, 2)))])
def test_only_arrays_of_rows_are_taken(tmp_path: Path, array: np.ndarray) -> None:
    np.save(tmp_path / "rows.npy", array)
    with pytest.raises(ValueError, match="not an array of rows"):
        RowFile(tmp_path / "rows.npy")


def test_a_file_is_closed_with_its_last_user(tmp_path: Path) -> None:
    np.save(tmp_path / "rows.npy", np.zeros((5, 4)))
    rows = RowFile(tmp_path / "rows.npy")
    descriptor = rows._descriptor
    os.fstat(descriptor)
    del rows
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)
