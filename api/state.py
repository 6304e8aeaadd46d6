"""What the service's doors stand on: a Knowledge, and what the service itself knows."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Protocol

from api.reindex import Reindexing
from api.tuning import exempt_from_garbage
from kb.chat import ChatRequest, Interpreted
from kb.conversations import Conversations
from kb.feedback import FeedbackStore
from kb.hit import Answer, SearchRequest, SearchResult
from kb.lookup import LookupRequest, LookupResult
from kb.parallel import Parallel, ParallelRequest
from kb.suggest import Suggestions

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

    def suggest(
        self, typed: str, *, locale: str | None = None, collection: str | None = None, limit: int = 10
    ) -> Suggestions: ...

    def chat(self, request: ChatRequest) -> Iterator[Interpreted | Answer]: ...

    def article(
        self, path: str, *, locale: str | None = None, collection: str | None = None
    ) -> dict[str, Any]: ...

    def parallel(self, request: ParallelRequest) -> Parallel: ...

    def lookup(self, request: LookupRequest) -> LookupResult: ...

    def info(self) -> dict[str, Any]: ...

    def refresh(self) -> bool: ...

    def close(self) -> None: ...


@dataclass
class State:
    """One running service.

    ready            whether the encoder is loaded and has answered once
    max_body_bytes   larger request bodies are refused with 413
    refresh_every_s  between two looks for a newer generation
    conversations    those that clients asked to be kept; in memory unless a home is given
    feedback         what people say of answers; the same
    reindexing       what POST /admin/reindex starts, None: it is off
    cors_origins     origins of other pages that may ask
    """

    knowledge: Knowledge
    ready: bool = False
    max_body_bytes: int = 1_000_000
    refresh_every_s: float = 0.25
    conversations: Conversations = field(default_factory=Conversations)
    feedback: FeedbackStore = field(default_factory=FeedbackStore)
    reindexing: Reindexing | None = None
    cors_origins: tuple[str, ...] = ()
    _refused: str | None = field(default=None, init=False)  # the error that the log has told last

    def warm(self) -> None:
        """Loads the encoder; from then on the service is ready."""
        self.knowledge.warm()
        self.ready = True

    def close(self) -> None:
        """Closes everything that the service reads and writes, and ends a build that it has started."""
        if self.reindexing is not None:
            self.reindexing.close()
        self.knowledge.close()
        self.conversations.close()
        self.feedback.close()

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
            exempt_from_garbage()
            log.info("serving generation %s", self.knowledge.info()["generation"])


def health(knowledge: Knowledge) -> dict[str, Any]:
    """What /health and `kb info` tell: the version and what is being served, but not where it lies."""
    info = {name: value for name, value in knowledge.info().items() if name != "home"}
    return {"status": "ok", "version": version(DISTRIBUTION), **info}
