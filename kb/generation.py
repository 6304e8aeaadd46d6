"""A generation: one complete index on disk, as a manifest that names immutable, checksummed files.

    HOME/current                      the id of the generation that serves, replaced by one rename
    HOME/generations/<id>/manifest.json
    HOME/generations/<id>/<collection>/…
    HOME/building-<random>/           a build under way; never read

A generation is written aside, flushed to disk, and published last; a reader opens one and keeps to it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kb.errors import IndexDamaged, IndexMissing

FORMAT = 1
# What to do about a damaged index; --allow-shrink, since what can't be read can't be compared either.
REBUILD = "index all its sources again: `kb index SRC… --allow-shrink`"
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,99}")


@dataclass(frozen=True, slots=True)
class LocaleEntry:
    """What one locale of a collection holds: articles, passages, units."""

    articles: int
    passages: int
    units: int
    translation: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CollectionEntry:
    """One collection; `locales` includes the source locale, which has no files of its own in the sources."""

    source_locale: str
    excludes: list[str]
    passages: int
    locales: dict[str, LocaleEntry]
    passage_settings: dict[str, int]


@dataclass(frozen=True, slots=True)
class Manifest:
    """files: path below the generation's folder -> (bytes, sha256)."""

    id: str
    created: str
    encoder: str
    model: str
    collections: dict[str, CollectionEntry]
    search: dict[str, Any]
    files: dict[str, tuple[int, str]]
    format: int = FORMAT


def current_id(home: Path) -> str | None:
    """The id of the published generation; None when nothing has been published in this home, IndexDamaged when
    what stands there is none."""
    pointer = home / "current"
    try:
        found = pointer.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return None
    if not _ID.fullmatch(found):
        raise IndexDamaged(f"{pointer} holds {found[:40]!r}, expected the name of a generation; {REBUILD}")
    return found


def generation_folder(home: Path, generation: str) -> Path:
    return home / "generations" / generation


def open_manifest(home: Path) -> tuple[Path, Manifest]:
    """(folder, manifest) of the published generation.

    Errors: IndexMissing when there is none, IndexDamaged when it is not readable or of another format.
    """
    folder, manifest = read_manifest(home)
    for name, (size, _) in manifest.files.items():
        file = folder / name
        if not file.is_file() or file.stat().st_size != size:
            raise IndexDamaged(f"{file} is missing or not {size} bytes long; {REBUILD}")
    return folder, manifest


def read_manifest(home: Path) -> tuple[Path, Manifest]:
    """(folder, manifest) of the published generation, its files not looked at; errors as in `open_manifest`."""
    generation = current_id(home)
    if generation is None:
        raise IndexMissing(f"nothing is indexed in {home}; run `kb index SRC… --home {home}`")
    folder = generation_folder(home, generation)
    path = folder / "manifest.json"
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        found = raw["format"]
        if found != FORMAT:
            raise IndexDamaged(f"{path} has format {found}, this program reads {FORMAT}; {REBUILD}")
        collections = {
            name: CollectionEntry(
                **{**entry, "locales": {k: LocaleEntry(**v) for k, v in entry["locales"].items()}}
            )
            for name, entry in raw["collections"].items()
        }
        files = {name: (size, digest) for name, (size, digest) in raw["files"].items()}
        manifest = Manifest(**{**raw, "collections": collections, "files": files})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamaged(f"{path} can't be read ({error}); {REBUILD}") from error
    return folder, manifest


@contextmanager
def building_folder(home: Path) -> Iterator[Path]:
    """A folder to write a generation in; gone afterwards, whether the build succeeded or not.

    To be called under the home's writer lock: what builds that were killed have left behind is removed first.
    """
    home.mkdir(parents=True, exist_ok=True)
    for left in home.glob("building-*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix="building-", dir=home))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(home: Path, building: Path, manifest: Manifest) -> None:
    """Makes a whole generation of a build folder and lets readers find it.

    The one that served before is kept, older ones are removed. Where this fails, nothing of the new one is left.
    """
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
    (building / "manifest.json").write_text(text + "\n", encoding="utf-8")
    for file in (*sorted(building.rglob("*")), building):
        _flush(file)
    served = _served(home)
    folder = generation_folder(home, manifest.id)
    folder.parent.mkdir(exist_ok=True)
    building.replace(folder)
    pointer = home / "current.new"
    try:
        _flush(folder.parent)
        pointer.write_text(manifest.id + "\n", encoding="ascii")
        _flush(pointer)
        pointer.replace(home / "current")
    except BaseException:
        pointer.unlink(missing_ok=True)
        if _served(home) != manifest.id:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    _flush(home)
    for old in folder.parent.iterdir():
        if old.name not in (manifest.id, served):
            shutil.rmtree(old, ignore_errors=True)


def _served(home: Path) -> str | None:
    """The generation to keep beside the new one; None where nothing readable has been served."""
    try:
        return current_id(home)
    except IndexDamaged:
        return None


def checksums(folder: Path) -> dict[str, tuple[int, str]]:
    """(bytes, sha256) of every file below a folder, by its path below it, sorted."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {file.relative_to(folder).as_posix(): checksum(file) for file in files}


def checksum(file: Path) -> tuple[int, str]:
    """(bytes, sha256) of a file."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return file.stat().st_size, digest


def new_id(files: dict[str, tuple[int, str]]) -> str:
    """Time of the build and a digest of its content: sorts by age, and tells equal builds apart."""
    content = json.dumps(files, sort_keys=True).encode()
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{hashlib.sha256(content).hexdigest()[:8]}"


def _flush(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
