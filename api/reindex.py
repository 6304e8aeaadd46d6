"""Builds that the service starts when an operator asks for one: one at a time, followed to the end by the service."""

from __future__ import annotations

import hmac
import logging
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from api.buildprocess import BuildProcess, Event, Job
from kb.errors import WriterBusy
from kb.writerlock import refuse_while_written

log = logging.getLogger("kb.service")


@dataclass
class Build:
    """A build under way or ended. events: all of them so far, the last one a report or an error once it has ended."""

    process: BuildProcess
    began_s: float = field(default_factory=time.monotonic)
    events: list[Event] = field(default_factory=list)
    ended: bool = False

    def follow(self) -> None:
        """Takes the events down until the last one, whoever is listening."""
        try:
            for event in self.process.events():
                self.events.append(event)
        finally:
            self.ended = True
        last = self.events[-1]
        if last["event"] == "report":
            log.info("reindexed: generation %s", last["report"]["generation"])
        else:
            log.error("reindexing failed: %s", last["message"])


class Reindexing:
    """The one job that may be asked for, who may ask, and the build of it."""

    def __init__(self, job: Job, token: str) -> None:
        self._job = job
        self._token = token.encode()
        self._lock = threading.Lock()
        self._build: Build | None = None

    @property
    def sources(self) -> tuple[Path, ...]:
        return self._job.sources

    def allows(self, token: str) -> bool:
        """Whether this is the operator's key; it takes the same time for any wrong one of its length."""
        return hmac.compare_digest(token.encode("utf-8", "surrogateescape"), self._token)

    def start(self) -> Build:
        """Starts the build; WriterBusy, naming holder and age, while this service or another process writes."""
        with self._lock:
            running = self._build
            if running is not None and not running.ended:
                age_s = time.monotonic() - running.began_s
                raise WriterBusy(
                    f"this service is reindexing already (process {running.process.pid}, for {age_s:.0f} s); "
                    "wait for it to end"
                )
            refuse_while_written(self._job.home)
            self._build = Build(BuildProcess(self._job))
            # not a daemon: `close` ends the build, and then the thread ends
            threading.Thread(target=self._build.follow, name="reindex").start()
            return self._build

    def close(self) -> None:
        """Ends a build under way; the index stays as it was."""
        with self._lock:
            if self._build is not None and not self._build.ended:
                self._build.process.stop()
