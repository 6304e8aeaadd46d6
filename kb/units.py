"""Units of a generation's articles, the ones read last kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from pathlib import Path

from kb.association import Association
from kb.embedded import Collection, Generation
from kb.unitdb import UnitFile
from kb.unittext import ArticleUnits

_ARTICLES_IN_MEMORY = 4096  # about 10 kB each


class UnitReader:
    """Units by collection, locale and path; threads may share one."""

    def __init__(self, generation: Generation, keep: int = _ARTICLES_IN_MEMORY) -> None:
        self.generation = generation
        # none of them a method of its own: what a reader holds goes with it, not with a collection of garbage
        self._file = lru_cache(None)(partial(_open, generation.folder))
        self.article = lru_cache(keep)(partial(_article, self._file))
        self.association = lru_cache(None)(partial(_association, generation))

    def numbered(
        self, collection: str, locale: str, wanted: Sequence[tuple[str, str]]
    ) -> dict[tuple[str, str | None], ArticleUnits]:
        """For each article and unit number the localization cut down to the units that carry the number."""
        return self._file(collection, locale).numbered(wanted)


def _open(folder: Path, collection: str, locale: str) -> UnitFile:
    return UnitFile(folder / collection / locale, locale)


def _article(
    file: Callable[[str, str], UnitFile], collection: str, locale: str, path: str
) -> ArticleUnits | None:
    """A localization's units; None where the article does not exist in the locale."""
    return file(collection, locale).article(path)


def _association(generation: Generation, collection: str) -> Association:
    """Which words of a collection's locales translate each other."""
    found = generation.collection(collection)
    return Association(found.locales, len(found.paths))


def article_collection(generation: Generation, path: str, name: str | None) -> Collection | None:
    """The collection that has an article: the named one, else the first by name; None where none has."""
    names = [name] if name else sorted(generation.collections)
    found = (generation.collection(each) for each in names)
    return next((c for c in found if c.locales_of(path)), None)
