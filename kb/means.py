"""Mean vectors of texts, which centring takes off (kb.vectors.centre), in one file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from kb.errors import IndexDamaged
from kb.generation import REBUILD

MEANS = "means.npz"
Mean = npt.NDArray[np.float64]


def write_means(folder: Path, means: Mapping[str, Mean]) -> None:
    """Writes them in the order of their names."""
    with (folder / MEANS).open("wb") as stream:
        np.savez(stream, **{key: means[key] for key in sorted(means)})  # type: ignore[arg-type]


def read_means(file: Path) -> dict[str, Mean]:
    """Mean vectors by name; IndexDamaged where the file can't be read."""
    try:
        with np.load(file) as means:
            return {key: means[key] for key in means.files}
    except (OSError, EOFError, ValueError, BadZipFile) as error:
        raise IndexDamaged(f"{file} can't be read ({error}); {REBUILD}") from error
