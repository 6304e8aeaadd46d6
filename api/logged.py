"""A Knowledge that also writes down what is asked of it; for an operator who switched the query log on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from api.state import Knowledge
from kb.chat import ChatRequest, Interpreted
from kb.errors import KbError
from kb.hit import Answer, SearchRequest, SearchResult
from kb.querylog import Asked, QueryLog

log = logging.getLogger("kb.service")


class Logged:
    """Asks another Knowledge and logs question and outcome; everything else is that one's own."""

    def __init__(self, knowledge: Knowledge, queries: QueryLog) -> None:
        self._knowledge = knowledge
        self._queries = queries

    def __getattr__(self, name: str) -> Any:
        return getattr(self._knowledge, name)

    def search(self, request: SearchRequest) -> SearchResult:
        found = self._knowledge.search(request)
        first = found.hits[0].article if found.hits else None
        outcome = "found" if found.hits else "none"
        self._add(Asked("search", request.query, found.detected_lang, found.generation, first, outcome))
        return found

    def ask(
        self,
        question: str,
        *,
        locale: str | None = None,
        lang: str | None = None,
        collection: str | None = None,
    ) -> Answer:
        answer = self._knowledge.ask(question, locale=locale, lang=lang, collection=collection)
        self._add(_answered("ask", question, lang, answer))
        return answer

    def chat(self, request: ChatRequest) -> Iterator[Interpreted | Answer]:
        language = request.lang
        for part in self._knowledge.chat(request):
            if isinstance(part, Interpreted):
                language = part.detected_lang
            else:
                self._add(_answered("chat", request.question, language, part))
            yield part

    def _add(self, asked: Asked) -> None:
        try:
            self._queries.add(asked)
        except KbError:
            # nobody's question fails for a log
            log.exception("the query log can't be written")


def _answered(door: str, question: str, lang: str | None, answer: Answer) -> Asked:
    article = answer.citations[0].article if answer.citations else None
    if article is None and answer.related:
        article = answer.related[0].article
    return Asked(door, question, lang, answer.generation, article, answer.outcome, answer.confidence)
