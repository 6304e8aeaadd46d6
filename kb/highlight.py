"""Where a text says what a question asks for, as ranges to mark.

Marked are phrases that the question quotes and identifiers, whole; and words that the question has too, in any of
their forms. Words that most articles have ("the", "van") are marked only where there is nothing else. Scripts
without spaces are compared by overlapping pairs of characters, of which a few in a row make a match.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

import regex

from kb.exact import exact_of
from kb.identifiers import identifiers
from kb.text import analyse, stemmed_words, words

Range = tuple[int, int]

_MARKS = regex.compile(r"[\p{M}\u200d\ufe0f]+")
_MARK = regex.compile(r"\p{M}")
# In these scripts a pair of characters is part of a word; three in a row are needed, unless less was asked for.
_SYLLABIC = regex.compile(r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_SYLLABIC_RUN = regex.compile(r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]+")
_SYLLABIC_CHARACTERS = 3
# What Japanese writes in hiragana alone is mostly grammar.
_HIRAGANA = regex.compile(r"\p{Hiragana}+")


class _Asked(NamedTuple):
    words: frozenset[str]
    identifiers: frozenset[str]
    phrases: tuple[str, ...]
    shortest: int  # characters of the shortest stretch in a syllabic script


def highlights(
    query: str,
    text: str,
    query_language: str,
    text_language: str,
    common: Callable[[str], bool] = lambda _word: False,
) -> list[Range]:
    """[from, to) ranges of the text in code points, ascending, joined where they touch; none cuts a letter from its
    marks. common: whether a folded word is one that most articles have."""
    asked = _asked(query, frozenset((query_language, text_language)))
    exact: list[Range] = []
    if asked.identifiers:
        exact = [(t.start, t.end) for t in identifiers(text) if t.text in asked.identifiers]
    for phrase in asked.phrases:
        exact += _phrase(phrase, text)
    weak: list[Range] = []
    strong: list[Range] = []
    for stem, word in stemmed_words(text, text_language, asked.words):
        grammar = common(word) or _HIRAGANA.fullmatch(word) is not None
        (weak if grammar else strong).append((stem.start, stem.end))
    joined = _joined(strong)
    strong = [r for r in joined if not _too_short(text[r[0] : r[1]], asked.shortest)]
    return _joined(_whole(text, r) for r in [*exact, *strong] or weak)


@lru_cache(64)
def _asked(query: str, languages: frozenset[str]) -> _Asked:
    """What of the query is looked for, as the analyser of any of the languages has it; asked once a hit."""
    exact = exact_of(query)
    found = frozenset(token.text for language in languages for token in analyse(query, language))
    runs = [len(run) for run in _SYLLABIC_RUN.findall(query)]
    return _Asked(
        found, frozenset(exact.identifiers), tuple(exact.phrases), min([_SYLLABIC_CHARACTERS, *runs])
    )


def _phrase(phrase: str, text: str) -> list[Range]:
    """Where the text has the phrase's words in a row."""
    wanted = phrase.split(" ")
    tokens = words(text)
    size = len(wanted)
    return [
        (tokens[n].start, tokens[n + size - 1].end)
        for n in range(len(tokens) - size + 1)
        if tokens[n].text == wanted[0] and [t.text for t in tokens[n : n + size]] == wanted
    ]


def _too_short(marked: str, shortest: int) -> bool:
    return _SYLLABIC.search(marked) is not None and len(_MARK.sub("", marked)) < shortest


def _whole(text: str, found: Range) -> Range:
    """The range with the marks that belong to its last letter, and the letter that its first mark belongs to."""
    start, end = found
    while start > 0 and _MARK.match(text, start):
        start -= 1
    after = _MARKS.match(text, end)
    return start, after.end() if after else end


def _joined(found: Iterable[Range]) -> list[Range]:
    out: list[Range] = []
    for start, end in sorted(found):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out
