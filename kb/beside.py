"""Files of a home that change together with its generation, or not at all.

    HOME/beside-<id>/<path below the home>      what takes its place when the generation <id> is published

They are flushed to disk before the one rename that publishes the generation, and put into their places after it. A
process that is killed between leaves them to the next one that writes to the home: whether `current` names the
generation says what becomes of them.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path

_PREFIX = "beside-"


def beside_folder(home: Path, generation: str) -> Path:
    return home / f"{_PREFIX}{generation}"


def settle(home: Path, published: Collection[str]) -> None:
    """Puts files of published generations into their places, and removes those of others. To be called under the
    writer lock, before `current` changes and after."""
    for folder in home.glob(f"{_PREFIX}*"):
        if folder.name.removeprefix(_PREFIX) in published:
            for file in _files(folder):
                place = home / file.relative_to(folder)
                place.parent.mkdir(parents=True, exist_ok=True)
                file.replace(place)
        shutil.rmtree(folder)


def in_place(home: Path, name: str, published: Collection[str]) -> Path:
    """The file that is of the last publication, wherever it lies: in its place, or still waiting for it."""
    waiting = (beside_folder(home, generation) / name for generation in published)
    return next((file for file in waiting if file.is_file()), home / name)


def waiting(home: Path, published: Collection[str]) -> list[str]:
    """Names below the home of files that wait for their places, though their generation is published."""
    folders = [beside_folder(home, generation) for generation in published]
    return sorted({f.relative_to(folder).as_posix() for folder in folders for f in _files(folder)})


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
