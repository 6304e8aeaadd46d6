"""Placeholders that the translation lost or gained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import regex

from indexer.checks.finding import Found, Pair

# "<tenant name>" may be translated inside, so these count; the others must stay to the letter.
_ANGLES = regex.compile(
    r"<[^<>\n]{1,60}>|〈[^〈〉]{1,60}〉|《[^《》]{1,60}》|«[^«»]{1,60}»|＜[^＜＞]{1,60}＞"
)
_SOURCE_ANGLES = regex.compile(r"<(?=[\p{L}_])[^<>\n]{1,60}>")
_EXACT = regex.compile(
    r"\{\w{1,30}\}|%\d{0,2}\$?[sd]\b|%[1-9]\b|\[?\bcontoso\b\]?|\bfabrikam\b", regex.IGNORECASE
)


def check_placeholders(pair: Pair) -> Iterator[Found]:
    """Findings: fewer or more "<…>" than the source has, and exact placeholders that are gone."""
    mine = [m.span() for m in _SOURCE_ANGLES.finditer(pair.source)]
    theirs = [m.span() for m in _ANGLES.finditer(pair.target)]
    if len(mine) > len(theirs):
        told = f"{len(mine)} placeholders <…> in the source, {len(theirs)} in the translation"
        yield Found("placeholder", told, tuple(mine), tuple(theirs))
    exact = Counter(m.group().casefold() for m in _EXACT.finditer(pair.target))
    for match in _EXACT.finditer(pair.source):
        bare = match.group().casefold().strip("[]")
        if bare not in pair.target.casefold() and match.group().casefold() not in exact:
            yield Found("placeholder", f"{match.group()} is not in the translation", (match.span(),))
