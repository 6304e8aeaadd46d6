"""A backup put back into a home. Nothing in the file is trusted before its SHA-256 has been checked.

A member is read only if it is a plain file whose name and size are already told by what came before it
(indexer.backup): so no name leads out of the folder, nothing is a link, nothing is larger than it says, and all of it
fits on the disk. Checksums find damage, not forgery: who can write a backup can write one that checks.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import IO, cast

from indexer.archives import DAMAGE, Guard, archive_suffix, odd_member, unpacked
from indexer.backup import ABOUT, FORMAT, INDEX, MANIFEST, SUFFIXES, pieces
from indexer.entries import shown
from indexer.failures import disk_failures
from indexer.tm.overlay import FOLDER as OVERLAYS
from kb.curation import FOLDER as CURATION
from kb.errors import IndexDamaged, InputError
from kb.feedback import FILE as FEEDBACK
from kb.generation import Manifest, parse_manifest
from kb.locales import is_valid
from kb.publish import building_beside, building_folder, free_id, publish
from kb.writerlock import writer_lock

_LONGEST_ABOUT = 1 << 20
_LONGEST_MANIFEST = 1 << 26
_BESIDE = re.compile(rf"(?:{OVERLAYS}/[\w-]+\.sqlite|{CURATION}/[\w-]+\.yaml|{re.escape(FEEDBACK)})")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_Files = Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Restored:
    """What serves now; beside: files put beside the index; kept: those of the home that were there already."""

    generation: str
    packed: str
    model: str
    files: int
    beside: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def restore(file: Path, home: Path) -> Restored:
    """Publishes the index of a backup; what served before is one `kb rollback` away.

    Corrections, curation and feedback that the home has already stay as they are.

    Errors: InputError for a file that is no backup, is damaged or wouldn't fit; nothing has changed then.
    """
    if archive_suffix(file.name) not in SUFFIXES:
        raise InputError(f"{file}: found another kind of file, expected a backup in {' or '.join(SUFFIXES)}")
    with (
        disk_failures(home),
        writer_lock(home),
        building_folder(home) as building,
        building_beside(home) as aside,
    ):
        manifest, beside = _unpack(file, building, aside, home)
        kept = [name for name in beside if (home / name).exists()]
        for name in kept:
            (aside / name).unlink()
        new: Manifest = replace(manifest, id=free_id(home, manifest.id))
        publish(home, building, new, beside=aside)
    put = [name for name in beside if name not in kept]
    return Restored(new.id, manifest.id, new.model, len(new.files), put, kept)


def _unpack(file: Path, building: Path, aside: Path, home: Path) -> tuple[Manifest, list[str]]:
    try:
        with unpacked(file) as raw:
            guard = Guard(raw)
            with tarfile.open(fileobj=cast(IO[bytes], guard), mode="r:", encoding="utf-8") as tar:
                members = _Members(file, tar)
                beside = _about(file, members.small(ABOUT, _LONGEST_ABOUT))
                text = members.small(f"{INDEX}/{MANIFEST}", _LONGEST_MANIFEST)
                manifest = parse_manifest(text.decode("utf-8", "replace"), Path(f"{file}:{INDEX}/{MANIFEST}"))
                _check_names(file, manifest)
                _check_room(file, home, sum(size for size, _ in (*manifest.files.values(), *beside.values())))
                for name, told in manifest.files.items():
                    members.write(f"{INDEX}/{name}", building / name, told)
                for name, told in beside.items():
                    members.write(name, aside / name, told)
                members.end()
            for _ in pieces(raw):  # gzip's own checksum comes last
                pass
    except DAMAGE as error:
        raise _refused(file, f"damaged ({error or type(error).__name__})") from None
    except IndexDamaged as error:
        raise _refused(file, str(error).partition("; ")[0]) from error
    return manifest, list(beside)


class _Members:
    """A backup's members, one after the other, each of which must be the one that is expected."""

    def __init__(self, file: Path, tar: tarfile.TarFile) -> None:
        self._file = file
        self._tar = tar

    def small(self, name: str, most: int) -> bytes:
        """A member's bytes, at most so many."""
        member = self._next(name)
        if member.size > most:
            raise _refused(self._file, f"{name} has {member.size:,} bytes, at most {most:,} are read")
        return self._stream(member).read()

    def write(self, name: str, target: Path, told: tuple[int, str]) -> None:
        """Writes a member that has the size and SHA-256 that were told."""
        member = self._next(name)
        if member.size != told[0]:
            raise _refused(self._file, f"{name} has {member.size:,} bytes, expected {told[0]:,}")
        digest = hashlib.sha256()
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as out:
            for piece in pieces(self._stream(member)):
                digest.update(piece)
                out.write(piece)
        if digest.hexdigest() != told[1]:
            raise _refused(self._file, f"{name} is not what was packed (SHA-256 differs)")

    def end(self) -> None:
        member = self._tar.next()
        if member is not None:
            raise _refused(self._file, f"{shown(member.name)!r} found, expected no further file")

    def _next(self, name: str) -> tarfile.TarInfo:
        member = self._tar.next()
        if member is None:
            raise _refused(self._file, f"it ends before {name}")
        vars(self._tar)["members"] = []  # or it keeps every header
        if odd := odd_member(member):
            raise _refused(self._file, f"{shown(member.name)!r} is {odd.partition(';')[0]}")
        if member.name != name:
            raise _refused(self._file, f"{shown(member.name)!r} found, expected {name}")
        return member

    def _stream(self, member: tarfile.TarInfo) -> IO[bytes]:
        stream = self._tar.extractfile(member)
        assert stream is not None
        return stream


def _about(file: Path, data: bytes) -> dict[str, tuple[int, str]]:
    """Size and SHA-256 of what lies beside the index, by name."""
    try:
        raw = json.loads(data)
        if raw["format"] != FORMAT:
            raise _refused(file, f"it has format {raw['format']!r}, this program reads {FORMAT}")
        files = {str(name): (size, digest) for name, (size, digest) in raw["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _refused(file, f"{ABOUT} can't be read ({error})") from None
    for name, told in files.items():
        if not _BESIDE.fullmatch(name) or not _plausible(told):
            raise _refused(file, f"{ABOUT} names {name!r}, which has no place in a home")
    return files


def _check_names(file: Path, manifest: Manifest) -> None:
    for name, told in manifest.files.items():
        parts = PurePosixPath(name).parts
        clean = (
            "/".join(parts) == name
            and ".." not in parts
            and len(parts) > 1
            and parts[0] in manifest.collections
        )
        if (
            not clean
            or re.search(r'[\\:\x00-\x1f"*?<>|]', name)
            or shown(name) != name
            or not _plausible(told)
        ):
            raise _refused(file, f"its manifest names {name!r}, which has no place in an index")
    for name, entry in manifest.collections.items():
        if not re.fullmatch(r"\w[\w-]{0,63}", name) or not all(map(is_valid, entry.locales)):
            raise _refused(file, f"its manifest names a collection {name!r} of {', '.join(entry.locales)}")
    if not isinstance(manifest.id, str) or not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z.-]{0,99}", manifest.id):
        raise _refused(file, f"its manifest has the id {manifest.id!r}")


def _plausible(told: tuple[int, str]) -> bool:
    size, digest = told
    return type(size) is int and size >= 0 and isinstance(digest, str) and bool(_DIGEST.fullmatch(digest))


def _check_room(file: Path, home: Path, needed: int) -> None:
    free = shutil.disk_usage(home).free
    if needed > free:
        raise InputError(
            f"{file} unpacks to {needed / 1e6:,.1f} MB, {home} has {free / 1e6:,.1f} MB free; free some space, "
            "or choose another --home"
        )


def _refused(file: Path, why: str) -> InputError:
    return InputError(f"{file}: {why}; expected a backup that `kb backup` wrote: copy or make it again")
