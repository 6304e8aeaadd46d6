"""A text's tokens as numbers, with their places: what a lookup compares and marks without analysing anything again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kb.folding import Token
from kb.postings import UNKNOWN

Ids = npt.NDArray[np.uint32]
Places = npt.NDArray[np.int64]
Terms = npt.NDArray[np.uint64]
_WIDTHS = (1, 2, 4)  # bytes of a step or a length


class UnitTokens(NamedTuple):
    """Tokens in reading order.

    ids    a token's place among the terms of its locale's word index, or, where no passage has it, a digest with the
           highest bit set (kb.postings.term_id)
    steps  how far each starts after the one before, in code points, then how long each is
    """

    ids: Ids
    steps: npt.NDArray[np.unsignedinteger]

    def places(self) -> tuple[Places, Places]:
        """(starts, ends) of the tokens in code points of the text."""
        count = len(self.ids)
        starts = self.steps[:count].cumsum(dtype=np.int64)
        return starts, starts + self.steps[count:]


def pack_tokens(tokens: Sequence[Token], ids: Ids) -> bytes:
    """Six bytes a token in most texts; empty for none."""
    return _packed(ids, *_places(tokens)) if tokens else b""


def _places(tokens: Sequence[Token]) -> tuple[Places, Places]:
    found = np.array([(token.start, token.end) for token in tokens], dtype=np.int64)
    return found[:, 0], found[:, 1]


def _packed(ids: Ids, starts: Places, ends: Places) -> bytes:
    steps = np.concatenate([np.diff(starts, prepend=0), ends - starts])
    width = next(w for w in _WIDTHS if int(steps.max()) < 256**w)
    return bytes([width]) + ids.astype("<u4").tobytes() + steps.astype(f"<u{width}").tobytes()


def unpack_tokens(data: bytes) -> UnitTokens:
    """What `pack_tokens` packed; ValueError where it did not."""
    if not data:
        return NO_TOKENS
    count = _count(data)
    steps = np.frombuffer(data, f"<u{data[0]}", 2 * count, 1 + 4 * count)
    return UnitTokens(np.frombuffer(data, "<u4", count, 1), steps)


def unpack_ids(packed: Iterable[bytes]) -> tuple[Ids, Places]:
    """(ids of the tokens of several texts, how many each text has)."""
    counts, ids = [], []
    for data in packed:
        counts.append(_count(data) if data else 0)
        ids.append(data[1 : 1 + 4 * counts[-1]])
    return np.frombuffer(b"".join(ids), "<u4"), np.array(counts, dtype=np.int64)


def renumbered(packed: Sequence[bytes], old: Terms, new: Terms) -> list[bytes]:
    """What `pack_tokens` would have packed of the same texts with another index's terms.

    A token that the old index had nowhere is known by 31 bits of its digest alone: of the few terms that are new, one
    is taken for another once in a million times.
    """
    ids, counts = unpack_ids(packed)
    numbers = _renumbered(ids, old, new).astype("<u4").tobytes()
    found, at = [], 0
    for data, count in zip(packed, counts.tolist(), strict=True):
        found.append(data[:1] + numbers[at : at + 4 * count] + data[1 + 4 * count :])
        at += 4 * count
    return found


def _renumbered(ids: Ids, old: Terms, new: Terms) -> npt.NDArray[np.uint64]:
    known = ids < UNKNOWN
    numbers = ids.astype(np.uint64)
    numbers[known] = _places_in(new, old[ids[known]])
    added = np.setdiff1d(new, old)
    digests = UNKNOWN | (added & np.uint64(UNKNOWN - 1))
    order = np.argsort(digests)
    missing = numbers[~known]
    at = np.minimum(np.searchsorted(digests[order], missing), max(len(added) - 1, 0))
    if len(added):
        same = digests[order][at] == missing
        numbers[~known] = np.where(same, np.searchsorted(new, added[order][at]), missing)
    return numbers


def _places_in(terms: Terms, keys: Terms) -> npt.NDArray[np.uint64]:
    """Each key's number, as `kb.postings.term_id` has it."""
    if not len(terms):
        return np.asarray(UNKNOWN | (keys & np.uint64(UNKNOWN - 1)), dtype=np.uint64)
    at = np.minimum(np.searchsorted(terms, keys), len(terms) - 1)
    return np.where(terms[at] == keys, at.astype(np.uint64), UNKNOWN | (keys & np.uint64(UNKNOWN - 1)))


def _count(data: bytes) -> int:
    width = data[0]
    count, rest = divmod(len(data) - 1, 4 + 2 * width)
    if width not in _WIDTHS or rest:
        raise ValueError(f"{len(data)} bytes with numbers of {width} are no packed tokens")
    return count


def join_tokens(texts: Sequence[str], tokens: Sequence[UnitTokens]) -> UnitTokens:
    """Tokens of the texts joined by blanks, empty ones left out."""
    if len(tokens) == 1:
        return tokens[0]
    offset, ids, starts, ends = 0, [], [], []
    for text, own in zip(texts, tokens, strict=True):
        if text:
            begin, end = own.places()
            ids.append(own.ids)
            starts.append(begin + offset)
            ends.append(end + offset)
            offset += len(text) + 1
    if not sum(map(len, ids)):
        return NO_TOKENS
    return unpack_tokens(_packed(np.concatenate(ids), np.concatenate(starts), np.concatenate(ends)))


NO_TOKENS = UnitTokens(np.empty(0, np.uint32), np.empty(0, np.uint8))
