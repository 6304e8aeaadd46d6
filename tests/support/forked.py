"""`kb` in forks of one process that has imported everything: a run begins in milliseconds and can be killed anywhere.

The fork is a process group of its own, as a terminal makes it, and runs `kb` from the arguments to the exit status.
Besides from outside at any time, it can be told to kill itself as a named step begins, or right before the n-th
change that it makes to the disk (a file opened for writing, made, linked, renamed or removed, a folder made or
removed), counted from the moment when it takes the writer's lock: so the states that a crash can leave are reached one
after the other.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_NOBODY = 65534
_CHANGES = frozenset(
    {"os.mkdir", "os.rmdir", "os.remove", "os.rename", "os.link", "os.truncate", "sqlite3.connect"}
)


@dataclass(frozen=True)
class Ended:
    """status: as `subprocess` has it, -9 for a run that was killed; changes: to the disk, in order, each with the
    name of the file or folder."""

    status: int
    stdout: str
    stderr: str
    changes: list[str] = field(default_factory=list)


@dataclass
class Run:
    """A fork under way."""

    forks: Forks
    pid: int
    scratch: Path

    def kill(self) -> None:
        """SIGKILL to the whole group; nothing where it has ended by itself."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def wait(self) -> Ended:
        told = self.forks.read()
        with contextlib.suppress(ProcessLookupError):  # workers that have lost their parent
            os.killpg(self.pid, signal.SIGKILL)
        said = {name: (self.scratch / name).read_text(encoding="utf-8") for name in ("stdout", "stderr")}
        changes = (self.scratch / "changes").read_text(encoding="utf-8").splitlines()
        return Ended(told["status"], said["stdout"], said["stderr"], changes)


class Forks:
    """The process that forks. settings: KB_… of the runs' environment."""

    def __init__(self, scratch: Path, settings: Mapping[str, str]) -> None:
        self.scratch = scratch
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve())],
            cwd=ROOT,
            env={**kept, **settings, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(
        self,
        *arguments: str,
        die_before: int | None = None,
        die_at: str | None = None,
        as_nobody: bool = False,
    ) -> Run:
        """Begins a run; one at a time. die_before, die_at: the number of the change and the name of the step before
        which it kills its group; as_nobody: without root's rights."""
        assert self._process.stdin is not None
        job = {
            "arguments": arguments,
            "scratch": str(self.scratch),
            "before": die_before,
            "at": die_at,
            "as_nobody": as_nobody,
        }
        print(json.dumps(job), file=self._process.stdin, flush=True)
        return Run(self, self.read()["pid"], self.scratch)

    def run(self, *arguments: str, **how: Any) -> Ended:
        return self.start(*arguments, **how).wait()

    def read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the process that forks has ended"
        told: dict[str, Any] = json.loads(line)
        return told

    def close(self) -> None:
        with self._process:  # closes its pipes, which ends it
            pass


@contextlib.contextmanager
def forks(scratch: Path, **settings: str) -> Iterator[Forks]:
    scratch.mkdir(parents=True, exist_ok=True)
    made = Forks(scratch, settings)
    try:
        yield made
    finally:
        made.close()


# --- what runs in the process that forks


def _serve() -> None:
    from api import cli, console
    from api.commands import deepen, import_, index, restore, rollback  # noqa: F401  imported once, for all forks
    from kb.tokens import load_tokenizer

    load_tokenizer(Path(os.environ["KB_MODEL"]))  # kept by the module, seconds on a busy machine
    for line in sys.stdin:
        job = json.loads(line)
        pid = os.fork()
        if pid == 0:
            if job["at"]:
                console.LineProgress = _dying(console.LineProgress, job["at"])  # type: ignore[misc]
            _run(cli.main, job)
        with contextlib.suppress(PermissionError, ProcessLookupError):
            os.setpgid(pid, pid)
        print(json.dumps({"pid": pid}), flush=True)
        _, status = os.waitpid(pid, 0)
        print(json.dumps({"status": os.waitstatus_to_exitcode(status)}), flush=True)


def _run(main: Any, job: Mapping[str, Any]) -> None:
    """The fork: ends the process."""
    os.setpgid(0, 0)
    scratch = Path(job["scratch"])
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(scratch / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    changes = os.open(scratch / "changes", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    sys.addaudithook(_Hook(changes, job["before"]))
    sys.argv = ["kb", *job["arguments"]]
    if job["as_nobody"]:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    status = 0
    try:
        main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:  # noqa: BLE001  as the interpreter does it
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _dying(shown: type[Any], step: str) -> type[Any]:
    """The kind of progress that kills the group as a step begins."""

    class Dying(shown):  # type: ignore[misc]
        def stage(self, name: str, total: int | None) -> None:
            if name == step:
                os.killpg(0, signal.SIGKILL)
            super().stage(name, total)

    return Dying


class _Hook:
    """Notes every change to the disk, and kills the group before one of them."""

    def __init__(self, changes: int, die_before: int | None) -> None:
        self._changes = changes
        self._left = die_before
        self._begun = False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            name, _, flags = arguments
            if not isinstance(flags, int) or not flags & _WRITES:
                return
        elif event in _CHANGES:
            name = arguments[0]
        else:
            return
        name = Path(os.fsdecode(name)).name if isinstance(name, (str, bytes, os.PathLike)) else ""
        self._begun = self._begun or name == "writer.lock"
        if not self._begun:
            return
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                os.killpg(0, signal.SIGKILL)
        os.write(self._changes, f"{event} {name}\n".encode("utf-8", "replace"))


if __name__ == "__main__":
    _serve()
