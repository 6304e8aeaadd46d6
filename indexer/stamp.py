"""What a build depends on besides its sources: this program and the libraries that shape what it writes.

Taken over from an earlier build is only what the same program has made. Its own text stands for the program, since a
version that somebody forgets to raise would let old results pass for new ones; an update so costs one whole build.
"""

from __future__ import annotations

import hashlib
import sqlite3
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

import indexer
import kb

_LIBRARIES = ("markdown-it-py", "numpy", "faiss-cpu", "pystemmer", "pyyaml", "regex", "tantivy", "tokenizers")


@cache
def program_stamp() -> str:
    """Digest of the code of kb and indexer, and the versions of what they stand on."""
    digest = hashlib.sha256()
    for library in _LIBRARIES:
        digest.update(f"{library} {metadata.version(library)}\n".encode())
    digest.update(f"{sys.version}\n{sqlite3.sqlite_version}\n".encode())
    for package in (kb, indexer):
        root = Path(package.__path__[0])
        for file in sorted(path for path in root.rglob("*") if path.suffix in (".py", ".json")):
            digest.update(f"{package.__name__}/{file.relative_to(root).as_posix()}\n".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def stamp_of(*parts: str) -> str:
    """Digest of texts: equal as long as all of them are."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
