"""One locale of a collection opened for reading: its articles, words, and embeddings of its own text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.article import Article
from kb.articledb import ArticleReader, PassageRow
from kb.browse import Browse
from kb.browsedb import FILE as BROWSE
from kb.contents import Contents
from kb.errors import IndexDamaged
from kb.generation import REBUILD
from kb.glosses import FILE as GLOSSES
from kb.glosses import Glosses
from kb.lexical import LexicalIndex
from kb.locales import language_of
from kb.passagedb import PASSAGES
from kb.tokenview import TokenView
from kb.vectors import View

_ARTICLES_IN_MEMORY = 512


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """A localization read back; `lines_locale` is the one whose file its lines are counted in."""

    article: Article
    lines_locale: str
    date: str | None
    variant: str


class LocaleStore:
    """One locale of a collection.

    rows    for each of its passages the row of the collection's views
    word_rows  the same for each row of its word index: its passages, then those in its language that only others have
    target  embeddings of its own text in the same order, None until the index was deepened
    tokens  vectors of its own text's tokens, in the rows of `target`; None as long as `target` is
    complete  whether `target` is of all its passages and their mean; `target_rows`: those that it has
    browse  its titles, phrases and words, for what is not ranked
    glosses  its words in the source's language
    """

    def __init__(
        self,
        folder: Path,
        locale: str,
        row_of: dict[tuple[str, int], int],
        contents: Contents,
        said: Sequence[int] = (),
    ) -> None:
        """said: rows of the views whose text is in the locale's language, whether it has them or not."""
        self.locale = locale
        collection = folder.parent.name
        stored, browsed = f"{collection}/{locale}/articles.sqlite", f"{collection}/{locale}/{BROWSE}"
        self.reader = ArticleReader(folder / "articles.sqlite")
        self.target = open_view(folder / "target.view")
        self._held = _held(folder / "target.rows.npy")
        self.lexical = LexicalIndex(folder / "lexical", language_of(locale))
        self.glosses = Glosses(folder / GLOSSES, self.lexical)
        self.browse = Browse(folder, language_of(locale), contents, browsed)
        self.paths = contents.of([stored], "paths", lambda: frozenset(self.reader.paths()))
        try:
            self.rows = contents.of(
                [stored, f"{collection}/{PASSAGES}"], "rows", lambda: _rows(self.reader, row_of)
            )
        except KeyError as error:
            raise IndexDamaged(
                f"{folder} names passage {error} that its collection lacks; {REBUILD}"
            ) from error
        self.word_rows = _with_others(self.rows, said)
        if self.lexical.rows != len(self.word_rows):
            raise IndexDamaged(
                f"{folder} has words of {self.lexical.rows} passages, expected {len(self.word_rows)}; {REBUILD}"
            )
        self.complete = self.target is not None and self._held is None
        self.target_rows = self.rows if self._held is None else self.rows[self._held]
        self.tokens = open_tokens(folder / "tokens")
        for name, view in (("target.view", self.target), ("tokens", self.tokens)):
            if view is not None and view.rows != len(self.target_rows):
                raise IndexDamaged(
                    f"{folder / name} has {view.rows} rows for {len(self.target_rows)} passages; {REBUILD}"
                )
        self._by_word_row, self._by_target_row = np.argsort(self.word_rows), np.argsort(self.target_rows)
        # of the reader alone: a cache of a method of its own would keep the store until a collection of garbage
        self.article = lru_cache(_ARTICLES_IN_MEMORY)(partial(_stored, self.reader))

    def word_places(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """For rows of the views the row of each in the word index, -1 where it has none."""
        return _places(self.word_rows, self._by_word_row, rows)

    def target_places(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """For rows of the views the place of each in `target`, -1 where it has none."""
        return _places(self.target_rows, self._by_target_row, rows)

    def passage(self, path: str, number: int) -> PassageRow | None:
        return self.reader.passage(path, number)

    def close(self) -> None:
        self.reader.close()


def _with_others(own: npt.NDArray[np.int64], said: Sequence[int]) -> npt.NDArray[np.int64]:
    """A locale's rows, then those of `said` that it hasn't, ascending."""
    return np.concatenate([own, np.setdiff1d(np.asarray(said, dtype=np.int64), own)])


def _rows(reader: ArticleReader, row_of: dict[tuple[str, int], int]) -> npt.NDArray[np.int64]:
    """KeyError for a passage that the collection doesn't have."""
    return np.array([row_of[key] for key in reader.passage_keys()], dtype=np.int64)


def _stored(reader: ArticleReader, path: str) -> StoredArticle | None:
    row = reader.article(path)
    if row is None:
        return None
    return StoredArticle(row.article, row.lines_locale, row.date, row.variant)


def _held(file: Path) -> npt.NDArray[np.int64] | None:
    """Which of a locale's passages its view has, in order; None where it has all of them."""
    if not file.exists():
        return None
    try:
        return np.asarray(np.load(file), dtype=np.int64)
    except (OSError, EOFError, ValueError) as error:
        raise IndexDamaged(f"{file} can't be read ({error}); {REBUILD}") from error


def _places(
    own: npt.NDArray[np.int64], by_row: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Where each of some rows stands among a locale's own, -1 where it doesn't. by_row: what sorts its own."""
    if not len(own):
        return np.full(len(rows), -1, dtype=np.int64)
    found = by_row[np.minimum(np.searchsorted(own, rows, sorter=by_row), len(own) - 1)]
    return np.where(own[found] == rows, found, -1)


def open_tokens(folder: Path) -> TokenView | None:
    """A token view; None where there is none, as of an encoder that has no vectors of tokens."""
    return TokenView(folder) if folder.exists() else None


def open_view(file: Path) -> View | None:
    """A view that follows the source view later, or None as long as it hasn't."""
    return View(file) if file.exists() else None
