"""Articles that say nearly the same below their titles, as groups.

Two articles are near-duplicates when the sets of their 5-word shingles have a Jaccard similarity of at least 0.8
(Broder 1997, "On the resemblance and containment of documents"), and neither's title names a thing that its own body
speaks of and the other article does not: instructions for two products, or for two error codes, may differ in
nothing but the name. Found are all such pairs, not a sample: if two sets are that similar, they share a shingle
among the rarest of each, which are all that is looked up (Chaudhuri et al. 2006, the prefix filter of "A Primitive
Operator for Similarity Joins in Data Cleaning").
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kb.text import words

SIMILAR = 0.8
_SHINGLE_WORDS = 5


class Said(NamedTuple):
    """What an article says: its title, and the text below it."""

    path: str
    title: str
    body: str


class _Words(NamedTuple):
    title: frozenset[str]
    body: frozenset[str]
    shingles: frozenset[str]


def near_duplicates(articles: Iterable[Said]) -> dict[str, str]:
    """For each article that has near-duplicates the first path of its group; the others are left out.

    Groups are what pairs connect. The same articles give the same groups in whatever order they come.
    """
    said = {a.path: _words(a) for a in sorted(articles)}
    first: dict[str, str] = {}
    for one, other in _similar_pairs({path: w.shingles for path, w in said.items()}):
        if not (_names(said[one], said[other]) or _names(said[other], said[one])):
            low, high = sorted((_root(first, one), _root(first, other)))
            first[low] = low
            first[high] = low
    return {path: _root(first, path) for path in sorted(first)}


def shingles(text: Sequence[str]) -> frozenset[str]:
    """All runs of five words of a text; of a shorter one none."""
    return frozenset(" ".join(text[n : n + _SHINGLE_WORDS]) for n in range(len(text) - _SHINGLE_WORDS + 1))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared members as a share of all members; 0 for two empty sets."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def _words(article: Said) -> _Words:
    title = frozenset(token.text for token in words(article.title))
    body = [token.text for token in words(article.body)]
    return _Words(title, frozenset(body), shingles(body))


def _names(one: _Words, other: _Words) -> frozenset[str]:
    """Words of an article's title that its body has too, and nothing of the other article."""
    return (one.title & one.body) - other.title - other.body


def _similar_pairs(sets: Mapping[str, frozenset[str]]) -> list[tuple[str, str]]:
    """All pairs that are similar enough, in order."""
    holders = Counter(shingle for members in sets.values() for shingle in members)
    index: dict[str, list[str]] = {}
    pairs: list[tuple[str, str]] = []
    for path, members in sets.items():
        rarest = sorted(members, key=lambda shingle: (holders[shingle], shingle))
        rarest = rarest[: len(rarest) - math.ceil(SIMILAR * len(rarest)) + 1]
        candidates = {other for shingle in rarest for other in index.get(shingle, ())}
        pairs += [(other, path) for other in sorted(candidates) if jaccard(sets[other], members) >= SIMILAR]
        for shingle in rarest:
            index.setdefault(shingle, []).append(path)
    return pairs


def _root(first: Mapping[str, str], path: str) -> str:
    while first.get(path, path) != path:
        path = first[path]
    return path
