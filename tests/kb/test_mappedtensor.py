"""Tensors left on the disk: what the library reads whole, row by row."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from kb.mappedtensor import mapped_tensor

TENSORS = {
    "bias": np.arange(5, dtype=np.float32),
    "words": np.random.default_rng(1).normal(size=(40, 8)).astype(np.float16),
    "places": np.random.default_rng(2).normal(size=(7, 8)).astype(np.float32),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    save_file(TENSORS, tmp_path / "model.safetensors", metadata={"format": "pt"})
    return tmp_path / "model.safetensors"


@pytest.mark.parametrize("name", TENSORS)
def test_a_tensor_is_as_it_was_written(file: Path, name: str) -> None:
    found = mapped_tensor(file, name)
    assert found.dtype == TENSORS[name].dtype
    np.testing.assert_array_equal(found, TENSORS[name])


def test_it_stays_on_the_disk_and_cant_be_written(file: Path) -> None:
    found = mapped_tensor(file, "words")
    assert isinstance(found, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 0


def test_a_tensor_that_is_not_there_is_named(file: Path) -> None:
    with pytest.raises(KeyError, match="verbs"):
        mapped_tensor(file, "verbs")


def test_a_file_that_ends_early_is_refused(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(ValueError, match=r"mmap|size"):
        mapped_tensor(file, max(TENSORS, key=lambda name: offset(file, name)))


def offset(file: Path, name: str) -> int:
    content = file.read_bytes()
    about = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    begin: int = about[name]["data_offsets"][0]
    return begin
