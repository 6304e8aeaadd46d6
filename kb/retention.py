"""How long a generation stays: as long as it is among the newest, and for as long as anybody reads it.

HOME/keep says how many earlier generations stay beside the one that serves, for `kb rollback`; two where there is no
such file. A reader holds a shared lock (flock) on its generation's manifest, which the system frees when the process
dies, however it dies; a generation is removed under the exclusive one. The lock is on the manifest and not on a file of
its own, so that a home on a read-only disk can be read. Number or age alone would not do: a long export or a service
that can't take up newer generations outlasts any number of builds.

Where the system has no flock (Windows), the folder is renamed before it is removed, which fails while a file in it is
open. Where a file system refuses locks (some network ones), only the number protects a reader.
"""

from __future__ import annotations

import os
import shutil
import sys
import weakref
from collections.abc import Iterable
from pathlib import Path

from kb.errors import IndexDamaged, InputError
from kb.writerlock import writer_lock

if sys.platform != "win32":
    import fcntl

KEEP = 2
MOST = 1000
_FILE = "keep"
_LOCKED = "manifest.json"


def read_keep(home: Path) -> int:
    """How many earlier generations stay beside the one that serves."""
    try:
        found = (home / _FILE).read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return KEEP
    if not found.isascii() or not found.isdecimal() or not 0 <= int(found[:9]) <= MOST:
        raise InputError(
            f"{home / _FILE} holds {found[:20]!r}, expected a number from 0 to {MOST}; "
            "write one with `kb index SRC… --keep N`, or remove the file"
        )
    return int(found)


def write_keep(home: Path, number: int) -> None:
    """Says how many earlier generations stay from the next build on."""
    if not 0 <= number <= MOST:
        raise InputError(f"{number} generations to keep found, expected 0 to {MOST}")
    with writer_lock(home):
        new = home / f"{_FILE}.new"
        new.write_text(f"{number}\n", encoding="ascii")
        new.replace(home / _FILE)


class Hold:
    """A reader's claim on a generation, until it is closed, forgotten, or the process ends."""

    def __init__(self, folder: Path) -> None:
        """Errors: IndexDamaged where the generation is not there, or is being removed."""
        file = folder / _LOCKED
        try:
            descriptor = os.open(file, os.O_RDONLY)
        except OSError as error:
            raise IndexDamaged(f"{file} can't be opened ({error.strerror}); run `kb verify`") from error
        self.close = weakref.finalize(self, os.close, descriptor)
        _lock(descriptor, exclusive=False)
        try:
            there: os.stat_result | None = file.stat()
        except OSError:
            there = None
        # one that was removed while it waited for the lock
        if there is None or not os.path.samestat(there, os.fstat(descriptor)):
            self.close()
            raise IndexDamaged(f"{folder} has been removed meanwhile; run the command again")


def remove_unread(home: Path, folders: Iterable[Path]) -> list[Path]:
    """Removes generations that nobody reads; those that stay. To be called under the home's writer lock.

    Each is renamed first, so that one half removed can't be taken for a whole one; `sweep` removes what a killed
    process has left of it.
    """
    _remove_folders(home, "removing-*")
    return [folder for folder in folders if not _remove(home, folder)]


def sweep(home: Path) -> None:
    """Removes what processes that were killed have left behind. To be called under the writer lock, before anything
    is built."""
    _remove_folders(home, "building-*")
    _remove_folders(home, "removing-*")
    for left in home.glob("*.new"):
        left.unlink(missing_ok=True)


def _remove_folders(home: Path, pattern: str) -> None:
    for left in home.glob(pattern):
        shutil.rmtree(left, ignore_errors=True)


def _remove(home: Path, folder: Path) -> bool:
    try:
        descriptor = os.open(
            folder / _LOCKED, os.O_RDWR
        )  # network file systems lock for writing only what is
    except OSError:
        descriptor = None  # damaged or not a generation: nobody can be reading it
    try:
        if descriptor is not None and not _lock(descriptor, exclusive=True):
            return False
        if sys.platform == "win32" and descriptor is not None:
            os.close(descriptor)  # or the rename would fail for our own sake
            descriptor = None
        trash = home / f"removing-{folder.name}"
        try:
            folder.rename(trash)
        except OSError:
            return False
        shutil.rmtree(trash, ignore_errors=True)
        return True
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _lock(descriptor: int, *, exclusive: bool) -> bool:
    """Whether the lock is held, or the file system knows no locks. A shared one waits, an exclusive one does not."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB if exclusive else fcntl.LOCK_SH)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True
