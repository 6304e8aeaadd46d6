"""What a build tells: progress while it runs, and a closing report."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol


class Progress(Protocol):
    """Where a build stands, for a bar on a terminal or lines in a log."""

    def stage(self, name: str, total: int | None) -> None: ...
    def advance(self, n: int = 1) -> None: ...
    def note(self, message: str) -> None: ...


class Quiet:
    """Progress that nobody watches."""

    def stage(self, name: str, total: int | None) -> None:
        """Nothing to show."""

    def advance(self, n: int = 1) -> None:
        """Nothing to show."""

    def note(self, message: str) -> None:
        """Nothing to show."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A skipped file (no article came of it), or a warning of an article that was indexed all the same."""

    file: str
    line: int | None
    reason: str


@dataclass(slots=True)
class LocaleReport:
    """Counts of one locale of this run. units: translation units in bodies; front_matter_units: those in broken
    front matter, which come on top."""

    locale: str
    articles: int = 0
    passages: int = 0
    units: int = 0
    front_matter_units: int = 0


@dataclass(slots=True)
class Changes:
    """Articles of all locales that are other than in the generation before; a moved one is deleted and added."""

    added: int = 0
    changed: int = 0
    deleted: int = 0


@dataclass(slots=True)
class BuildReport:
    """files = indexed + excluded + skipped, always.

    changes         None where nothing was taken over of the generation before
    seconds         by stage; cpu_seconds: of the whole process tree
    peak_memory_mb  of the process tree's largest member
    """

    generation: str = ""
    collection: str = "default"
    source_locale: str = ""
    files: int = 0
    indexed: int = 0
    excluded: int = 0
    excluded_units: int = 0
    passages: int = 0
    embedded: int = 0
    locales: list[LocaleReport] = field(default_factory=list)
    skipped: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    changes: Changes | None = None
    peak_memory_mb: float | None = None
    cpu_seconds: float | None = None

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Adds the seconds of a block to a stage."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = round(self.seconds.get(stage, 0.0) + time.perf_counter() - start, 3)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
