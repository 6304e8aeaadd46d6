"""A service over a small knowledge base that computes, and one over the articles in `data/`: real servers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from processes import interruptible
from samplehome import sample_home

from api.app import create_app
from api.cli import main
from api.server import address, bind, configuration
from api.state import State
from kb.chat import ChatRequest, Interpreted
from kb.errors import InputError, NotFound
from kb.hit import Answer, Citation, Hit, SearchRequest, SearchResult, Step
from kb.suggest import Suggestion, Suggestions

ROOT = Path(__file__).resolve().parent.parent.parent
ADDRESS = re.compile(r"http://\S+:\d+")

# path: locale: (title, steps)
ARTICLES = {
    "coffee/descale": {
        "en-US": ("Descale the coffee machine", ["Fill the tank with descaler.", "Press Clean."]),
        "nl-NL": ("Ontkalk het koffieapparaat", ["Vul het reservoir met ontkalker.", "Druk op Reinigen."]),
    },
    "coffee/no-milk": {
        "en-US": ("The coffee machine gives no milk", ["Rinse the milk tube.", "Close the lid."]),
    },
    "bike/puncture": {
        "en-US": ("Mend a puncture", ["Take off the wheel.", "Glue a patch on the tube."]),
    },
}


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


class SmallKnowledge:
    """A fake that computes: scores ARTICLES by the share of the question's words that a localization has."""

    def __init__(self) -> None:
        self.generation = 1
        self.published = 1
        self.closed = False
        self.answering = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        self.stage_two = threading.Event()  # a chat has begun to answer
        self.answer_now = threading.Event()
        self.answer_now.set()
        self.chats_ended = 0

    def warm(self) -> None:
        self.search(SearchRequest("coffee"))

    def search(self, request: SearchRequest) -> SearchResult:
        self.answering.set()
        assert self.go_on.wait(30)
        if request.query == "divide by zero":
            raise ZeroDivisionError
        if request.collection not in (None, "small"):
            raise NotFound(f"no collection {request.collection!r}; there is small")
        if request.lang == "xx":
            raise InputError("language xx has no speakers; leave it out")
        hits = [self._hit(path, request) for path in ARTICLES if self._in(path, request.only_locale)]
        found = sorted((h for h in hits if h.score > 0), key=lambda h: (-h.score, h.article))
        return SearchResult(
            query=request.query,
            locale=request.locale or "en-US",
            detected_lang=request.lang or "en",
            generation=str(self.generation),
            views=["words"],
            took_ms=0.5,
            hits=found[: request.top_k],
        )

    def suggest(
        self, typed: str, *, locale: str | None = None, collection: str | None = None, limit: int = 10
    ) -> Suggestions:
        if collection not in (None, "small"):
            raise NotFound(f"no collection {collection!r}; there is small")
        found = [
            Suggestion(ARTICLES[path][shown][0], "title", path, "small", shown)
            for path in ARTICLES
            for shown in (self._locale(path, locale),)
            if typed.casefold() in ARTICLES[path][shown][0].casefold()
        ]
        return Suggestions(str(self.generation), found[:limit])

    def ask(
        self,
        question: str,
        *,
        locale: str | None = None,
        lang: str | None = None,
        collection: str | None = None,
    ) -> Answer:
        hits = self.search(SearchRequest(question, locale, lang, collection=collection)).hits
        best = hits[0] if hits and hits[0].score >= 0.5 else None
        steps = ARTICLES[best.article][best.locale][1] if best else []
        return Answer(
            outcome="answered" if best else "related" if hits else "none",
            confidence=hits[0].score if hits else 0.0,
            locale=best.locale if best else "en-US",
            generation=str(self.generation),
            lead=None,
            steps=[Step("step", str(n), 0, text, None, [str(n)], True, n) for n, text in enumerate(steps, 1)],
            citations=[self._citation(best, n) for n in range(1, len(steps) + 1)] if best else [],
            related=hits if not best else [],
            took_ms=0.5,
        )

    def chat(self, request: ChatRequest) -> Iterator[Interpreted | Answer]:
        """A question of one or two words leans on the one before it."""
        try:
            context = request.history[-1].question if request.history and request.interpret else ""
            follows = bool(context) and len(words(request.question)) < 3
            query = f"{context}: {request.question}" if follows else request.question
            self.search(SearchRequest(query, request.locale, request.lang, collection=request.collection))
            yield Interpreted(str(self.generation), request.lang or "en", query, follows)
            self.stage_two.set()
            assert self.answer_now.wait(30)
            yield self.ask(query, locale=request.locale, lang=request.lang, collection=request.collection)
        finally:
            self.chats_ended += 1

    def article(
        self, path: str, *, locale: str | None = None, collection: str | None = None
    ) -> dict[str, Any]:
        if path not in ARTICLES or collection not in (None, "small"):
            raise NotFound(f"no article {path!r} in collection {collection or 'small'}")
        shown = self._locale(path, locale)
        title, steps = ARTICLES[path][shown]
        blocks = [
            {
                "kind": "step",
                "level": 0,
                "number": str(n),
                "heading_path": [title],
                "lines": [n, n],
                "segments": [{"unit": str(n), "covers": [str(n)], "target": text, "source": None}],
            }
            for n, text in enumerate(steps, 1)
        ]
        return {
            "path": path,
            "locale": shown,
            "source_locale": "en-US",
            "title": title,
            "source_title": None,
            "translation": None,
            "metadata": {},
            "blocks": blocks,
            "warnings": [],
        }

    def info(self) -> dict[str, Any]:
        articles = {locale: 0 for each in ARTICLES.values() for locale in each}
        for each in ARTICLES.values():
            for locale in each:
                articles[locale] += 1
        return {
            "generation": str(self.generation),
            "home": "/where/it/lies",
            "collections": {"small": {"locales": articles}},
        }

    def refresh(self) -> bool:
        newer = self.published > self.generation
        self.generation = self.published
        return newer

    def close(self) -> None:
        self.closed = True

    def _in(self, path: str, only_locale: str | None) -> bool:
        return only_locale is None or any(have.startswith(only_locale) for have in ARTICLES[path])

    def _locale(self, path: str, wanted: str | None) -> str:
        return next((have for have in ARTICLES[path] if wanted and have.startswith(wanted)), "en-US")

    def _hit(self, path: str, request: SearchRequest) -> Hit:
        asked = words(request.query)
        score = max(
            len(asked & words(" ".join((title, *steps)))) / (len(asked) or 1)
            for title, steps in ARTICLES[path].values()
        )
        shown = self._locale(path, request.locale)
        title, steps = ARTICLES[path][shown]
        return Hit(
            article=path,
            collection="small",
            locale=shown,
            locales=sorted(ARTICLES[path]),
            title=title,
            source_title=None,
            score=score,
            heading_path=[title],
            passage=f"{path}#1",
            text="\n".join(steps),
            source_text=None,
            units=["1", "2"],
            highlights=[],
            translation=None,
            date=None,
            url=f"/articles/{path}",
        )

    def _citation(self, hit: Hit, n: int) -> Citation:
        return Citation(
            n, hit.article, "small", hit.locale, hit.title, [], [str(n)], (n, n), hit.locale, hit.url, None
        )


@contextmanager
def serving(state: State) -> Iterator[str]:
    """The address of a real server, in a thread of this process, over one state."""
    server = uvicorn.Server(configuration(create_app(state)))
    listener = bind("127.0.0.1", 0)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield address(listener)
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def small() -> SmallKnowledge:
    return SmallKnowledge()


@pytest.fixture
def serve_state() -> Any:
    """The context manager `serving`, for tests with a state of their own."""
    return serving


@contextmanager
def connected(small: SmallKnowledge) -> Iterator[httpx2.Client]:
    state = State(small, max_body_bytes=2_000_000, refresh_every_s=0.05)
    state.warm()
    with serving(state) as url, httpx2.Client(base_url=url, timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def client() -> Iterator[httpx2.Client]:
    """A client of a service over the small knowledge base, for tests that only ask."""
    with connected(SmallKnowledge()) as client:
        yield client


@pytest.fixture
def own_client(small: SmallKnowledge) -> Iterator[httpx2.Client]:
    """A client of a service over `small`, for tests that change it."""
    with connected(small) as client:
        yield client


def environment(**settings: str) -> dict[str, str]:
    """This process's environment without settings of the program's, and these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    return {**kept, **settings}


class Kb:
    """Runs `kb` as a process of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.wrap: list[str] = []  # a command that runs it

    def __call__(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(arguments),
            cwd=ROOT,
            env=environment(KB_HOME=str(self.home), **settings),
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=300,
        )

    def start(self, *arguments: str, **settings: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(arguments),
            cwd=ROOT,
            env=environment(KB_HOME=str(self.home), **settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            preexec_fn=interruptible,
        )

    def command(self, arguments: tuple[str, ...]) -> list[str]:
        return [*self.wrap, sys.executable, "-m", "api.cli", *arguments]


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Callable[..., Done]:
    """Runs `kb` in this process, with a home that holds nothing."""

    def run(*arguments: str, **settings: str) -> Done:
        with monkeypatch.context() as patched:
            patched.setattr(sys, "argv", ["kb", *arguments])
            patched.setattr(os, "environ", environment(KB_HOME=str(tmp_path / "home"), **settings))
            with pytest.raises(SystemExit) as ended:
                main()
        out, err = capfdbinary.readouterr()
        assert isinstance(ended.value.code, int)
        return Done(ended.value.code, out.decode("utf-8"), err.decode("utf-8"))

    return run


@pytest.fixture
def kb(tmp_path: Path) -> Kb:
    """`kb` as a process, with a home that holds nothing."""
    return Kb(tmp_path / "home")


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Kb:
    """`kb` with a home that the articles in `data/` are indexed in; embeddings come from the user's cache."""
    return Kb(sample_home(tmp_path_factory.getbasetemp()))


@contextmanager
def served(kb: Kb, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A `kb serve` process and its address; it is stopped at the end unless it has stopped itself."""
    process = kb.start("serve", "--port", "0", *options)
    assert process.stderr is not None
    told = []
    try:
        for line in process.stderr:
            told.append(line)
            if found := ADDRESS.search(line):
                yield process, found[0]
                return
        raise AssertionError("".join(told))
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=60)


@pytest.fixture(scope="session")
def service(sample: Kb) -> Iterator[httpx2.Client]:
    """A client of `kb serve` over the articles in `data/`."""
    with served(sample) as (_process, address), httpx2.Client(base_url=address, timeout=60) as connected:
        yield connected


@pytest.fixture(scope="session")
def start_service() -> Any:
    """The context manager `served`, for tests that end the process themselves."""
    return served
