"""A knowledge base as the doors see it: a home's current generation and its encoder."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from kb import answer as answering
from kb import search as searching
from kb.articlejson import article_to_json
from kb.embedded import Generation
from kb.errors import IndexDamaged, NotFound
from kb.generation import current_id
from kb.hit import Answer, SearchRequest, SearchResult
from kb.language import LanguageDetector
from kb.lazyencoder import LazyEncoder
from kb.locales import lookup
from kb.modelstore import default_cache, resolve
from kb.rank import Question, Ranked
from kb.show import display_locale, stored_article
from kb.vectors import Floats

_QUESTIONS_IN_MEMORY = 1024


@dataclass(slots=True)
class _Lease:
    """A generation and how many requests are reading it."""

    generation: Generation
    detector: LanguageDetector
    readers: int = 0
    retired: bool = False


class KnowledgeBase:
    """A home's current generation, with its encoder: what every door asks. Threads may share one."""

    def __init__(self, home: Path, encoder: LazyEncoder) -> None:
        self._home = home
        self._encoder = encoder
        self._lock = threading.Lock()
        self._lease = self._open()
        self._embed = lru_cache(_QUESTIONS_IN_MEMORY)(self._encode)

    @classmethod
    def open(cls, home: Path, *, model: str | None = None, cache: Path | None = None) -> KnowledgeBase:
        """Errors: IndexMissing when nothing is indexed, ModelError when the model is not there."""
        return cls(home, LazyEncoder(resolve(model, cache or default_cache())))

    def warm(self) -> None:
        """Loads the encoder and runs one question through everything."""
        self.search(SearchRequest("sign in", top_k=1))

    def search(self, request: SearchRequest) -> SearchResult:
        started = time.perf_counter()
        with self._reading() as lease:
            searching.check_request(lease.generation, request)
            language = searching.question_language(request, lease.detector)
            return searching.search(lease.generation, request, self._embed(request.query), language, started)

    def ask(
        self,
        question: str,
        *,
        locale: str | None = None,
        lang: str | None = None,
        collection: str | None = None,
    ) -> Answer:
        started = time.perf_counter()
        request = SearchRequest(question, locale=locale, lang=lang, collection=collection)
        with self._reading() as lease:
            searching.check_request(lease.generation, request)
            language = searching.question_language(request, lease.detector)
            return answering.answer(lease.generation, request, self._embed(question), language, started)

    def rank(self, request: SearchRequest) -> list[Ranked]:
        """Articles in order, near-duplicates kept, before anything is shown: for evaluation and training."""
        with self._reading() as lease:
            collections = searching.check_request(lease.generation, request)
            language = searching.question_language(request, lease.detector)
            question = Question(request.query, self._embed(request.query), language, request.locale)
            return searching.rank_all(collections, question, request.only_locale)

    def article(
        self, path: str, *, locale: str | None = None, collection: str | None = None
    ) -> dict[str, Any]:
        """An article's JSON in the locale nearest to the one wanted, else its source; NotFound."""
        with self._reading() as lease:
            generation = lease.generation
            names = [collection] if collection else sorted(generation.collections)
            for name in names:
                found = generation.collection(name)
                if not found.locales_of(path):
                    continue
                wanted = lookup(locale, found.locales_of(path)) if locale else None
                shown = display_locale(found, path, [wanted])
                stored = stored_article(found, path, shown)
                return {
                    **article_to_json(stored.article),
                    "collection": name,
                    "locales": found.locales_of(path),
                    "lines_locale": stored.lines_locale,
                    "date": stored.date,
                    "generation": generation.id,
                }
            raise NotFound(
                f"no article {path!r} in {', '.join(names)}; `kb search` shows the paths of articles"
            )

    def info(self) -> dict[str, Any]:
        """What is indexed: generation, encoder, collections, sizes in bytes."""
        with self._reading() as lease:
            manifest = lease.generation.manifest
            described = asdict(manifest)
            files = described.pop("files")
            return {
                "generation": described.pop("id"),
                "home": str(self._home),
                **described,
                "bytes": sum(size for size, _ in files.values()),
                "files": len(files),
            }

    def refresh(self) -> bool:
        """Opens the generation that `current` names when it is another one; True when it was."""
        if current_id(self._home) == self._lease.generation.id:
            return False
        fresh = self._open()
        with self._lock:
            old, self._lease = self._lease, fresh
            old.retired = True
            idle = old.readers == 0
        if idle:
            old.generation.close()
        return True

    def close(self) -> None:
        self._lease.generation.close()

    def _open(self) -> _Lease:
        generation = Generation(self._home)
        if generation.manifest.encoder != self._encoder.fingerprint:
            raise IndexDamaged(
                f"the index in {self._home} was made with another model ({generation.manifest.model}) than "
                f"{self._encoder.folder.name}; run `kb index` again, or give --model"
            )
        return _Lease(generation, LanguageDetector(generation.installed()))

    @contextmanager
    def _reading(self) -> Iterator[_Lease]:
        with self._lock:
            lease = self._lease
            lease.readers += 1
        try:
            yield lease
        finally:
            with self._lock:
                lease.readers -= 1
                done = lease.retired and lease.readers == 0
            if done:
                lease.generation.close()

    def _encode(self, text: str) -> Floats:
        vector: Floats = self._encoder.encode_queries([text])[0]
        return vector
