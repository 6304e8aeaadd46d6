"""Token counts of texts that an earlier build has counted: a tokenizer takes a second to read, and a passage whose
source is as it was needs none."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indexer.passages import Tokens


class Counts(NamedTuple):
    """hashes: 64 bits of each text, ascending; tokens: how many it has."""

    hashes: npt.NDArray[np.uint64]
    tokens: npt.NDArray[np.uint32]


class KnownTokens:
    """Counts as the tokenizer does, of one article at a time.

    known  what an earlier build has counted, by article path
    """

    def __init__(self, tokens: Tokens, known: Mapping[str, Counts]) -> None:
        self._tokens = tokens
        self._known = known
        self._earlier: dict[int, int] = {}
        self._used: dict[int, int] = {}

    def begin(self, path: str) -> None:
        """Texts from now on are of this article."""
        found = self._known.get(path)
        self._earlier = (
            {} if found is None else dict(zip(found.hashes.tolist(), found.tokens.tolist(), strict=True))
        )
        self._used = {}

    def used(self) -> Counts:
        """Of the texts that were counted since `begin`."""
        hashes = sorted(self._used)
        return Counts(
            np.array(hashes, dtype=np.uint64), np.array([self._used[h] for h in hashes], dtype=np.uint32)
        )

    def count(self, texts: Sequence[str]) -> list[int]:
        keys = [_hash(text) for text in texts]
        unknown = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._used}
        missing = {key: text for key, text in unknown.items() if key not in self._earlier}
        if missing:
            self._used |= dict(zip(missing, self._tokens.count(list(missing.values())), strict=True))
        self._used |= {key: self._earlier[key] for key in unknown if key not in missing}
        return [self._used[key] for key in keys]

    def cut(self, text: str, max_tokens: int) -> list[str]:
        return self._tokens.cut(text, max_tokens)


def _hash(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")
