"""Articles that say nearly the same below their titles, as groups.

Two articles are near-duplicates when the sets of their 5-word shingles have a Jaccard similarity of at least 0.8
(Broder 1997, "On the resemblance and containment of documents"), and neither's title names a thing that its own body
speaks of and the other article does not: instructions for two products, or for two error codes, may differ in
nothing but the name. Found are all such pairs, not a sample: if two sets are that similar, they share a shingle
among the rarest of each, which are all that is looked up (Chaudhuri et al. 2006, the prefix filter of "A Primitive
Operator for Similarity Joins in Data Cleaning").

Words and shingles are compared by 64 bits of their hash, so that what an article says can be kept in little room.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kb.text import words

SIMILAR = 0.8
_SHINGLE_WORDS = 5
# From this many changed articles on, looking for all pairs anew is faster.
_MANY = 64
Hashes = npt.NDArray[np.uint64]


class Said(NamedTuple):
    """What an article says: its title, and the text below it."""

    path: str
    title: str
    body: str


class Gist(NamedTuple):
    """What is compared of an article: digest of its body, hashes of words and shingles, ascending without repeats."""

    digest: str
    title: Hashes
    body: Hashes
    shingles: Hashes


def gist_of(said: Said) -> Gist:
    """digest: equal for articles that repeat each other below their titles, blanks and capitals aside."""
    title = [token.text for token in words(said.title)]
    body = [token.text for token in words(said.body)]
    runs = (" ".join(body[n : n + _SHINGLE_WORDS]) for n in range(len(body) - _SHINGLE_WORDS + 1))
    plain = " ".join(said.body.casefold().split()).encode("utf-8", "surrogatepass")
    return Gist(hashlib.sha256(plain).hexdigest()[:16], _hashes(title), _hashes(body), _hashes(runs))


def similar_pairs(
    gists: Mapping[str, Gist], known: Iterable[tuple[str, str]] = (), changed: Collection[str] | None = None
) -> list[tuple[str, str]]:
    """All pairs of near-duplicates, each ascending, in order.

    known    the pairs of an earlier call; changed: paths that are other than they were then, or new (None: all)
    """
    if changed is None or len(changed) > _MANY:
        pairs = _all_pairs({path: gists[path].shingles for path in sorted(gists)})
    else:
        kept = gists.keys() - set(changed)
        pairs = [(one, other) for one, other in known if one in kept and other in kept]
        pairs += _pairs_of(sorted(gists.keys() - kept), gists)
    return sorted({pair for pair in pairs if not (_names(gists, *pair) or _names(gists, *reversed(pair)))})


def groups_of(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each article that has near-duplicates the first path of its group; groups are what pairs connect."""
    first: dict[str, str] = {}
    for one, other in pairs:
        low, high = sorted((_root(first, one), _root(first, other)))
        first[low] = low
        first[high] = low
    return {path: _root(first, path) for path in sorted(first)}


def near_duplicates(articles: Iterable[Said]) -> dict[str, str]:
    """`groups_of` all pairs: the same articles give the same groups in whatever order they come."""
    return groups_of(similar_pairs({said.path: gist_of(said) for said in articles}))


def jaccard(one: Hashes, other: Hashes) -> float:
    """Shared members as a share of all members; 0 for two empty sets."""
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def _hashes(texts: Iterable[str]) -> Hashes:
    found = {hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in texts}
    return np.sort(np.frombuffer(b"".join(found), dtype="<u8").astype(np.uint64))


def _names(gists: Mapping[str, Gist], one: str, other: str) -> bool:
    """Whether an article's title has words that its body has too, and nothing of the other article."""
    named = np.intersect1d(gists[one].title, gists[one].body, assume_unique=True)
    return bool(len(np.setdiff1d(named, np.union1d(gists[other].title, gists[other].body))))


def _all_pairs(sets: Mapping[str, Hashes]) -> list[tuple[str, str]]:
    """All pairs that are similar enough."""
    members = {path: found.tolist() for path, found in sets.items()}
    holders = Counter(shingle for found in members.values() for shingle in found)
    index: dict[int, list[str]] = {}
    pairs: list[tuple[str, str]] = []
    for path, found in members.items():
        rarest = sorted(found, key=lambda shingle: (holders[shingle], shingle))
        rarest = rarest[: len(rarest) - math.ceil(SIMILAR * len(rarest)) + 1]
        candidates = {other for shingle in rarest for other in index.get(shingle, ())}
        pairs += [(other, path) for other in candidates if jaccard(sets[other], sets[path]) >= SIMILAR]
        for shingle in rarest:
            index.setdefault(shingle, []).append(path)
    return pairs


def _pairs_of(changed: Collection[str], gists: Mapping[str, Gist]) -> list[tuple[str, str]]:
    """All pairs that are similar enough and have one of the changed articles."""
    if not changed:
        return []
    paths = sorted(gists)
    every = np.concatenate([gists[path].shingles for path in paths])
    sizes = np.array([len(gists[path].shingles) for path in paths])
    owner = np.repeat(np.arange(len(paths)), sizes)
    pairs: set[tuple[str, str]] = set()
    for path in changed:
        own = gists[path].shingles
        shared = np.bincount(owner[np.isin(every, own)], minlength=len(paths))
        similar = shared / np.maximum(len(own) + sizes - shared, 1) >= SIMILAR
        pairs |= {
            (min(path, paths[n]), max(path, paths[n])) for n in np.flatnonzero(similar) if paths[n] != path
        }
    return sorted(pairs)


def _root(first: Mapping[str, str], path: str) -> str:
    while first.get(path, path) != path:
        path = first[path]
    return path
