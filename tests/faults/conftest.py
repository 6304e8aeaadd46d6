"""A home, what it answered before anything went wrong, and a source in two versions that answers tell apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest
from forked import Forks, forks
from processes import ROOT, Kb, small_disk
from served import Served, answers
from smallkb import DUTCH, write_locale

from kb import modelstore
from kb.generation import current_id
from kb.hit import SearchRequest
from kb.knowledge import KnowledgeBase
from kb.lazyencoder import LazyEncoder
from kb.lookup import LookupRequest
from kb.verify import verify

VERSIONS = ("first", "second")
# articles of a locale are parsed by several processes from 256 on
COPIES = 90


@pytest.fixture(scope="session")
def model() -> str:
    return str(modelstore.default_folder(modelstore.default_cache()))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The service over part of the sample articles, for a whole module."""
    kb = Kb(tmp_path_factory.mktemp("faults") / "home")
    done = kb.run("index", str(ROOT / "data/articles/nl-NL"), str(ROOT / "data/articles/de-DE"))
    assert done.returncode == 0, done.stderr
    with kb.serving() as address:
        said = answers(address)
        assert said[0]["outcome"] == "answered"
        yield Served(kb, address, said, kb.tree())


@pytest.fixture
def served(running: Served) -> Iterator[Served]:
    """The service, which must be unharmed after the test."""
    yield running
    running.unharmed()


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """So many articles that they are parsed by several processes, and their encoding takes a while."""
    folder = tmp_path / "many" / "nl-NL"
    folder.mkdir(parents=True)
    for n in range(400):
        said = " ".join(f"Schroef {n} past op moer {n * k % 97} van rek {k}." for k in range(1, 12))
        (folder / f"schroef-{n}.md").write_text(f"# Schroef {n}\n\n{said}\n", encoding="utf-8")
    return folder


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", "24m") as why_not:
        if why_not:
            pytest.skip(why_not)
        yield tmp_path / "disk"


@dataclass
class Crashes:
    """A home with one of two versions of its articles in it, and runs of `kb` that would put in the other one.

    said  what each version answers, by its name, as it was first heard
    """

    forks: Forks
    root: Path
    encoder: LazyEncoder
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.root / "home"

    def version(self) -> str:
        """The version that the home serves, by what an article of it says."""
        with self._opened() as knowledge:
            text = str(knowledge.article("mail/mailbox-full", locale="nl-NL")["blocks"])
        (found,) = (version for version in VERSIONS if f"De {version} stap" in text)
        return found

    def other(self) -> str:
        return VERSIONS[1 - VERSIONS.index(self.version())]

    def source(self, version: str, *, many: bool = False) -> str:
        return str(self.root / ("many" if many else "few") / version)

    def answers(self) -> dict[str, Any]:
        """What the home answers, without times and names of generations."""
        with self._opened() as knowledge:
            told = {
                "ask": asdict(knowledge.ask("how do I archive old mail", locale="nl-NL")),
                "search": asdict(knowledge.search(SearchRequest("paper jam in the printer"))),
                "lookup": asdict(knowledge.lookup(LookupRequest("Close the lid.", "en-US"))),
                "suggest": asdict(knowledge.suggest("het p", locale="nl-NL")),
                "article": knowledge.article("mail/mailbox-full", locale="nl-NL"),
            }
        for part in told.values():
            for name in ("took_ms", "generation"):
                part.pop(name, None)
        return told

    def serves(self, version: str) -> None:
        """The home is whole, and answers as this version has always answered."""
        assert verify(self.home).findings == []
        assert self.version() == version
        told = self.answers()
        assert self.said.setdefault(version, told) == told

    def files(self) -> dict[str, bytes]:
        """The generation that serves, and the pointer's first line."""
        name = current_id(self.home)
        assert name is not None
        folder = self.home / "generations" / name
        return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}

    def swept(self) -> None:
        """No run has left anything behind."""
        left = [f for pattern in LEFTOVERS for f in self.home.rglob(pattern)]
        assert left == []
        named = (self.home / "current").read_text(encoding="ascii").split()
        assert sorted(named) == sorted(f.name for f in (self.home / "generations").iterdir())

    def _opened(self) -> Opened:
        return Opened(self.home, self.encoder)


LEFTOVERS = ("building-*", "removing-*", "*.new", "writer.pid", ".overlay-*", "*-journal", "*-wal")


class Opened:
    """A KnowledgeBase for the length of a block."""

    def __init__(self, home: Path, encoder: LazyEncoder) -> None:
        self._knowledge = KnowledgeBase(home, encoder)

    def __enter__(self) -> KnowledgeBase:
        return self._knowledge

    def __exit__(self, *_error: object) -> None:
        self._knowledge.close()


@pytest.fixture(scope="module")
def crashes(tmp_path_factory: pytest.TempPathFactory, model: str) -> Iterator[Crashes]:
    """A home that both versions have been in; their embeddings are in a cache of their own."""
    root = tmp_path_factory.mktemp("crashes")
    for version in VERSIONS:
        write_version(root / "few" / version, version, copies=1)
        write_version(root / "many" / version, version, copies=COPIES)
    settings = {"KB_HOME": str(root / "home"), "KB_CACHE": str(root / "cache"), "KB_MODEL": model}
    with forks(root / "scratch", **settings) as forking:
        made = Crashes(forking, root, LazyEncoder(Path(model)))
        for version in VERSIONS:
            done = forking.run("index", made.source(version))
            assert done.status == 0, done.stderr
            made.serves(version)
        yield made


def write_version(root: Path, version: str, copies: int) -> None:
    """Articles of two locales, more than one copy of each in Dutch; one step and one title tell the version."""
    words = DUTCH | {"Open the archive.": f"De {version} stap: open het archief."}
    write_locale(root, "nl-NL", words)
    for copy in range(1, copies):
        write_locale(root / "nl-NL", f"copy-{copy}", words)
    write_locale(root, "de-DE", {source: f"Deutsch: {source}" for source in DUTCH})
