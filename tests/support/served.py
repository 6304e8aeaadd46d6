"""A running service that must not notice what goes wrong beside it, and what a failing run tells people."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from processes import Kb, ask

QUESTIONS = (
    ("Windows asks for the BitLocker recovery key", None),
    ("my account is locked after too many wrong passwords", "nl-NL"),
    ("drucker druckt nicht", "de-DE"),
)
Told = list[dict[str, Any]]


@dataclass
class Served:
    """A `kb serve` on a home, and what it answered before anything went wrong."""

    kb: Kb
    address: str
    said: Told
    tree: dict[str, str]

    def unharmed(self) -> None:
        assert self.kb.tree() == self.tree
        assert not list(self.kb.home.glob("building-*"))
        assert answers(self.address) == self.said


def answers(address: str) -> Told:
    return [ask(address, question, locale) for question, locale in QUESTIONS]


def one_message(stderr: str) -> str:
    """The one line that is for people; no traceback."""
    assert "Traceback" not in stderr
    told = [line for line in stderr.splitlines() if line.startswith("kb: ")]
    assert len(told) == 1, stderr
    return told[0]


def folder_with(root: Path, **files: bytes | None) -> Path:
    """A folder of article files; None makes one that can't be read: a link that leads to itself."""
    root.mkdir()
    for name, content in files.items():
        file = root / f"{name}.md"
        if content is None:
            file.symlink_to(file.name)
        else:
            file.write_bytes(content)
    return root


def leave_free(disk: Path, free_bytes: int) -> None:
    """Fills a disk up to so many bytes."""
    filler = disk / "filler"
    filler.unlink(missing_ok=True)
    filler.write_bytes(b"\0" * max(0, shutil.disk_usage(disk).free - free_bytes))
