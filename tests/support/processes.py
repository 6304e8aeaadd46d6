"""`kb` as processes of its own, and what is on disk around them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
_ADDRESS = re.compile(r"http://\S+:\d+")


def interruptible() -> None:
    """For a child process: Ctrl-C works in it even where the tests run in the background, which ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


# What a run that publishes nothing may leave or change in a home: no reader of the index looks there.
WRITERS_OWN = ("writer.lock", "seen-files.sqlite")


@dataclass(frozen=True)
class Kb:
    """Runs `kb` on a home. wrap: a command that runs it; settings: KB_… of its environment, others go."""

    home: Path
    wrap: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)

    def command(self, arguments: Sequence[str]) -> list[str]:
        return [*self.wrap, sys.executable, "-m", "api.cli", *arguments]

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
        return {**kept, "KB_HOME": str(self.home), **self.settings}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(arguments),
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=500,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """In a process group of its own, as a terminal has it."""
        return subprocess.Popen(
            self.command(arguments),
            cwd=ROOT,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
            preexec_fn=interruptible,
        )

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The address of `kb serve` on the home."""
        process = self.start("serve", "--port", "0")
        assert process.stderr is not None
        told = ""
        try:
            for line in process.stderr:
                told += line
                if found := _ADDRESS.search(line):
                    yield found[0]
                    return
            raise AssertionError(told)
        finally:
            process.terminate()
            process.communicate(timeout=60)

    def tree(self) -> dict[str, str]:
        """Every file of the home with its digest, but for the writer's own."""
        files = (f for f in sorted(self.home.rglob("*")) if f.is_file() and f.name not in WRITERS_OWN)
        return {str(f.relative_to(self.home)): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def ask(address: str, question: str, locale: str | None = None) -> dict[str, Any]:
    """The answer of a service, without the time that it took."""
    body = {"question": question} | ({"locale": locale} if locale else {})
    request = urllib.request.Request(
        f"{address}/ask", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        answer: dict[str, Any] = json.load(response)
    del answer["took_ms"]
    return answer


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[str | None]:
    """A file system in memory of this size, mounted on a folder; gives the reason where that can't be had."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        yield "needs the command mount"
        return
    if done.returncode:
        yield f"needs the right to mount a small file system: {done.stderr.strip()}"
        return
    try:
        yield None
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
