"""What a build has written, looked at before it is published: counts, and whether each store finds one of its own.

`kb verify` looks at everything; this is what a build can afford each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from kb.articledb import ArticleReader
from kb.errors import IndexDamaged
from kb.generation import CollectionEntry
from kb.lexical import LexicalIndex
from kb.lexicalfields import weighed_tokens
from kb.locales import language_of
from kb.tokenview import TokenView
from kb.unitdb import UnitFile
from kb.vectors import View
from kb.verifystores import check_view, word_rows

_RETRY = "nothing was published; run again, and check the disk if this comes back"
_TOP = 200


def probe_views(folder: Path, entry: CollectionEntry) -> None:
    """IndexDamaged where the source view or its tokens are not of the collection's passages."""
    for problem in check_view(View(folder / "source.view"), entry.passages, {}):
        raise IndexDamaged(f"{folder / 'source.view'} {problem}; {_RETRY}")
    if (folder / "tokens").exists() and (rows := TokenView(folder / "tokens").rows) != entry.passages:
        raise IndexDamaged(f"{folder / 'tokens'} has {rows} rows for {entry.passages} passages; {_RETRY}")


def probe_words(folder: Path, entry: CollectionEntry, locales: Iterable[str]) -> None:
    """IndexDamaged where a locale's words or units are not of its articles, or it doesn't find one by its title."""
    for locale in locales:
        problem = _wrong(folder / locale, locale, word_rows(folder, locale, entry.source_locale))
        if problem is not None:
            raise IndexDamaged(f"{folder / locale} {problem}; {_RETRY}")


def _wrong(folder: Path, locale: str, rows: int) -> str | None:
    language = language_of(locale)
    index = LexicalIndex(folder / "lexical", language)
    if index.rows != rows:
        return f"has words of {index.rows} passages, expected {rows}"
    for problem in index.damage():
        return problem
    reader = ArticleReader(folder / "articles.sqlite")
    try:
        for first in reader.passages()[:1]:
            title = reader.require(first.path).title
            if UnitFile(folder, locale).article(first.path) is None:
                return f"has no units of {first.path}"
            if weighed_tokens(title, language):
                own = [p.row for p in reader.passages_of(first.path)]
                best = float(np.max(index.score(title, own)))
                hits = index.search(title, _TOP)
                beaten = len(hits) == _TOP and best <= hits[-1].score
                if not beaten and not {hit.row for hit in hits} & set(own):
                    return f"doesn't find {first.path} by its own title"
    finally:
        reader.close()
    return None
