"""A tensor of a safetensors file, left on the disk: the library itself reads tensors whole.

Layout (huggingface/safetensors, "Format"): u64 length of the header, the header as JSON with each tensor's dtype, shape
and offsets, then the data that the offsets count from.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_DTYPES = {"F16": "<f2", "F32": "<f4"}


def mapped_tensor(path: Path, name: str) -> npt.NDArray[Any]:
    """The tensor as a read-only view of the mapped file. Errors: ValueError, KeyError where it isn't what the layout
    says."""
    with path.open("rb") as stream:
        size = int.from_bytes(stream.read(8), "little")
        about: Any = json.loads(stream.read(size))[name]
    dtype = np.dtype(_DTYPES[about["dtype"]])
    begin, _end = about["data_offsets"]
    return np.memmap(path, dtype, "r", offset=8 + size + begin, shape=tuple(about["shape"]))
