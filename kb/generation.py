"""A generation: one complete index on disk, as a manifest that names immutable, checksummed files.

    HOME/current                      the id of the generation that serves, then earlier ones', newest first;
                                      replaced by one rename
    HOME/generations/<id>/manifest.json
    HOME/generations/<id>/<collection>/…
    HOME/building-<random>/           a build under way; never read

A generation is written aside, flushed to disk, and published last; a reader opens one and keeps to it. The order of
publication stands in `current`, so that no clock decides what is removed (kb.retention). How one is published:
kb.publish.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from kb.checked import Checked
from kb.errors import IndexDamaged, IndexMissing

FORMAT = 6
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
    """One collection; `locales` includes the source locale, which has no files of its own in the sources.

    second      fingerprint of the second encoder that has read the source, empty without one
    last_build  "finished" (ISO), "seconds" by stage, distinct "texts" of its views, how many of them were "encoded"
    """

    source_locale: str
    excludes: list[str]
    passages: int
    locales: dict[str, LocaleEntry]
    passage_settings: dict[str, int]
    last_build: dict[str, Any] = field(default_factory=dict)
    second: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """files: path below the generation's folder -> (bytes, sha256). analyser: stamp of the one that cut its words."""

    id: str
    created: str
    encoder: str
    model: str
    collections: dict[str, CollectionEntry]
    search: dict[str, Any]
    files: dict[str, tuple[int, str]]
    analyser: str = ""
    format: int = FORMAT


def current_id(home: Path) -> str | None:
    """The id of the published generation; None when nothing has been published in this home, IndexDamaged when
    what stands there is none."""
    pointer = home / "current"
    try:
        found = pointer.read_text(encoding="ascii", errors="replace").strip().partition("\n")[0]
    except FileNotFoundError:
        return None
    if not _ID.fullmatch(found):
        raise IndexDamaged(f"{pointer} holds {found[:40]!r}, expected the name of a generation; {REBUILD}")
    return found


def generation_folder(home: Path, generation: str) -> Path:
    return home / "generations" / generation


def generations(home: Path) -> list[str]:
    """Ids of the generations on disk, last published first; those that `current` doesn't name come last."""
    try:
        there = {path.name for path in (home / "generations").iterdir() if _ID.fullmatch(path.name)}
    except FileNotFoundError:
        return []
    listed = [name for name in dict.fromkeys(named(home)) if name in there]
    return listed + sorted(there - set(listed), reverse=True)


def open_manifest(home: Path) -> tuple[Path, Manifest]:
    """(folder, manifest) of the published generation.

    Errors: IndexMissing when there is none, IndexDamaged when it is not readable or of another format.
    """
    folder, manifest = read_manifest(home)
    check_files(folder, manifest, Checked())
    return folder, manifest


def check_files(folder: Path, manifest: Manifest, checked: Checked) -> None:
    """IndexDamaged on the first file that is not what the manifest says."""
    for name, wrong in checked.damage(folder, manifest.files):
        raise IndexDamaged(f"{folder / name} {wrong}; {REBUILD}")


def read_manifest(home: Path, generation: str | None = None) -> tuple[Path, Manifest]:
    """(folder, manifest) of the published generation or another, its files not looked at; errors as in
    `open_manifest`."""
    generation = current_id(home) if generation is None else generation
    if generation is None:
        raise IndexMissing(f"nothing is indexed in {home}; run `kb index SRC… --home {home}`")
    folder = generation_folder(home, generation)
    path = folder / "manifest.json"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"{path} can't be read ({error}); {REBUILD}") from error
    manifest = parse_manifest(text, path)
    if manifest.id != generation:
        raise IndexDamaged(f"{path} is of generation {manifest.id!r}; {REBUILD}")
    return folder, manifest


def parse_manifest(text: str, path: Path) -> Manifest:
    """The manifest that `manifest_text` made the text of; IndexDamaged, naming the path, where it is another's."""
    try:
        raw = json.loads(text)
        found = raw["format"]
        if found != FORMAT:
            raise IndexDamaged(f"{path} has format {found}, this program reads {FORMAT}; {REBUILD}")
        digest = raw.pop("sha256", None)  # manifests of the first builds in this format have none
        if digest is not None and text != _sealed(raw):
            raise IndexDamaged(f"{path} is not what was written (SHA-256 differs); {REBUILD}")
        collections = {
            name: CollectionEntry(
                **{**entry, "locales": {k: LocaleEntry(**v) for k, v in entry["locales"].items()}}
            )
            for name, entry in raw["collections"].items()
        }
        files = {name: (size, digest) for name, (size, digest) in raw["files"].items()}
        return Manifest(**{**raw, "collections": collections, "files": files})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise IndexDamaged(f"{path} can't be read ({error}); {REBUILD}") from error


def manifest_text(manifest: Manifest) -> str:
    """The manifest as JSON, with the SHA-256 of all the rest of it."""
    return _sealed(asdict(manifest))


def _sealed(values: dict[str, Any]) -> str:
    bare = json.dumps(values, ensure_ascii=False, indent=1)
    seal = hashlib.sha256(bare.encode("utf-8", "surrogatepass")).hexdigest()
    return json.dumps({**values, "sha256": seal}, ensure_ascii=False, indent=1) + "\n"


def pointer_text(names: list[str]) -> str:
    """What `current` holds."""
    return "".join(f"{name}\n" for name in names)


def served(home: Path) -> str | None:
    """`current_id`, but None where the pointer is damaged."""
    try:
        return current_id(home)
    except IndexDamaged:
        return None


def named(home: Path) -> list[str]:
    """What `current` names, whether it is there or not."""
    try:
        return (home / "current").read_text(encoding="ascii", errors="replace").split()
    except FileNotFoundError:
        return []


def same_content(one: Manifest, other: Manifest) -> bool:
    """Whether two generations hold and say the same, whenever and however they were made."""

    def content(manifest: Manifest) -> Manifest:
        entries = {name: replace(entry, last_build={}) for name, entry in manifest.collections.items()}
        return replace(manifest, id="", created="", collections=entries)

    return content(one) == content(other)
