"""A home that is killed again and again, and a source in two versions that its answers tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from forked import Forks
from smallkb import DUTCH, unit, write_locale

from kb.embedcache import Floats, Kind
from kb.encoded import Encoded
from kb.generation import current_id
from kb.hit import SearchRequest
from kb.knowledge import KnowledgeBase
from kb.lazyencoder import LazyEncoder
from kb.lookup import LookupRequest
from kb.verify import verify

VERSIONS = ("first", "second")
# articles of a locale are parsed by several processes from 256 on
COPIES = 90
LEFTOVERS = ("building-*", "removing-*", "beside-*", "*.new", "writer.pid", "*-journal", "*-wal")


class Remembering(LazyEncoder):
    """The encoder, of which the same few questions are asked again and again."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._tokens: dict[tuple[str, ...], Encoded] = {}
        self._passages: dict[tuple[str, ...], Floats] = {}

    def encode_tokens(self, texts: Sequence[str], kind: Kind) -> Encoded:
        key = (kind, *texts)
        if key not in self._tokens:
            self._tokens[key] = super().encode_tokens(texts, kind)
        return self._tokens[key]

    def encode_passages(self, texts: Sequence[str]) -> Floats:
        key = tuple(texts)
        if key not in self._passages:
            self._passages[key] = super().encode_passages(texts)
        return self._passages[key]


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
            return self._version(knowledge)

    def _version(self, knowledge: KnowledgeBase) -> str:
        text = str(knowledge.article("mail/mailbox-full", locale="nl-NL")["blocks"])
        (found,) = (version for version in VERSIONS if f"De {version} stap" in text)
        return found

    def other(self, version: str | None = None) -> str:
        """The version that the home does not serve, or not this one."""
        return VERSIONS[1 - VERSIONS.index(version or self.version())]

    def source(self, version: str, *, many: bool = False) -> str:
        return str(self.root / ("many" if many else "few") / version)

    def answers(self) -> dict[str, Any]:
        """What the home answers, without times and names of generations."""
        with self._opened() as knowledge:
            return self._answers(knowledge)

    def _answers(self, knowledge: KnowledgeBase) -> dict[str, Any]:
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
        with self._opened() as knowledge:
            assert self._version(knowledge) == version
            told = self._answers(knowledge)
        assert self.said.setdefault(version, told) == told

    def published(self) -> tuple[str | None, dict[str, bytes]]:
        """Name and files of the generation that serves."""
        name = current_id(self.home)
        folder = self.home / "generations" / str(name)
        return name, {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}

    def swept(self) -> None:
        """No run has left anything behind."""
        left = [f for pattern in LEFTOVERS for f in self.home.rglob(pattern)]
        assert left == []
        named = (self.home / "current").read_text(encoding="ascii").split()
        assert sorted(named) == sorted(f.name for f in (self.home / "generations").iterdir())

    def _opened(self) -> Opened:
        return Opened(self.home, self.encoder)


class Opened:
    """A KnowledgeBase for the length of a block."""

    def __init__(self, home: Path, encoder: LazyEncoder) -> None:
        self._knowledge = KnowledgeBase(home, encoder)

    def __enter__(self) -> KnowledgeBase:
        return self._knowledge

    def __exit__(self, *_error: object) -> None:
        self._knowledge.close()


def write_version(root: Path, version: str, copies: int) -> None:
    """Articles of two locales, more than one copy of each in Dutch; one step and one title tell the version."""
    words = DUTCH | {"Open the archive.": f"De {version} stap: open het archief."}
    write_locale(root, "nl-NL", words)
    for copy in range(1, copies):
        write_locale(root / "nl-NL", f"copy-{copy}", words)
    note = unit("101", f"De {version} notitie", f"The {version} note")
    (root / "nl-NL" / "note.md").write_text(f"# {note}\n", encoding="utf-8")  # its source differs too
    write_locale(root, "de-DE", {source: f"Deutsch: {source}" for source in DUTCH})


def crucial(changes: list[str]) -> list[int]:
    """Numbers of the changes around the publication of what was written, and the first and last removal."""
    around = [n for n, change in enumerate(changes) if change.startswith("os.rename")]
    last = max(n for n, change in enumerate(changes) if change.startswith("os.remove"))
    return sorted({n + d for n in around for d in (-1, 0, 1) if n + d < len(changes)} | {last})
