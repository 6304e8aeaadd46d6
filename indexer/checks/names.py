"""Names and acronyms in a source, and whether its translation keeps them.

What a locale keeps nearly everywhere is a name there; a unit that lacks it has translated it, as a common word
most often ("Active Directory (AD)" as an advertisement). Which ones those are is counted over the whole run.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Literal, NamedTuple

import regex

from indexer.checks.finding import Pair

# A capital within or before: "Exchange", "iOS", "eDiscovery"; digits go on a name ("Microsoft 365").
_NAME_WORD = r"(?:[A-Z][A-Za-z]*[a-z][A-Za-z]*|[a-z]{1,2}[A-Z][A-Za-z]+)"
_NAME = regex.compile(rf"(?<![\w'’.-]){_NAME_WORD}(?:\x20(?:{_NAME_WORD}|\d{{3}}))*(?![\w-])")
_ACRONYM = regex.compile(r"(?<![\w.\\/&-])[A-Z][A-Z0-9]{1,5}(?=s?(?![\w&\\/-]))")
_WORD = regex.compile(r"\S+")
_JOINERS = regex.compile(r"[\s\u00a0\u200e\u200f-]+")
_MOST_WORDS = 4
_SHORT = 3
_MAKER = "Microsoft"
_SENTENCE_START = regex.compile(r"(?:^|[.!?:>–—-]\s|\n)\W*$")
# "Out of Office": a word of a title, no name.
_OF_TITLE = regex.compile(r"\p{Lu}\w* of $")
# Names that are words, too: "Exchange the reservation", "Word for word".
_WORDS = frozenset(
    ["Access", "Edge", "Exchange", "Flow", "Forms", "Office", "Project", "Teams", "Windows", "Word"]
)
# Words like any other, which some translators spell out and some don't.
_COMMON = frozenset(["ID", "IDS", "IT", "OK", "PC", "UI"])
_INITIALS = regex.compile(r"(?:\b[A-Z][A-Za-z]*[\s-]?){2,}")


class Kept(IntEnum):
    """Whether a translation has a term: not at all, as the beginning of a word, or as words of its own."""

    NOT = 0
    INFLECTED = 1
    WHOLE = 2


class Term(NamedTuple):
    """A name or an acronym of a source, [start, end) of it, and whether the target has it."""

    kind: Literal["name", "acronym"]
    text: str
    kept: Kept
    start: int
    end: int


def terms(pair: Pair) -> Iterator[Term]:
    """Every acronym, and every name of up to four words: all of it, and without a word that begins a sentence.

    Each text comes once. A whole unit that is equal on both sides tells nothing and gives none.
    """
    if not pair.target.strip() or pair.source.strip().casefold() == pair.target.strip().casefold():
        return
    source = pair.source_prose
    target = _plain(pair.target)
    seen: set[str] = set()
    for match in _ACRONYM.finditer(source):
        if match.group() not in seen and match.group() not in _COMMON:
            seen.add(match.group())
            yield Term("acronym", match.group(), _keeps_acronym(target, match.group()), *match.span())
    for match in _NAME.finditer(source):
        if _OF_TITLE.search(source[: match.start()]):
            continue
        words = [m.span() for m in _WORD.finditer(source, *match.span())]
        # "Select Outlook": whether the first word is one of the name's shows in what the locale keeps
        first = 1 if len(words) > 1 and _SENTENCE_START.search(source[: match.start()]) else 0
        for n in range(first + 1):
            start, end = words[n][0], words[-1][1]
            if source[start:end] in _WORDS and _SENTENCE_START.search(source[:start]):
                continue
            name = source[start:end]
            if name not in seen and len(words) - n <= _MOST_WORDS:
                seen.add(name)
                yield Term("name", name, _keeps_name(target, _plain(name)), start, end)


def _keeps_acronym(target: str, acronym: str) -> Kept:
    """WHOLE as well where its words are written out ("Active Directory" for "AD")."""
    found = _keeps(target, acronym)
    if found is Kept.NOT and len(acronym) > 2:
        found = _keeps(target.casefold(), acronym.casefold())
    if found is Kept.NOT:
        for match in _INITIALS.finditer(target):
            if acronym in "".join(c for c in match.group() if c.isupper()):
                return Kept.WHOLE
    return found


def _keeps_name(target: str, name: str) -> Kept:
    """INFLECTED as well where its last words became initials ("AD"), or "Microsoft" was left out before it."""
    found = _keeps(target, name)
    words = name.split()
    if found is Kept.NOT and len(words) > 1:
        initials = ("".join(word[0] for word in words[n:]) for n in range(len(words) - 1))
        if any(_keeps(target, one) is Kept.WHOLE for one in initials):
            return Kept.INFLECTED
        if words[0] == _MAKER and _keeps(target, " ".join(words[1:])) is not Kept.NOT:
            return Kept.INFLECTED
    return found


def _keeps(target: str, name: str) -> Kept:
    """Whether the target has the name; another capital within a word counts as its beginning ("AzureAD")."""
    best = Kept.NOT
    at = target.find(name)
    while at >= 0 and best is not Kept.WHOLE:
        end = at + len(name)
        before, after = target[at - 1 : at] if at else "", target[end : end + 1]
        if not (_latin(before) and (before.isupper() or name[0].islower())):
            best = max(best, Kept.INFLECTED if _latin(after) else Kept.WHOLE)
        at = target.find(name, at + 1)
    if best is Kept.NOT and len(name) > _SHORT:
        folded = _folded(target)
        return Kept(int(all(_folded(word) in folded for word in name.split())))
    return best


def _latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _folded(text: str) -> str:
    return _JOINERS.sub("", text).casefold()


def _plain(text: str) -> str:
    return text.replace("\u200e", "").replace("\u00a0", " ")
