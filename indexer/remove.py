"""`kb remove`: a locale or a whole collection deleted on purpose, in a generation that has all the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from indexer.build import BuildOptions, remove_locale
from indexer.failures import disk_failures
from indexer.links import link_files
from indexer.report import Progress
from kb.checked import Checked
from kb.errors import InputError, NotFound
from kb.generation import Manifest, check_files, read_manifest
from kb.publish import building_folder, free_id, new_id, publish
from kb.writerlock import writer_lock


def remove(
    home: Path, collection: str | None, locale: str | None, *, options: BuildOptions, progress: Progress
) -> str:
    """The generation that is published without them. A locale's articles are deleted in the collection named, or in
    the only one.

    Errors: IndexMissing where nothing is indexed, NotFound for what is not there, InputError where nothing would be
    left, or several collections have no one named.
    """
    _, manifest = read_manifest(home)
    names = sorted(manifest.collections)
    if collection is not None and collection not in names:
        raise NotFound(f"no collection {collection!r} here; there are {', '.join(names)}")
    if locale is None:
        if collection is None:
            raise InputError("found nothing to remove; name it with --collection, --locale or both")
        return _remove_collection(home, collection, progress)
    if collection is None and len(names) > 1:
        raise InputError(f"there are several collections; name one with --collection: {', '.join(names)}")
    chosen = replace(options, collection=collection or names[0])
    return remove_locale(home, locale, options=chosen, progress=progress).generation


def _remove_collection(home: Path, collection: str, progress: Progress) -> str:
    with disk_failures(home), writer_lock(home), building_folder(home) as building:
        folder, manifest = read_manifest(home)
        rest = {name: entry for name, entry in manifest.collections.items() if name != collection}
        if not rest:
            raise InputError(
                f"{collection} is all that {home} has; to be rid of it, stop what reads it and delete the folder"
            )
        files = {name: said for name, said in manifest.files.items() if not name.startswith(f"{collection}/")}
        new: Manifest = replace(
            manifest,
            id=free_id(home, new_id(files)),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            collections=rest,
            files=files,
        )
        check_files(folder, new, Checked())
        link_files(folder, building, files)
        publish(home, building, new, began=lambda step: progress.stage(step, None))
        return new.id
