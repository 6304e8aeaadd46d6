"""List letters ("b.") that became a word, or another letter."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from indexer.checks.finding import Found, Pair

_SOURCE = regex.compile(r"\s*([a-z])[.)](?=\s|$)")
_TARGET = regex.compile(r"\s*(\p{L})\p{M}*\s?[.)．）、](?=\s|$|\P{Latin})")
# How enumerations go on in scripts of their own.
_ALPHABETS = (
    "абвгдежзиклмнопрстуфхцчшщэюя",
    "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ",
    "กขคงจฉชซ",
    "イロハニホヘト",
    "アイウエオカキ",
    "абвгдђежзијклљмнњ",
)


def check_letters(pair: Pair) -> Iterator[Found]:
    """A finding where the source begins with a list letter and the target not with the same, or its own one."""
    mine = _SOURCE.match(pair.source)
    if mine is None:
        return
    theirs = _TARGET.match(pair.target)
    if theirs is not None and _same(mine[1], theirs[1]):
        return
    shown = theirs.group().strip() if theirs is not None else (pair.target.split() or [""])[0]
    start = len(pair.target) - len(pair.target.lstrip())
    yield Found(
        "letter",
        f"list letter {mine[1]!r} became {shown!r}",
        (mine.span(1),),
        ((start, start + len(shown)),) if shown else (),
    )


def _same(letter: str, other: str) -> bool:
    """Whether it is the same letter, or the one at its place in another alphabet, small like the source's."""
    place = ord(letter) - ord("a")
    return other.casefold() == letter or any(place < len(a) and a[place] == other for a in _ALPHABETS)
