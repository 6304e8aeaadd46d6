"""One set-up at a time in a checkout, by a file lock that the system drops when its holders end."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK_NAME = "kb-setup.lock"


@contextmanager
def locked(path: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Holds the lock on `path`; `on_wait` is called once if another process has it.

    Programs started meanwhile with `close_fds=False` hold it too (but on Windows), so that a pip that
    outlives a killed set-up is waited for.
    """
    with path.open("a+b") as file:
        if not try_lock(file):
            on_wait()
            while not try_lock(file):
                time.sleep(0.5)
        os.set_inheritable(file.fileno(), True)
        yield


def try_lock(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
