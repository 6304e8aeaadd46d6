"""What the service's doors stand on: a Knowledge, and what the service itself knows."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Protocol

from kb.hit import Answer, SearchRequest, SearchResult

DISTRIBUTION = "kb-bilingual"
log = logging.getLogger("kb.service")


class Knowledge(Protocol):
    """The part of kb.knowledge.KnowledgeBase that the doors ask; any thread may call any method."""

    def warm(self) -> None: ...

    def search(self, request: SearchRequest) -> SearchResult: ...

    def ask(
        self,
        question: str,
        *,
        locale: str | None = None,
        lang: str | None = None,
        collection: str | None = None,
    ) -> Answer: ...

    def article(
        self, path: str, *, locale: str | None = None, collection: str | None = None
    ) -> dict[str, Any]: ...

    def info(self) -> dict[str, Any]: ...

    def refresh(self) -> bool: ...

    def close(self) -> None: ...


@dataclass
class State:
    """One running service.

    ready            whether the encoder is loaded and has answered once
    max_body_bytes   larger request bodies are refused with 413
    refresh_every_s  between two looks for a newer generation
    """

    knowledge: Knowledge
    ready: bool = False
    max_body_bytes: int = 1_000_000
    refresh_every_s: float = 1.0
    _refused: str | None = field(default=None, init=False)  # the error that the log has told last

    def warm(self) -> None:
        """Loads the encoder; from then on the service is ready."""
        self.knowledge.warm()
        self.ready = True

    def refresh(self) -> None:
        """Takes up a newer generation; if it cannot be served, the old one stays; the log says so once."""
        try:
            newer = self.knowledge.refresh()
        except Exception as error:
            # whatever is wrong with the newer one must not end the service of the old one
            if self._refused != (refused := repr(error)):
                self._refused = refused
                log.exception("the newer generation cannot be served, the one at hand stays")
            return
        self._refused = None
        if newer:
            log.info("serving generation %s", self.knowledge.info()["generation"])


def health(knowledge: Knowledge) -> dict[str, Any]:
    """What /health and `kb info` tell: the version and what is being served, but not where it lies."""
    info = {name: value for name, value in knowledge.info().items() if name != "home"}
    return {"status": "ok", "version": version(DISTRIBUTION), **info}
