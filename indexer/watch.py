"""Keeping an index up with its sources: looked at, built once they have settled, tried again when that fails.

What is compared is what the sources look like now with what they looked like when the last build that succeeded began.
So a change is never missed, whenever it comes: also one made during a build makes another build follow.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.entries import os_reason
from indexer.watched import Snapshot, git_at_work, snapshot, unreadable

# Of the time between two looks at most this share goes into looking, however many files there are.
_SHARE = 0.05
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Pace:
    """look_s: between two looks at least; settle_s: without a change before a build; patience_s: at most waited for
    changes to end or for git's lock to go; retry_s, retry_most_s: after a first failed build, and after many."""

    look_s: float = 1.0
    settle_s: float = 1.0
    patience_s: float = 60.0
    retry_s: float = 5.0
    retry_most_s: float = 300.0


class Watch:
    """Builds whenever the sources have changed: `build` says whether it succeeded, `tell` is for people.

    One build at a time. While a source isn't there, nothing is built. While a file that has changed can't be read as
    an article, because it is half saved or broken, nothing is built either, so that the article stays as it is indexed;
    what couldn't be read when the watch began is skipped, as any build does.
    """

    def __init__(
        self,
        sources: Sequence[Path],
        build: Callable[[], bool],
        tell: Callable[[str], None],
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sources = sources
        self._build = build
        self._tell = tell
        self._pace = pace or Pace()
        self._clock = clock
        self._sleep = sleep
        self._built: Snapshot | None = None
        self._broken: frozenset[Path] = frozenset()  # of what was built
        self._seen: Snapshot | None = None
        self._changed_first = self._changed_last = 0.0
        self._failures = 0
        self._failed: Snapshot | None = None
        self._retry_at = 0.0
        self._told = ""

    def run(self) -> None:
        """Goes on for good; KeyboardInterrupt ends it."""
        while True:
            self._sleep(max(self._pace.look_s, self.look() / _SHARE))

    def look(self) -> float:
        """One look at the sources, and a build if it is time for one; gives the seconds that the look alone took."""
        began = self._clock()
        due = self._look()
        looked_s = self._clock() - began
        if due is not None:
            self._run(due)
        return looked_s

    def _look(self) -> Snapshot | None:
        """What is to be built now; None if nothing is."""
        try:
            now = snapshot(self._sources)
        except OSError as error:
            self._say(
                f"{error.filename}: {os_reason(error)}; the index stays as it is until the source is back"
            )
            self._seen = None
            return None
        if now == self._built:
            self._say("")
            return None
        if now != self._seen:
            if self._seen is None or self._seen == self._built:
                self._changed_first = self._clock()
            self._seen, self._changed_last = now, self._clock()
        return now if self._due(now) else None

    def _due(self, now: Snapshot) -> bool:
        time_s, pace = self._clock(), self._pace
        waited = time_s - self._changed_first >= pace.patience_s
        if self._built is not None and time_s - self._changed_last < pace.settle_s and not waited:
            return False
        if any(map(git_at_work, self._sources)) and not waited:
            return False
        if self._failures and now == self._failed and time_s < self._retry_at:
            return False
        return not self._half_saved(now)

    def _half_saved(self, now: Snapshot) -> bool:
        """Whether a file that was an article when it was indexed is none now; people are told which."""
        built = self._built
        if built is None:
            return False
        changed = [file for file, stamp in now.items() if file in built and built[file] != stamp]
        broken = {file: why for file, why in unreadable(changed).items() if file not in self._broken}
        if broken:
            named = [f"{file}: {why}" for file, why in sorted(broken.items())[:_NAMED]]
            more = [f"and {len(broken) - _NAMED} more"] if len(broken) > _NAMED else []
            self._say("; ".join([*named, *more, "the index stays as it is until they are whole, or removed"]))
        return bool(broken)

    def _run(self, now: Snapshot) -> None:
        broken = frozenset(unreadable([file for file in now if self._is_new(file, now)]))
        kept = frozenset(file for file in self._broken if file in now and not self._is_new(file, now))
        self._say("")
        if self._build():
            self._built, self._broken = now, broken | kept
            self._failures = 0
            return
        self._failed = now
        wait_s = min(self._pace.retry_s * 2**self._failures, self._pace.retry_most_s)
        self._failures = min(self._failures + 1, 30)
        self._retry_at = self._clock() + wait_s
        self._tell(f"trying again in {wait_s:.0f} s, or when the sources change")

    def _is_new(self, file: Path, now: Snapshot) -> bool:
        return self._built is None or self._built.get(file) != now[file]

    def _say(self, message: str) -> None:
        """Tells people once."""
        if message and message != self._told:
            self._tell(message)
        self._told = message
