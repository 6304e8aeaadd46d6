"""How a generation comes to be: written aside, flushed to disk, moved into place, and found by one rename at last."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from kb.beside import beside_folder, settle
from kb.checked import checksum
from kb.generation import Manifest, generation_folder, generations, manifest_text, named, pointer_text, served
from kb.retention import read_keep, remove_unread, sweep


class PublishStep(StrEnum):
    """What publishing does, in order."""

    FLUSH = "Flushing to disk"
    MOVE = "Moving into place"
    POINT = "Publishing"
    TIDY = "Removing earlier generations"


def untold(_step: PublishStep) -> None:
    """For those whom the steps of publishing don't concern."""


@contextmanager
def building_folder(home: Path) -> Iterator[Path]:
    """A folder to write a generation in; gone afterwards, whether the build succeeded or not.

    To be called under the home's writer lock: what builds that were killed have left behind is removed first.
    """
    home.mkdir(parents=True, exist_ok=True)
    sweep(home)
    settle(home, named(home))
    folder = Path(tempfile.mkdtemp(prefix="building-", dir=home))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def building_beside(home: Path) -> Iterator[Path]:
    """A folder for files of the home that are to take their places with a generation; swept like a build's."""
    folder = Path(tempfile.mkdtemp(prefix="building-beside-", dir=home))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(
    home: Path,
    building: Path,
    manifest: Manifest,
    *,
    supersedes: bool = False,
    beside: Path | None = None,
    began: Callable[[PublishStep], None] = untold,
) -> None:
    """Makes a whole generation of a build folder and lets readers find it.

    Earlier ones are kept for going back (kb.retention), but not the one that served before where the new one
    `supersedes` it, having all of it and more: that one stays on disk until the next is published.

    beside  a folder of files that take their places in the home with the generation (kb.beside)

    Where this fails, nothing of the new one is left.
    """
    keep = read_keep(home)
    began(PublishStep.FLUSH)
    (building / "manifest.json").write_text(manifest_text(manifest), encoding="utf-8")
    serving = served(home)
    before = generation_folder(home, serving) if serving else None
    for written in (building, beside):
        if written is not None:
            for file in (*sorted(written.rglob("*")), written):
                if before is None or not _same(file, before / file.relative_to(written)):
                    _flush(file)
    earlier = generations(home)
    # one that isn't named is there for its readers alone, unless the pointer is damaged and names none
    pointed = named(home) if serving else earlier
    kept = [name for name in earlier if name in pointed][supersedes : supersedes + keep]
    folder = generation_folder(home, manifest.id)
    folder.parent.mkdir(exist_ok=True)
    began(PublishStep.MOVE)
    building.replace(folder)
    try:
        _flush(folder.parent)
        if beside is not None:
            beside.replace(beside_folder(home, manifest.id))
        began(PublishStep.POINT)
        point_to(home, [manifest.id, *kept])
    except BaseException:
        if manifest.id not in named(home):
            shutil.rmtree(folder, ignore_errors=True)
            shutil.rmtree(beside_folder(home, manifest.id), ignore_errors=True)
        raise
    settle(home, [manifest.id])
    began(PublishStep.TIDY)
    remove_unread(home, [generation_folder(home, name) for name in earlier[1:] if name not in kept])


def tidy(home: Path) -> None:
    """Removes generations that `current` no longer names and nobody reads: what a publication that was killed has left.
    To be called under the writer lock."""
    pointed = named(home)
    there = (home / "generations").iterdir() if (home / "generations").is_dir() else ()
    remove_unread(home, [folder for folder in sorted(there) if folder.name not in pointed])


def point_to(home: Path, names: list[str]) -> None:
    """Lets readers find the first of the generations; the others are kept. To be called under the writer lock."""
    pointer = home / "current.new"
    try:
        pointer.write_text(pointer_text(names), encoding="ascii")
        _flush(pointer)
        pointer.replace(home / "current")
    except BaseException:
        pointer.unlink(missing_ok=True)
        raise
    _flush(home)


def checksums(folder: Path) -> dict[str, tuple[int, str]]:
    """(bytes, sha256) of every file below a folder, by its path below it, sorted."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {file.relative_to(folder).as_posix(): checksum(file) for file in files}


def new_id(files: dict[str, tuple[int, str]]) -> str:
    """Time of the build and a digest of its content: sorts by age, and tells equal builds apart."""
    content = json.dumps(files, sort_keys=True).encode()
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{hashlib.sha256(content).hexdigest()[:8]}"


def free_id(home: Path, wanted: str) -> str:
    """The id, or that with a number where the home has such a generation, whole or not: a clock may stand still."""
    taken = set(generations(home))
    tries = (wanted if n == 0 else f"{wanted[:90]}.{n}" for n in range(len(taken) + 1))
    return next(name for name in tries if name not in taken)


def _same(file: Path, earlier: Path) -> bool:
    """Whether a file is a link to one of the generation that serves, which was flushed when that was published."""
    try:
        return file.samefile(earlier)
    except OSError:
        return False


def _flush(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
