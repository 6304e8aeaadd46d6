"""Whether a home's index is what it should be: every file, every count, every vector, every citation.

What opening an index costs a second for (that files are what the manifest says) comes first; a collection with a
damaged file is not looked into any further, since a library that maps one may end the process. What is checked beyond
the files finds faults of the program that built them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kb.checked import Checked
from kb.errors import IndexDamaged, IndexMissing, KbError
from kb.generation import (
    REBUILD,
    Manifest,
    current_id,
    generation_folder,
    generations,
    manifest_text,
    pointer_text,
    read_manifest,
)
from kb.retention import Hold, read_keep
from kb.verifyarticles import check_articles
from kb.verifystores import check_stores

_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: the file, what it is, and what to run."""

    file: str
    problem: str
    run: str

    def __str__(self) -> str:
        return f"{self.file}: {self.problem}; {self.run}"


@dataclass(slots=True)
class Verification:
    """What was looked at, by name ("files", "vectors", "citations", …), and what was found."""

    home: str
    generation: str | None = None
    checked: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def verify(home: Path) -> Verification:
    """Reads everything of the generation that serves.

    Errors: IndexMissing when nothing is indexed. Damage of any kind is a finding, not an error.
    """
    told = Verification(str(home))
    try:
        told.generation = current_id(home)
        if told.generation is None:
            raise IndexMissing(f"nothing is indexed in {home}; run `kb index SRC… --home {home}`")
        folder, manifest = read_manifest(home, told.generation)
        hold = Hold(folder)
    except IndexDamaged as error:
        told.findings.append(Finding(*_told(str(error), str(home)), _remedy(home, told.generation)))
        return told
    try:
        run = _remedy(home, told.generation)
        told.findings += [Finding(file, problem, run) for file, problem in _pointer(home)]
        damaged = list(_files(folder, manifest, told.checked))
        told.findings += [Finding(str(folder / name), problem, run) for name, problem in damaged]
        collections = {name.partition("/")[0] for name, _ in damaged}
        for name in manifest.collections:
            if name not in collections:
                told.findings += [
                    Finding(str(folder / file), problem, run)
                    for file, problem in _collection(folder, name, manifest, told.checked)
                ]
    finally:
        hold.close()
    return told


def _told(message: str, otherwise: str) -> tuple[str, str]:
    """(file, what is wrong) of an error's message, which most often names the file first, and ends with what to run."""
    told = message.rpartition("; ")[0] or message
    found = re.match(r"(\S*[/\\]\S*) (.+)", told, re.DOTALL)
    return (found[1], found[2]) if found else (otherwise, told)


def _remedy(home: Path, generation: str | None) -> str:
    earlier = [name for name in generations(home) if name != generation]
    back = f", or go back to {earlier[0]}: `kb rollback`" if earlier else ""
    return f"restore a backup: `kb restore FILE`{back}, or {REBUILD}"


def _pointer(home: Path) -> Iterator[tuple[str, str]]:
    pointer = home / "current"
    named = pointer.read_bytes().decode("ascii", "replace").split()
    if pointer.read_bytes() != pointer_text(named).encode("ascii", "replace"):
        yield str(pointer), "is not what was written: more than names, one a line"
    for name in named[1:]:
        if not generation_folder(home, name).is_dir():
            yield str(pointer), f"names {name!r} to go back to, which is not there"
    try:
        read_keep(home)
    except KbError as error:
        yield str(home / "keep"), str(error)


def _files(folder: Path, manifest: Manifest, checked: dict[str, int]) -> Iterator[tuple[str, str]]:
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for name in sorted(there - set(manifest.files) - {_MANIFEST}):
        yield name, "is not in the manifest"
    if (folder / _MANIFEST).read_text(encoding="utf-8") != manifest_text(manifest):
        yield _MANIFEST, "has no SHA-256 of its own, or isn't written as this program writes it"
    checked["files"] = len(manifest.files)
    checked["bytes"] = sum(size for size, _ in manifest.files.values())
    yield from Checked().damage(folder, manifest.files)


def _collection(
    folder: Path, name: str, manifest: Manifest, checked: dict[str, int]
) -> Iterator[tuple[str, str]]:
    entry = manifest.collections[name]
    for check in (check_articles, check_stores):
        try:
            for file, problem in check(folder / name, entry, checked):
                yield f"{name}/{file}", problem
        except KbError as error:  # of a reader that could not go on
            yield _told(str(error), name)
