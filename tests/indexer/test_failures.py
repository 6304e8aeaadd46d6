"""Failures of the disk, as each library raises them, and what is a bug."""

import errno
import os
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from indexer.failures import disk_failures
from kb.errors import IndexDamaged, InputError, OutOfMemory
from kb.vectors import write_view

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full, a disk that is always full")


def sqlite_full() -> None:
    db = sqlite3.connect(":memory:")
    db.execute("PRAGMA max_page_count = 4")
    db.execute("CREATE TABLE t (x)")
    db.executemany("INSERT INTO t VALUES (?)", [("x" * 4000,)] * 10)


def sqlite_bug() -> None:
    sqlite3.connect(":memory:").execute("SELECT * FROM no_such_table")


@needs_full
def test_a_full_disk_under_python_numpy_and_faiss_is_told(tmp_path: Path) -> None:
    def python() -> None:
        FULL.write_text("words", encoding="utf-8")

    def numpy() -> None:
        with FULL.open("wb", buffering=0) as stream:
            np.arange(100_000).tofile(stream)

    def faiss() -> None:
        write_view(FULL, np.eye(64, dtype=np.float32).repeat(64, axis=0))

    for write in (python, numpy, faiss):
        expected = r"No space left on device|requested and .* written"
        with pytest.raises(InputError, match=expected) as told, disk_failures(tmp_path):
            write()
        assert "MB free there now; free some space" in str(told.value)
        assert "the previous index is untouched" in str(told.value)


def test_a_full_database_is_told(tmp_path: Path) -> None:
    expected = f"{tmp_path}: database or disk is full, .* MB free"
    with pytest.raises(InputError, match=expected), disk_failures(tmp_path):
        sqlite_full()


def test_what_the_system_refuses_is_told_with_its_path(tmp_path: Path) -> None:
    refused = PermissionError(errno.EACCES, os.strerror(errno.EACCES), "/some/file")
    expected = "/some/file: Permission denied; check the path and its permissions"
    with pytest.raises(InputError, match=expected), disk_failures(tmp_path):
        raise refused


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            ValueError("An error occurred in a thread: 'IO: Disk quota exceeded (os error 122)'"),
            "quota exceeded",
        ),
        (
            ValueError("An index writer was killed.. A worker thread (io::Error most likely)"),
            "the word index could not be written",
        ),
    ],
)
def test_libraries_that_quote_the_system_are_told(tmp_path: Path, error: Exception, told: str) -> None:
    with pytest.raises(InputError, match=told), disk_failures(tmp_path):
        raise error


@pytest.mark.parametrize("error", [MemoryError(), OutOfMemory("memory ran out")])
def test_want_of_memory_is_told_with_what_is_left_of_the_index(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(OutOfMemory, match=r"^memory ran out.* untouched\)$") as told, disk_failures(tmp_path):
        raise error
    assert told.value.__cause__ is error


@pytest.mark.parametrize(
    "bug", [ValueError("bad value"), RuntimeError("not trained"), KeyError("x"), KeyboardInterrupt()]
)
def test_bugs_pass_as_they_are(tmp_path: Path, bug: BaseException) -> None:
    with pytest.raises(type(bug)) as raised, disk_failures(tmp_path):
        raise bug
    assert raised.value is bug


def test_a_wrong_statement_is_a_bug(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"), disk_failures(tmp_path):
        sqlite_bug()


def test_messages_for_people_pass_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged, match=r"^broken$"), disk_failures(tmp_path):
        raise IndexDamaged("broken")
