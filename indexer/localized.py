"""A locale's own words of each passage: what its lexical rows and its view are made of."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from kb.articledb import ArticleReader
from kb.show import own_text


@dataclass(frozen=True, slots=True)
class LocalizedPassage:
    """A passage as one locale's readers see it; `text` begins with the headings above it, the title left out."""

    row: int
    title: str
    text: str


def localized_passages(
    reader: ArticleReader, paths: Collection[str] | None = None
) -> Iterator[LocalizedPassage]:
    """The passages of a locale in row order: all, or those of some articles."""
    path = ""
    for p in reader.passages():
        if paths is not None and p.path not in paths:
            continue
        if p.path != path:
            path, article = p.path, reader.require(p.path).article
        headings, text = own_text(article, p.start, p.stop)
        yield LocalizedPassage(p.row, article.title, "\n".join([*headings, text]))
