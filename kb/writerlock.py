"""One writer a home: a lock file that the system frees when its holder dies."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from kb.errors import WriterBusy


@contextmanager
def writer_lock(home: Path) -> Iterator[None]:
    """Holds the home's writer lock; WriterBusy, naming holder and age, when another process has it."""
    home.mkdir(parents=True, exist_ok=True)
    holder = home / "writer.pid"
    lock = FileLock(home / "writer.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise WriterBusy(
            f"another command is writing to {home}{_since(holder)}; wait for it to end, or stop it, and run again"
        ) from None
    try:
        said = {"process": os.getpid(), "host": platform.node(), "boot": _boot(), "since": time.monotonic()}
        holder.write_text(json.dumps(said) + "\n", encoding="ascii")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def refuse_while_written(home: Path) -> None:
    """WriterBusy, naming holder and age, when another process holds the home's writer lock at this moment."""
    with writer_lock(home):
        pass


def _since(holder: Path) -> str:
    """Who holds the lock and how long, as far as it has said so.

    The time is that of a clock that never jumps and counts from the start of the machine, so it is told only on the
    machine that it was read on.
    """
    try:
        said = json.loads(holder.read_text(encoding="ascii"))
        who = f"process {int(said['process'])}"
        if said["host"] != platform.node():
            return f" ({who} on {str(said['host'])[:100]})"
        age = time.monotonic() - float(said["since"])
        return f" ({who}, for {_duration(age)})" if said["boot"] == _boot() and age >= 0 else f" ({who})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def _boot() -> str:
    """What tells one start of the machine from another; "" where the system doesn't say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""
