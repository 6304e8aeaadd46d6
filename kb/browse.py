"""A locale's facets, spelling and completions, read when they are first asked for."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from kb.browsedb import FILE, ArticleFacts, read_articles, read_phrases, read_words
from kb.complete import Completer
from kb.spelling import Speller


class Browse:
    """What a locale offers besides its passages. Threads may share one."""

    def __init__(self, folder: Path, language: str) -> None:
        self._file = folder / FILE
        self._language = language

    def articles(self) -> list[ArticleFacts]:
        """All localizations in path order; read anew each time."""
        return read_articles(self._file)

    @cached_property
    def completer(self) -> Completer:
        return Completer(self.articles(), read_phrases(self._file))

    @cached_property
    def speller(self) -> Speller:
        return Speller(read_words(self._file), self._language)

    def warm_like(self, other: Browse) -> None:
        """Reads what the other one has been asked for already."""
        for name in ("completer", "speller"):
            if name in vars(other):
                getattr(self, name)
