"""What an index says, file by file: checksums where a file is the same whenever it holds the same, else its content."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from kb.generation import open_manifest

# sources in another place or order leave other traces there, and nowhere else
BUILD_STATE = "build.sqlite"


def files_of(home: Path) -> dict[str, Any]:
    """Every file of the generation that serves by name: its checksum, or what is in it where names in it are random."""
    folder, manifest = open_manifest(home)
    found: dict[str, Any] = {}
    for name, (size, digest) in manifest.files.items():
        if "/tantivy/" not in name:
            found[name] = (size, digest)
        elif name.endswith("meta.json"):
            meta = json.loads((folder / name).read_text(encoding="utf-8"))
            found[name] = [(segment["max_doc"], segment["deletes"]) for segment in meta["segments"]]
    return found


def rows_of(file: Path) -> dict[str, list[Any]]:
    """All tables of an SQLite file."""
    with closing(sqlite3.connect(file)) as db:
        tables = [
            row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
        return {table: db.execute(f"SELECT * FROM {table}").fetchall() for table in tables}


def entries_of(home: Path) -> dict[str, Any]:
    """What the manifest says of its collections, the last run aside."""
    _, manifest = open_manifest(home)
    return {
        name: (e.source_locale, e.excludes, e.passages, e.locales, e.passage_settings)
        for name, e in manifest.collections.items()
    }
