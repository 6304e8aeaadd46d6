"""What has been read from a generation's files, taken over by the one after it where the files are the same.

A small change leaves nearly all files as they are, hard-linked. What is made of them in memory needn't be made again:
that would hold up every request for seconds, in many small pieces, since Python runs one thread at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


class Contents:
    """Values made of a generation's files. Threads may share one; a value may be made twice, and is kept once.

    files   (bytes, sha256) by name, as the manifest has them
    before  those of the generation before, whose values are there until `settle`
    """

    def __init__(self, files: Mapping[str, tuple[int, str]], before: Contents | None = None) -> None:
        self._files = files
        self._values: dict[tuple[str, ...], Any] = {}
        self._before = before._values if before is not None else {}

    def of(self, names: Sequence[str], kind: str, make: Callable[[], T]) -> T:
        """The value of a kind that follows from these files alone, made where it isn't there yet."""
        key = self._key(names, kind)
        if key not in self._values:
            self._values[key] = self._before[key] if key in self._before else make()
        value: T = self._values[key]
        return value

    def settle(self) -> None:
        """Forgets the generation before."""
        self._before = {}

    def _key(self, names: Sequence[str], kind: str) -> tuple[str, ...]:
        return (kind, *(self._files[name][1] for name in names))
