"""A knowledge base as the doors see it: a home's current generation and its encoder."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from kb import answer as answering
from kb import lookup as looking
from kb import search as searching
from kb.articlejson import article_to_json
from kb.chat import ChatRequest, Interpreted
from kb.chatanswer import Reading, chat
from kb.encoded import Again, Pending, QuestionVectors, TextReader, Vectors
from kb.errors import NotFound
from kb.generation import generations
from kb.hit import Answer, SearchRequest, SearchResult
from kb.lazyencoder import LazyEncoder
from kb.leases import Leases
from kb.lending import Lender
from kb.links import links_of
from kb.locales import language_of, lookup
from kb.meaning import Encoding
from kb.modelstore import default_cache, resolve, resolve_second
from kb.pages import Pages
from kb.parallel import Parallel, ParallelRequest, parallel
from kb.questionlanguage import question_language
from kb.rank import VARIANTS, Question, Variant
from kb.ranked import Ranked
from kb.secondreading import LANGUAGE as SECOND_LANGUAGE
from kb.show import display_locale, stored_article
from kb.subwords import read_subwords
from kb.suggest import Suggestions, suggest
from kb.tokens import TokenCounter

_QUESTIONS_IN_MEMORY = 1024
_QUESTIONS_AT_ONCE = 8  # that are read while their words are looked up
_SECOND_ENCODERS = 4  # questions that the second encoder reads at once


class KnowledgeBase:
    """A home's current generation, with its encoder: what every door asks. Threads may share one."""

    def __init__(
        self,
        home: Path,
        encoder: LazyEncoder,
        second: LazyEncoder | None = None,
        *,
        pages: Pages | None = None,
    ) -> None:
        """second: reads questions in English beside the encoder, for collections that it has read too."""
        self._home = home
        self._encoder = encoder
        self._second = second
        self._leases = Leases(home, encoder, second, pages)
        self._others = ThreadPoolExecutor(_SECOND_ENCODERS, "second-encoder")
        self._questions = ThreadPoolExecutor(_QUESTIONS_AT_ONCE, "questions")
        self._read = lru_cache(_QUESTIONS_IN_MEMORY)(self._read_once)
        self._read_again = lru_cache(_QUESTIONS_IN_MEMORY)(self._read_second)
        self._reader = TextReader(self._embed, self._begin, self._spans, self._second_spans, self._meant)

    @classmethod
    def open(
        cls,
        home: Path,
        *,
        model: str | None = None,
        cache: Path | None = None,
        pages: Pages | None = None,
    ) -> KnowledgeBase:
        """pages: the addresses that people are told.

        Errors: IndexMissing when nothing is indexed, ModelError when the model is not there.
        """
        place = cache or default_cache()
        encoder, second = resolve(model, place), resolve_second(model, place)
        return cls(home, LazyEncoder(encoder), LazyEncoder(second) if second else None, pages=pages)

    def lend(self) -> Lender:
        """Lets builds of this home use the encoders, until what is given back is closed."""
        return Lender(self._home, *filter(None, (self._encoder, self._second)))

    def warm(self) -> None:
        """Loads what reads texts and runs one question through everything, in each installed language."""
        read_subwords(self._encoder.folder)
        installed = map(language_of, self._leases.current.generation.installed())
        for language in dict.fromkeys([*installed, SECOND_LANGUAGE]):
            self.search(SearchRequest("sign in", lang=language, top_k=1))
        self.search(SearchRequest("sign in", top_k=1))  # and what tells languages

    def search(self, request: SearchRequest) -> SearchResult:
        started = time.perf_counter()
        with self._leases.reading() as lease:
            collections = searching.check_request(lease.generation, request)
            language = question_language(request, lease.detector, collections)
            return searching.search(lease.generation, request, language, self._reader, started)

    def suggest(
        self, typed: str, *, locale: str | None = None, collection: str | None = None, limit: int = 10
    ) -> Suggestions:
        """Titles and frequent phrases that complete what has been typed."""
        with self._leases.reading() as lease:
            return suggest(lease.generation, typed, locale=locale, collection=collection, limit=limit)

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
        with self._leases.reading() as lease:
            collections = searching.check_request(lease.generation, request)
            language = question_language(request, lease.detector, collections)
            asking = answering.Asking(lease.generation, request, language, self._reader, started)
            return answering.answer(asking, answering.find(asking))

    def draft(self, request: SearchRequest) -> Answer:
        """The answer as it would be quoted whatever its confidence; its outcome is still the one that is told."""
        started = time.perf_counter()
        with self._leases.reading() as lease:
            collections = searching.check_request(lease.generation, request)
            language = question_language(request, lease.detector, collections)
            asking = answering.Asking(lease.generation, request, language, self._reader, started)
            found = answering.find(asking)
            told = answering.answer(asking, found)
            if not found.folded or told.outcome == "answered":
                return told
            quoted = answering.answer(asking, found, "answered")
            return replace(quoted, outcome=told.outcome)

    def chat(self, request: ChatRequest) -> Iterator[Interpreted | Answer]:
        """How a turn of a conversation is understood, then its answer, both of one generation."""
        started = time.perf_counter()
        with self._leases.reading() as lease:
            yield from chat(Reading(lease.generation, lease.detector, self._reader), request, started)

    def rank(self, request: SearchRequest, variant: Variant = "fused") -> list[Ranked]:
        """Articles in order, near-duplicates kept, before anything is shown: for evaluation and training."""
        return self.look_up(request, variant)[1]

    def look_up(
        self, request: SearchRequest, variant: Variant = "fused"
    ) -> tuple[Question, list[Ranked], TextReader]:
        """The question as it is looked up, its articles as `rank` gives them, and what reads texts."""
        with self._leases.reading() as lease:
            collections = searching.check_request(lease.generation, request)
            language = question_language(request, lease.detector, collections)
            question, _ = searching.question_of(collections, request, language, self._reader)
            ranked = searching.rank_all(collections, question, request, VARIANTS[variant])
            return question, ranked, self._reader

    def article(
        self, path: str, *, locale: str | None = None, collection: str | None = None
    ) -> dict[str, Any]:
        """An article's JSON in the locale nearest to the one wanted, else its source; NotFound."""
        with self._leases.reading() as lease:
            generation = lease.generation
            names = [collection] if collection else sorted(generation.collections)
            for name in names:
                found = generation.collection(name)
                if not found.locales_of(path):
                    continue
                wanted = lookup(locale, found.locales_of(path)) if locale else None
                shown = display_locale(found, path, [wanted])
                stored = stored_article(found, path, shown)
                value = article_to_json(stored.article)
                return {
                    **value,
                    "links": links_of(value, found.has_article),
                    "collection": name,
                    "locales": found.locales_of(path),
                    "lines_locale": stored.lines_locale,
                    "date": stored.date,
                    "generation": generation.id,
                }
            raise NotFound(
                f"no article {path!r} in {', '.join(names)}; `kb search` shows the paths of articles"
            )

    def parallel(self, request: ParallelRequest) -> Parallel:
        """An article, or a passage or unit of it, side by side in any number of locales."""
        with self._leases.reading() as lease:
            return parallel(lease.units, request)

    def lookup(self, request: looking.LookupRequest) -> looking.LookupResult:
        """Units that hold a text in any language, and what other locales have for them."""
        with self._leases.reading() as lease:
            language = looking.text_language(request, lease.detector)
            encoding = Encoding(lambda text: self._embed(text).whole, self._encoder.encode_passages)
            return looking.lookup(lease.units, request, language, encoding)

    def info(self) -> dict[str, Any]:
        """What is indexed: generation, encoder, collections and locales with their sizes in bytes, the last build.

        Of each locale `view` says whether its own embeddings are "complete", "incomplete" or "none".
        """
        with self._leases.reading() as lease:
            manifest = lease.generation.manifest
            described = asdict(manifest)
            files = described.pop("files")
            for name, collection in described["collections"].items():
                _describe(name, collection, files)
                for locale, store in lease.generation.collections[name].locales.items():
                    view = "complete" if store.complete else "incomplete"
                    collection["locales"][locale]["view"] = view if store.target is not None else "none"
            return {
                "generation": described.pop("id"),
                "home": str(self._home),
                **described,
                "bytes": sum(size for size, _ in files.values()),
                "files": len(files),
                "earlier": [name for name in generations(self._home) if name != manifest.id],
            }

    def refresh(self) -> bool:
        """Opens the generation that `current` names when it is another one; True when it was.

        Requests go on with the one at hand until the other is as warm.
        """
        return self._leases.refresh()

    def close(self) -> None:
        self._questions.shutdown()
        self._others.shutdown()
        self._leases.close()

    def _begin(self, text: str, again: Again) -> Pending:
        return self._questions.submit(self._embed, text, again).result

    def _embed(self, text: str, again: Again = "") -> QuestionVectors:
        if not isinstance(again, str):
            first = self._read(text)
            said = again(first.tokens)
            return QuestionVectors(*first, self._read_again(said) if said else None, named=bool(said))
        # both encoders at once: most of their time they are outside the interpreter
        reading = self._others.submit(self._read_again, again) if again else None
        first = self._read(text)
        return QuestionVectors(*first, reading.result() if reading is not None else None)

    def _read_once(self, text: str) -> Vectors:
        encoded = self._encoder.encode_tokens([text], "query")
        return Vectors(encoded.vectors[0], encoded.tokens[0])

    def _read_second(self, text: str) -> Vectors | None:
        """The text as the second encoder reads it."""
        if self._second is None:
            return None
        encoded = self._second.encode_tokens([text], "query")
        return Vectors(encoded.vectors[0], encoded.tokens[0])

    def _meant(self, word: str, language: str) -> str | None:
        subwords = read_subwords(self._encoder.folder)
        return subwords.meant(word, language) if subwords else None

    def _spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        return TokenCounter(self._encoder.folder).spans(texts)

    def _second_spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """None of any text without a second encoder."""
        return TokenCounter(self._second.folder).spans(texts) if self._second else [[] for _ in texts]


def _describe(name: str, collection: dict[str, Any], files: Mapping[str, tuple[int, str]]) -> None:
    """Adds sizes in bytes, and the share of the last build's texts that the embedding cache had."""

    def size(prefix: str) -> int:
        return sum(found for file, (found, _) in files.items() if file.startswith(prefix))

    collection["bytes"] = size(f"{name}/")
    for locale, described in collection["locales"].items():
        described["bytes"] = size(f"{name}/{locale}/")
    texts = collection["last_build"].get("texts", 0)
    if texts:
        share = 1 - collection["last_build"]["encoded"] / texts
        collection["last_build"]["cache_hit_rate"] = round(max(0.0, share), 4)
