"""What people see on standard error: messages, and progress (a bar on a terminal, lines elsewhere)."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars
from rich.text import Text

from indexer.report import Progress

LINE_EVERY_S = 10.0
# control characters, which a terminal would act on; tab and line feed stay
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def console(stream: TextIO) -> Console:
    """A console that prints texts as they are: no markup, no guesses at what to colour, no emoji names."""
    return Console(file=stream, markup=False, highlight=False, emoji=False, soft_wrap=True)


def plain(text: str) -> str:
    """A text without characters that a terminal would act on."""
    return _CONTROLS.sub("�", text)


def say(message: str) -> None:
    """One line on standard error."""
    print(plain(message), file=sys.stderr, flush=True)


def duration(seconds: float) -> str:
    """Seconds as people say them: "4.2 s", "3:05 min", "1:02:00 h"."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02} h" if hours else f"{minutes}:{rest:02} min"


def pace(done: int, total: int | None, elapsed_s: float) -> str:
    """Rate and time left, as far as they are known: "25.1/s, 3:05 min left"."""
    if not done or elapsed_s <= 0:
        return ""
    rate = done / elapsed_s
    left = f", {duration((total - done) / rate)} left" if total and done < total else ""
    return f"{rate:,.1f}/s{left}"


@contextmanager
def progress(stream: TextIO | None = None) -> Iterator[Progress]:
    """Progress on a stream (standard error unless given); what is open at the end is closed."""
    stream = stream or sys.stderr
    shown: BarProgress | LineProgress
    shown = BarProgress(console(stream)) if stream.isatty() else LineProgress(stream)
    try:
        yield shown
    finally:
        shown.close()


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.1f}/s" if task.speed else "")


class BarProgress:
    """A bar for each stage, with count, rate and time left."""

    def __init__(self, target: Console) -> None:
        self._bars = Bars(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            _Rate(),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=target,
        )
        self._bars.start()

    def stage(self, name: str, total: int | None) -> None:
        self._finish()
        self._bars.add_task(plain(name), total=total)

    def advance(self, n: int = 1) -> None:
        self._bars.advance(self._bars.task_ids[-1], n)

    def note(self, message: str) -> None:
        self._bars.console.print(plain(message))

    def close(self) -> None:
        self._finish()
        self._bars.stop()

    def _finish(self) -> None:
        """Ends the bar of a stage that had no total, so that it does not pulse on."""
        for task in self._bars.tasks[-1:]:
            if task.total is None:
                self._bars.update(task.id, total=task.completed)


class LineProgress:
    """A line when a stage begins and ends, and one every ten seconds between."""

    def __init__(self, stream: TextIO, every_s: float = LINE_EVERY_S) -> None:
        self._stream = stream
        self._every_s = every_s
        self._name = ""
        self._total: int | None = None
        self._done = 0
        self._began = self._last = 0.0

    def stage(self, name: str, total: int | None) -> None:
        self.close()
        self._name, self._total, self._done = name, total, 0
        self._began = self._last = time.monotonic()
        self._print(name if total is None else f"{name}: {total:,} to do")

    def advance(self, n: int = 1) -> None:
        self._done += n
        now = time.monotonic()
        if now - self._last >= self._every_s:
            self._last = now
            of = "" if self._total is None else f" of {self._total:,}"
            self._print(
                f"{self._name}: {self._done:,}{of}, {pace(self._done, self._total, now - self._began)}"
            )

    def note(self, message: str) -> None:
        self._print(message)

    def close(self) -> None:
        """Says how long the stage at hand took."""
        if self._name:
            count = f"{self._done:,} in " if self._done else ""
            self._print(f"{self._name}: {count}{duration(time.monotonic() - self._began)}")
        self._name = ""

    def _print(self, message: str) -> None:
        print(plain(message), file=self._stream, flush=True)
