"""A locale's facets, spelling and completions, read when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from kb.browsedb import FILE, ArticleFacts, read_articles, read_phrases, read_words
from kb.complete import Completer
from kb.contents import Contents
from kb.facets import LocaleFacets, locale_facets
from kb.spelling import Speller

T = TypeVar("T")


class Browse:
    """What a locale offers besides its passages. Threads may share one.

    contents, name  where what is read stays for the next generation, and what the file is called there
    """

    def __init__(
        self, folder: Path, language: str, contents: Contents | None = None, name: str = FILE
    ) -> None:
        self._file = folder / FILE
        self._language = language
        self._contents = contents
        self._name = name

    def articles(self) -> list[ArticleFacts]:
        """All localizations in path order; read anew each time."""
        return read_articles(self._file)

    @cached_property
    def facets(self) -> LocaleFacets:
        return self._kept("facets", lambda: locale_facets(self.articles()))

    @cached_property
    def completer(self) -> Completer:
        return self._kept("completer", lambda: Completer(self.articles(), read_phrases(self._file)))

    @cached_property
    def speller(self) -> Speller:
        return self._kept(
            f"speller/{self._language}", lambda: Speller(read_words(self._file), self._language)
        )

    def _kept(self, kind: str, make: Callable[[], T]) -> T:
        return make() if self._contents is None else self._contents.of([self._name], kind, make)

    def warm_like(self, other: Browse) -> None:
        """Reads what the other one has been asked for already."""
        for name in ("completer", "speller"):
            if name in vars(other):
                getattr(self, name)
        if "speller" in vars(other):
            self.speller.warm_like(other.speller)
