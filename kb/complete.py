"""Titles and phrases of one locale that go on from what has been typed so far.

Typed words are compared without case and accents. Every one must be in the entry: those before the last as whole
words (as the beginnings of words where that finds nothing), the last as the beginning of one; in scripts without
spaces, where nobody can tell where a word begins, anywhere.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import regex

from kb.browsedb import ArticleFacts, Phrase
from kb.folding import fold, without_accents

_CJK = r"\p{Han}\p{Hiragana}\p{Katakana}\u30FC"
_SPACELESS = rf"{_CJK}\p{{Thai}}\p{{Lao}}\p{{Khmer}}\p{{Myanmar}}"
_PIECE = regex.compile(rf"[[\p{{L}}\p{{N}}\p{{M}}]--[{_SPACELESS}]]+|[{_SPACELESS}]+", regex.V1)
_NO_SPACES = regex.compile(rf"[{_SPACELESS}]")
# Hamza and madda above or below a letter, which keyboards and people leave out.
_HAMZA = str.maketrans("\u0622\u0623\u0625\u0671", "\u0627" * 4)
_LAST = "\U0010ffff"
_MAX_TYPED = 200  # characters; nobody types a longer title

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def typing_key(text: str) -> str:
    """The text as typing is compared: words folded, without accents and punctuation, one blank between them.

    Stretches in scripts without spaces stand apart from words beside them.
    """
    folded = without_accents(fold(text).text).translate(_HAMZA)
    return " ".join(_PIECE.findall(folded))


def without_spaces(key: str) -> str | None:
    """The first character of a key that is of a script without spaces, None where there is none."""
    found = _NO_SPACES.search(key)
    return found and str(found.group())


class Entry(NamedTuple):
    """Something to suggest; `article` is the path where it is a title, None where it is a phrase."""

    text: str
    key: str
    article: str | None
    articles: int


class Completer:
    """What a locale's titles and phrases can complete. Threads may share one."""

    def __init__(self, articles: Sequence[ArticleFacts], phrases: Sequence[Phrase]) -> None:
        titles = [Entry(a.title, a.key, a.path, 1) for a in articles]
        own = {entry.key for entry in titles}
        labels = [Entry(p.text, p.key, None, p.articles) for p in phrases if p.key not in own]
        # frequent ones first, then short ones
        self.entries = sorted(
            (entry for entry in titles + labels if entry.key),
            key=lambda entry: (-entry.articles, len(entry.text), entry.text, entry.article or ""),
        )
        self._titles: Mask = np.array([e.article is not None for e in self.entries], dtype=bool)
        self._keys = [entry.key for entry in self.entries]
        by_key = sorted(range(len(self._keys)), key=self._keys.__getitem__)
        self._sorted_keys = [self._keys[i] for i in by_key]
        self._by_key = np.array(by_key, dtype=np.int64)
        pairs = sorted({(word, i) for i, key in enumerate(self._keys) for word in key.split(" ")})
        self._words = [word for word, _ in pairs]
        self._holders = np.array([i for _, i in pairs], dtype=np.int64)

    def find(self, typed: str, limit: int) -> list[Entry]:
        """At most `limit` titles and `limit` phrases: those that begin with what was typed first, then frequent and
        short ones; a text only once."""
        *before, last = typing_key(typed[:_MAX_TYPED]).split(" ")
        if not last or not self.entries:
            return []
        found = self._holding(before, last, whole=True)
        if not found.any() and before:
            found = self._holding(before, last, whole=False)
        begun = np.zeros(len(self.entries), dtype=bool)
        begun[self._by_key[_span(self._sorted_keys, " ".join([*before, last]))]] = True
        chosen: list[Entry] = []
        for kind in (self._titles, ~self._titles):
            texts: dict[str, Entry] = {}
            for matching in (found & kind & begun, found & kind & ~begun):
                for i in np.flatnonzero(matching):
                    if len(texts) == limit:
                        break
                    texts.setdefault(self.entries[i].text.casefold(), self.entries[i])
            chosen += texts.values()
        return chosen

    def _holding(self, before: Sequence[str], last: str, *, whole: bool) -> Mask:
        found = self._with(last, whole=False)
        for word in dict.fromkeys(before):
            if not found.any():
                break
            found &= self._with(word, whole=whole)
        return found

    def _with(self, word: str, *, whole: bool) -> Mask:
        """Entries that hold the word, or one that begins with it; anywhere in scripts without spaces."""
        if _NO_SPACES.search(word):
            return np.fromiter((word in key for key in self._keys), dtype=bool, count=len(self._keys))
        holds = np.zeros(len(self.entries), dtype=bool)
        if whole:
            start = bisect_left(self._words, word)
            stop = bisect_left(self._words, word + "\0", start)
            holds[self._holders[start:stop]] = True
        else:
            holds[self._holders[_span(self._words, word)]] = True
        return holds


def _span(ordered: Sequence[str], prefix: str) -> slice:
    """Where strings in order begin with the prefix."""
    start = bisect_left(ordered, prefix)
    return slice(start, bisect_left(ordered, prefix + _LAST, start))
