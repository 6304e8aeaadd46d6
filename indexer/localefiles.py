"""One locale's articles on their way from one generation to the next: as parsed, and as they are written.

articles.sqlite   the articles as served, and where their passages lie in them
parsed.sqlite     those of them as parsed that other localizations or corrections have changed since; no such
                  file where there are none
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path

from kb.articledb import ArticleReader, PackedRow, PassageRow
from kb.articlewriter import ArticleWriter

ARTICLES, PARSED = "articles.sqlite", "parsed.sqlite"
Range = tuple[int, int, int]


class EarlierLocale:
    """A locale of the generation before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.articles = ArticleReader(folder / ARTICLES)
        self._parsed = ArticleReader(folder / PARSED) if (folder / PARSED).exists() else None

    @cached_property
    def origins(self) -> Mapping[str, str]:
        """The origin of each article with a file of its own, by path."""
        return {path: origin for path, origin in self.articles.origins() if origin}

    def before(self, path: str) -> PackedRow | None:
        """An article as parsed, where it has been changed since."""
        return self._parsed.packed(path) if self._parsed else None

    def as_parsed(self, path: str) -> PackedRow | None:
        """An article with a file of its own as it came from it."""
        row = self.before(path) or self.articles.packed(path)
        return row if row is not None and row.origin else None

    def ranges(self, path: str) -> list[Range]:
        """The passages of an article in reading order."""
        found = sorted(self.articles.passages_of(path), key=lambda p: p.row)
        return [(p.number, p.start, p.stop) for p in found]

    def close(self) -> None:
        self.articles.close()
        if self._parsed is not None:
            self._parsed.close()


class ParsedLocale:
    """A locale's articles as parsed: those staged by this run, and of the earlier ones those that are to stay."""

    def __init__(self, earlier: EarlierLocale | None, staged: Path | None, same: Iterable[str]) -> None:
        self.earlier = earlier
        self._staged = ArticleReader(staged) if staged is not None else None
        self._same = frozenset(same)
        self._new = frozenset(self._staged.paths()) if self._staged is not None else frozenset()

    @classmethod
    def kept(cls, earlier: EarlierLocale) -> ParsedLocale:
        """All of a locale that this run has no sources of."""
        return cls(earlier, None, earlier.origins)

    @property
    def paths(self) -> frozenset[str]:
        return self._same | self._new

    def row(self, path: str) -> PackedRow | None:
        if path in self._new and self._staged is not None:
            return self._staged.packed(path)
        return self.earlier.as_parsed(path) if self.earlier and path in self._same else None

    def changed(self) -> Iterator[str]:
        """Paths of articles that are new, gone or other than they were."""
        before = self.earlier.origins if self.earlier else {}
        yield from before.keys() - self.paths
        for path in self._new:
            if path not in before or self.earlier is None or self.earlier.as_parsed(path) != self.row(path):
                yield path

    def close(self) -> None:
        if self._staged is not None:
            self._staged.close()


@dataclass(frozen=True, slots=True)
class Written:
    """changed: paths of articles whose text or passages are other than before (None: all of them)."""

    rewritten: bool
    changed: frozenset[str] | None


class LocaleWriter:
    """Writes a locale's files where it has changed; an unchanged one leaves no file behind.

    earlier  what those articles are taken over from that are neither put nor dropped; all of it is by path order
    """

    def __init__(self, folder: Path, earlier: EarlierLocale | None) -> None:
        self.folder = folder
        self._earlier = earlier
        self._articles: ArticleWriter | None = None
        self._parsed: ArticleWriter | None = None
        self._ranges: dict[str, list[Range]] = {}
        self._changed: set[str] = set()

    def put(self, row: PackedRow, parsed: PackedRow, ranges: list[Range]) -> None:
        """An article as it is served, as it was parsed, and its passages in reading order."""
        before = self._earlier.articles.packed(row.path) if self._earlier else None
        ranges_before = self._earlier.ranges(row.path) if self._earlier else []
        same = before is not None and before._replace(origin=row.origin) == row and ranges_before == ranges
        if not same:
            self._changed.add(row.path)
        own = parsed if parsed != row else None
        if same and before == row and own == (self._earlier.before(row.path) if self._earlier else None):
            return
        self._ranges[row.path] = ranges
        self._writer().put(row)
        if own is not None:
            self._parsed_writer().put(own)
        elif self._parsed is not None or self._was_parsed():
            self._parsed_writer().drop(row.path)

    def drop(self, path: str) -> None:
        """An article that is in this locale no longer, or never was."""
        if self._earlier is None or self._earlier.articles.packed(path) is None:
            return
        self._changed.add(path)
        self._ranges[path] = []
        self._writer().drop(path)
        if self._parsed is not None or self._was_parsed():
            self._parsed_writer().drop(path)

    def finish(self) -> Written | None:
        """Takes over what is left, and writes the passages; None where no article is left."""
        if self._articles is None:
            return Written(False, frozenset()) if self._earlier else None
        ranges = dict(self._ranges)
        if self._earlier is not None:
            for path, passages in groupby(self._earlier.articles.passages(), lambda p: p.path):
                ranges.setdefault(path, [(p.number, p.start, p.stop) for p in passages])
        placed = [(path, *found) for path in sorted(ranges) for found in ranges[path]]
        self._articles.add_passages(PassageRow(row, *place) for row, place in enumerate(placed))
        self._articles.finish()
        if self._parsed is not None:
            self._parsed.finish()
            if not _articles_in(self.folder / PARSED):
                (self.folder / PARSED).unlink()
        if not _articles_in(self.folder / ARTICLES):
            shutil.rmtree(self.folder)
            return None
        return Written(True, frozenset(self._changed) if self._earlier else None)

    def close(self) -> None:
        for writer in (self._articles, self._parsed):
            if writer is not None:
                writer.close()

    def _was_parsed(self) -> bool:
        return self._earlier is not None and (self._earlier.folder / PARSED).exists()

    def _writer(self) -> ArticleWriter:
        if self._articles is None:
            self._articles = ArticleWriter(
                self.folder / ARTICLES, self._earlier.folder / ARTICLES if self._earlier else None
            )
        return self._articles

    def _parsed_writer(self) -> ArticleWriter:
        if self._parsed is None:
            earlier = self._earlier.folder / PARSED if self._earlier and self._was_parsed() else None
            self._parsed = ArticleWriter(self.folder / PARSED, earlier)
        return self._parsed


def _articles_in(file: Path) -> int:
    reader = ArticleReader(file)
    try:
        return reader.counts().articles
    finally:
        reader.close()


def article_rows(locales: Mapping[str, ParsedLocale], path: str) -> dict[str, PackedRow]:
    """An article's localizations as parsed, by locale."""
    found = {locale: locales[locale].row(path) for locale in sorted(locales)}
    return {locale: row for locale, row in found.items() if row is not None}
