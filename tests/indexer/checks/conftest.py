"""Pairs and articles for the checks, made of markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from smallkb import unit

from indexer.checks.finding import Pair
from indexer.checks.read import pairs
from indexer.parse import parse_article

MakePair = Callable[[str, str], Pair]
WriteArticle = Callable[..., Path]


@pytest.fixture
def pair() -> MakePair:
    """pair(source, target): both in markdown, as one unit of an article."""

    def make(source: str, target: str) -> Pair:
        text = unit("101", target, source)
        (made,) = pairs(parse_article(text, "a", "nl-NL"), text)
        return made

    return make


@pytest.fixture
def article(tmp_path: Path) -> WriteArticle:
    """article(path, [(source, target)…], locale): a file of paragraphs, one unit each, from line 3 on."""

    def write(path: str, texts: Sequence[tuple[str, str]], locale: str = "nl-NL") -> Path:
        file = tmp_path / locale / f"{path}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        body = "\n\n".join(unit(str(n), t, s) for n, (s, t) in enumerate(texts, 101))
        file.write_text(f"<!-- -->\n\n{body}\n", encoding="utf-8")
        return tmp_path

    return write
