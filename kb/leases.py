"""The generation that a knowledge base reads: taken up when it is published, given back with its last request."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kb.analyser import analyser_stamp
from kb.checked import Checked
from kb.embedded import Generation
from kb.errors import IndexDamaged
from kb.generation import Manifest, current_id
from kb.language import LanguageDetector
from kb.pages import Pages
from kb.units import UnitReader


class Model(Protocol):
    """What an index is held against: an encoder, whether it is loaded or not."""

    @property
    def folder(self) -> Path: ...

    @property
    def fingerprint(self) -> str: ...


@dataclass(slots=True)
class Lease:
    """A generation and how many requests are reading it."""

    generation: Generation
    detector: LanguageDetector
    units: UnitReader
    readers: int = 0
    retired: bool = False


class Leases:
    """A home's current generation, leased to requests. Threads may share one.

    Errors: IndexMissing when nothing is indexed, IndexDamaged for an index that isn't whole, or was made with another
    model or analyser.
    """

    def __init__(self, home: Path, model: Model, second: Model | None, pages: Pages | None) -> None:
        self._home = home
        self._model = model
        self._second = second
        self._pages = pages
        self._checked = Checked()
        self._lock = threading.Lock()
        self.current = self._open()

    @contextmanager
    def reading(self) -> Iterator[Lease]:
        """The current generation, which stays open for the block, whatever is published meanwhile."""
        with self._lock:
            lease = self.current
            lease.readers += 1
        try:
            yield lease
        finally:
            with self._lock:
                lease.readers -= 1
                done = lease.retired and lease.readers == 0
            if done:
                lease.generation.close()

    def refresh(self) -> bool:
        """Opens the generation that `current` names when it is another one; True when it was.

        Requests go on with the one at hand until the other is as warm.
        """
        if current_id(self._home) == self.current.generation.id:
            return False
        fresh = self._open(self.current.generation)
        fresh.generation.warm_like(self.current.generation)
        with self._lock:
            old, self.current = self.current, fresh
            old.retired = True
            idle = old.readers == 0
        if idle:
            old.generation.close()
        return True

    def close(self) -> None:
        self.current.generation.close()

    def _open(self, before: Generation | None = None) -> Lease:
        generation = Generation(self._home, self._checked, self._pages, before)
        try:
            self._check(generation.manifest)
        except IndexDamaged:
            generation.close()
            raise
        return Lease(generation, LanguageDetector(generation.installed()), UnitReader(generation))

    def _check(self, manifest: Manifest) -> None:
        """IndexDamaged for an index that was made with another model or analyser than this process has."""
        if manifest.encoder != self._model.fingerprint:
            raise IndexDamaged(
                f"the index in {self._home} was made with another model ({manifest.model}) than "
                f"{self._model.folder.name}; run `kb index` again, or give --model"
            )
        if manifest.analyser != analyser_stamp():
            raise IndexDamaged(
                f"the words of the index in {self._home} were cut by another version of this program or its stemmers,"
                " and would not be found; run `kb index SRC…` again with the sources of one collection: the words of"
                " all others are cut anew in the same run"
            )
        own = self._second.fingerprint if self._second else ""
        for name, entry in manifest.collections.items():
            if entry.second not in ("", own):
                raise IndexDamaged(
                    f"collection {name} of the index in {self._home} was read by another second model than "
                    f"{self._second.folder.name if self._second else 'none'}; run `kb index` again"
                )
