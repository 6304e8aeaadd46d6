"""A home's index in one file: the generation that serves, and what operators have decided beside it.

    backup.json              format, and (bytes, sha256) of the files beside the index
    index/manifest.json      as the generation has it: bytes and SHA-256 of every further file
    index/<collection>/…
    overlays/, curation/     imported corrections and curation rules
    feedback.sqlite          where it was asked for

Members come in this order, so that all of them are known by name and size before they are read. Services go on
meanwhile: the generation is held while it is packed, and a restored one is published like any other.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from indexer.archives import archive_suffix
from indexer.tm.overlay import FOLDER as OVERLAYS
from kb.beside import in_place, waiting
from kb.curation import FOLDER as CURATION
from kb.errors import IndexDamaged, InputError
from kb.feedback import FILE as FEEDBACK
from kb.generation import REBUILD, Manifest, current_id, named, read_manifest
from kb.retention import Hold

FORMAT = 1
ABOUT, INDEX, MANIFEST = "backup.json", "index", "manifest.json"
SUFFIXES = (".tar.gz", ".tgz", ".tar")
_PIECE = 1 << 20
_LEVEL = 1  # gzip: 455 MB of 12 locales become 268 MB in 11 s of one core


@dataclass(frozen=True, slots=True)
class Backup:
    """What was packed; beside: files that are not of the index."""

    file: str
    generation: str
    bytes: int
    files: int
    beside: list[str] = field(default_factory=list)


def backup(home: Path, file: Path, *, feedback: bool = False) -> Backup:
    """Writes the home's index to a file that isn't there yet, whole or not at all.

    Errors: IndexMissing when nothing is indexed, IndexDamaged where a file is not what the manifest says,
    InputError for a name of another kind, or one that is taken.
    """
    if archive_suffix(file.name) not in SUFFIXES:
        raise InputError(f"{file}: found another kind of file, expected a name in {' or '.join(SUFFIXES)}")
    if file.exists():
        raise InputError(f"{file} is there already; choose another name, or remove it")
    folder, manifest, hold = _held(home)
    part = file.with_name(f".{file.name}.part")
    try:
        with tempfile.TemporaryDirectory(prefix="kb-backup-") as scratch, part.open("xb") as raw:
            beside = _beside(home, Path(scratch), feedback)
            mode = "w:" if archive_suffix(file.name) == ".tar" else "w:gz"
            packed = {"compresslevel": _LEVEL} if mode == "w:gz" else {}
            with tarfile.open(fileobj=raw, mode=mode, format=tarfile.PAX_FORMAT, **packed) as tar:  # type: ignore[call-overload]
                _pack(tar, folder, manifest, beside)
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(file)
    except FileExistsError:
        raise InputError(f"{part} is there: another backup writes it, or one was killed; remove it") from None
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    finally:
        hold.close()
    return Backup(str(file), manifest.id, file.stat().st_size, len(manifest.files), list(beside))


def _held(home: Path) -> tuple[Path, Manifest, Hold]:
    while True:
        serving = current_id(home)
        try:
            folder, manifest = read_manifest(home, serving)
            return folder, manifest, Hold(folder)
        except IndexDamaged:
            if current_id(home) == serving:
                raise


def _beside(home: Path, scratch: Path, feedback: bool) -> dict[str, bytes]:
    """Name below the home and content of what is packed beside the index; databases as one moment has them."""
    found: dict[str, bytes] = {}
    published = named(home)
    for folder, pattern in ((OVERLAYS, "*.sqlite"), (CURATION, "*.yaml")):
        names = {f"{folder}/{file.name}" for file in (home / folder).glob(pattern)}
        # and what a process that was killed has not yet put there
        names |= {name for name in waiting(home, published) if name.startswith(f"{folder}/")}
        for name in sorted(names):
            with contextlib.suppress(FileNotFoundError):  # taken away meanwhile
                found[name] = in_place(home, name, published).read_bytes()
    said = in_place(home, FEEDBACK, published)
    if feedback and said.exists():
        copy = scratch / FEEDBACK
        with closing(sqlite3.connect(said)) as old, closing(sqlite3.connect(copy)) as new:
            old.backup(new)
        found[FEEDBACK] = copy.read_bytes()
    return found


def _pack(tar: tarfile.TarFile, folder: Path, manifest: Manifest, beside: dict[str, bytes]) -> None:
    files = {name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in beside.items()}
    _add(tar, ABOUT, json.dumps({"format": FORMAT, "files": files}, indent=1).encode())
    _add(tar, f"{INDEX}/{MANIFEST}", (folder / MANIFEST).read_bytes())
    for name, (size, digest) in manifest.files.items():
        with (folder / name).open("rb") as stream:
            reading = _Reading(stream)
            info = tarfile.TarInfo(f"{INDEX}/{name}")
            info.size, info.mtime = size, int((folder / name).stat().st_mtime)
            try:
                tar.addfile(info, reading)
            except OSError as error:
                if error.args != ("unexpected end of data",):
                    raise
                reading.digest = hashlib.sha256()  # shorter than it should be
            if reading.digest.hexdigest() != digest or stream.read(1):
                raise IndexDamaged(f"{folder / name} is not what its manifest says; {REBUILD}")
    for name, data in beside.items():
        _add(tar, name, data)


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


class _Reading:
    """A stream whose content is digested while it is read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.digest.update(data)
        return data


def pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """What is left of a stream, piece by piece."""
    while piece := stream.read(_PIECE):
        yield piece
