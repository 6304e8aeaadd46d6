"""One writer a home: a lock file that the system frees when its holder dies."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from kb.errors import KbError


@contextmanager
def writer_lock(home: Path) -> Iterator[None]:
    """Holds the home's writer lock; KbError, naming holder and age, when another process has it."""
    home.mkdir(parents=True, exist_ok=True)
    holder = home / "writer.pid"
    lock = FileLock(home / "writer.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise KbError(
            f"another build is writing to {home}{_since(holder)}; wait for it to end, or stop it, and run again"
        ) from None
    try:
        holder.write_text(str(os.getpid()), encoding="ascii")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _since(holder: Path) -> str:
    try:
        age = time.time() - holder.stat().st_mtime
        return f" (process {holder.read_text(encoding='ascii')}, for {age:.0f} s)"
    except (OSError, ValueError):
        return ""
