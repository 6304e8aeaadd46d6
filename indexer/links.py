"""Unchanged files of a generation, shared with the next one."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path


def link_files(old: Path, new: Path, names: Iterable[str]) -> None:
    """Puts files of one folder into another under the same names: hard links, copies where there are none."""
    for name in names:
        target = new / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            target.hardlink_to(old / name)
        except OSError:
            shutil.copyfile(old / name, target)
