"""A build in a process of its own, told event by event: its memory, its load and its crash are nobody else's.

The process reads its job from standard input, writes an event a line to standard output, and ends when its standard
input is closed. So it never outlives the one that started it, however that one ended, and leaves nothing behind.

    {"event": "stage", "name": …, "total": n or null}      {"event": "progress", "name": …, "done": n, "total": …}
    {"event": "note", "message": …}                        {"event": "report", "report": {…}}       the last one
    {"event": "error", "message": …, "busy": bool}         the last one; busy: another process writes to the home
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from api.tuning import tune_build
from indexer.build import BuildOptions, build
from indexer.failures import UNTOUCHED
from kb.errors import KbError, WriterBusy

Event = dict[str, Any]
_PROGRESS_EVERY_S = 0.5
_STOP_S = 20.0
# a third of the share that a process gets without it
_NICE = 5
_KILLED = -9
# the operator's secrets are no business of a build
_NOT_HANDED_ON = frozenset({"KB_ADMIN_TOKEN"})


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be built. kindly: let others have the processor first."""

    sources: tuple[Path, ...]
    home: Path
    cache: Path
    model: str | None = None
    collection: str = "default"
    locale: str | None = None
    excludes: tuple[str, ...] | None = None
    allow_shrink: bool = False
    kindly: bool = False

    def to_json(self) -> str:
        told = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(told, default=str)

    @classmethod
    def from_json(cls, text: str) -> Job:
        told = json.loads(text)
        paths = {"home": Path(told["home"]), "cache": Path(told["cache"])}
        excludes = None if told["excludes"] is None else tuple(told["excludes"])
        return cls(**{**told, **paths, "sources": tuple(map(Path, told["sources"])), "excludes": excludes})


class BuildProcess:
    """A build under way. Its log, as far as it has one, goes where this process's goes."""

    def __init__(self, job: Job) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={name: value for name, value in os.environ.items() if name not in _NOT_HANDED_ON},
            text=True,
            encoding="utf-8",
        )
        self._job = job

    @property
    def pid(self) -> int:
        return self._process.pid

    def events(self) -> Iterator[Event]:
        """Every event as it comes; the last one is a report or an error, also of a process that was killed."""
        assert self._process.stdin is not None and self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):  # it has ended; told below
            print(self._job.to_json(), file=self._process.stdin, flush=True)
        ended = False
        for line in self._process.stdout:
            event: Event = json.loads(line)
            ended = event["event"] in ("report", "error")
            yield event
        status = self._process.wait()
        self._process.stdout.close()
        self._process.stdin.close()
        if not ended:
            yield _killed(status)

    def stop(self) -> None:
        """Ends the build, which leaves the index as it was; waits until it has ended."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _killed(status: int) -> Event:
    how = f"was killed by signal {-status}" if status < 0 else f"ended with exit status {status}"
    why = ", most likely for want of memory" if status == _KILLED else ""
    return {"event": "error", "message": f"the build {how}{why}; {UNTOUCHED}", "busy": False}


# --- in the process of its own


class _Told:
    """Progress as events."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._name = ""
        self._total: int | None = None
        self._done = 0
        self._last = 0.0

    def stage(self, name: str, total: int | None) -> None:
        self._flush()
        self._name, self._total, self._done = name, total, 0
        self.tell({"event": "stage", "name": name, "total": total})

    def advance(self, n: int = 1) -> None:
        self._done += n
        if time.monotonic() - self._last >= _PROGRESS_EVERY_S:
            self._progress()

    def note(self, message: str) -> None:
        self.tell({"event": "note", "message": message})

    def tell(self, event: Event) -> None:
        print(json.dumps(event), file=self._stream, flush=True)

    def _progress(self) -> None:
        self._last = time.monotonic()
        self.tell({"event": "progress", "name": self._name, "done": self._done, "total": self._total})

    def _flush(self) -> None:
        """How far the stage at hand has come in the end."""
        if self._done:
            self._progress()


def main() -> None:
    # what libraries print goes to standard error: standard output is for events
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: who started this answers it
    signal.signal(signal.SIGTERM, _stop)
    job = Job.from_json(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if job.kindly and hasattr(os, "nice"):
        os.nice(_NICE)
    tune_build()
    told = _Told(events)
    try:
        options = BuildOptions(
            collection=job.collection,
            locale=job.locale,
            excludes=job.excludes,
            model=job.model,
            cache=job.cache,
            allow_shrink=job.allow_shrink,
        )
        report = build(job.sources, job.home, options=options, progress=told)
        told.tell({"event": "report", "report": report.to_json()})
    except KeyboardInterrupt:
        sys.exit(130)
    except KbError as error:
        told.tell({"event": "error", "message": str(error), "busy": isinstance(error, WriterBusy)})
        sys.exit(1)
    except Exception:  # noqa: BLE001  the reader of the events must be told of a bug as well
        traceback.print_exc()
        message = f"the build failed; the log holds the reason ({UNTOUCHED})"
        told.tell({"event": "error", "message": message, "busy": False})
        sys.exit(1)


def _stop(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _end_with_parent() -> None:
    """Standard input is closed when the process at its other end wants that, or has ended in whatever way."""
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
