"""Files that are what their manifest says, by size and SHA-256: looked at whenever a generation is opened.

A library that maps a damaged file answers something else, or ends the process; so all of them are read first. That
is cheap where it matters: 228 files of 12 locales, 455 MB, take 0.4 s of one core with SHA instructions, and warm
the page cache for what follows; crc32 takes as long (0.3 s), blake2b 0.8 s. A process that opens one generation after
another reads shared files only once.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_THREADS = 4
_Stamp = tuple[int, int, int, int]


def checksum(file: Path) -> tuple[int, str]:
    """(bytes, sha256) of a file."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return file.stat().st_size, digest


class Checked:
    """Remembers files that were whole, by inode and time of change: hard links in the next generation are the same."""

    def __init__(self) -> None:
        self._whole: dict[_Stamp, str] = {}

    def damage(self, folder: Path, files: Mapping[str, tuple[int, str]]) -> Iterator[tuple[str, str]]:
        """(name, what is wrong) of each file that is not what the manifest says, in the manifest's order."""
        with ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1)) as pool:
            found = pool.map(lambda name: self._damage(folder / name, *files[name]), files)
            yield from ((name, wrong) for name, wrong in zip(files, found, strict=True) if wrong)

    def _damage(self, file: Path, size: int, digest: str) -> str | None:
        try:
            if not file.is_file() or file.stat().st_size != size:
                return f"is missing or not {size} bytes long"
            stamp = _stamp(file)
            if self._whole.get(stamp) == digest:
                return None
            if checksum(file) != (size, digest):
                return "is not what its manifest says (SHA-256 differs)"
            self._whole[stamp] = digest
        except OSError as error:
            return f"can't be read ({error.strerror or error})"
        return None


def _stamp(file: Path) -> _Stamp:
    found = file.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
