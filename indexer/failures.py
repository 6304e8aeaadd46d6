"""Failures of the disk, told to people: the libraries that write an index raise them each in its own way."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.errors import InputError, OutOfMemory

UNTOUCHED = "the previous index is untouched"
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EFBIG, errno.ENOLINK}
# tantivy's writing thread ended; its own words go on "(io::Error most likely) or panicked"
_TANTIVY_WRITER = "An index writer was killed"
_SQLITE_DISK = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}


@contextmanager
def disk_failures(home: Path) -> Iterator[None]:
    """A block whose disk failures come out as one InputError with path, reason and what to do, and want of memory
    as OutOfMemory.

    OSError is one by itself, sqlite3's where its result code says so. tantivy and faiss raise ValueError and
    RuntimeError for everything: theirs are one where the text quotes the system's, or says that tantivy's
    writing thread is gone, and is passed on. All else is a bug, and passes as it is.
    """
    try:
        yield
    except OSError as error:
        raise _failure(home, error.filename, error.strerror or str(error), error.errno) from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0)
        if code & 0xFF not in _SQLITE_DISK:
            raise
        number = errno.ENOSPC if code == sqlite3.SQLITE_FULL else None
        raise _failure(home, None, str(error), number) from error
    except OutOfMemory as error:
        raise OutOfMemory(f"{error} ({UNTOUCHED})") from error
    except MemoryError as error:
        raise OutOfMemory(f"memory ran out; close other programs and run again ({UNTOUCHED})") from error
    except (RuntimeError, ValueError) as error:
        number = next((n for n in sorted(_DISK) if os.strerror(n) in str(error)), None)
        if number is None and _TANTIVY_WRITER not in str(error):
            raise
        reason = os.strerror(number) if number else "a file of the word index could not be written"
        raise _failure(home, None, reason, number) from error


def _failure(home: Path, file: object, reason: str, number: int | None) -> InputError:
    """numpy's OSError for a short write has neither number nor path, so the free space is told always."""
    where = home if file is None else file
    try:
        free = (
            f", {shutil.disk_usage(home).free / 1e6:,.1f} MB free there now"
            if number in _DISK | {None}
            else ""
        )
    except OSError:
        free = ""
    todo = "free some space, or choose another --home" if free else "check the path and its permissions"
    return InputError(f"{where}: {reason}{free}; {todo}, and run again ({UNTOUCHED})")
