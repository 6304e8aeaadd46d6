"""Contextual vectors of texts' tokens, from the cache where it has them, else from one reading with the text's own.

Kept as bytes: for each token dim int8 codes and a float32 scale, 40 kB for a passage of 100 tokens. What the encoder
has just given is rounded the same way, so that a run that finds everything gives what the one that made it gave.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import numpy as np

from kb.embedcache import EmbeddingCache, Kind, Progress, text_key
from kb.encoded import Encoded, Floats

_EVERY = 256
_STEPS = 127


class TokenEncoder(Protocol):
    """What is needed of kb.encoder.Encoder."""

    @property
    def dim(self) -> int: ...

    def encode_tokens(self, texts: Sequence[str], kind: Kind) -> Encoded: ...


def encode_tokens_cached(
    encoder_factory: Callable[[], TokenEncoder],
    texts: Sequence[str],
    cache: EmbeddingCache,
    kind: Kind,
    progress: Progress | None = None,
) -> Floats:
    """float32 [len(texts), dim], the texts' own unit vectors; afterwards the cache has those of all their tokens, if
    not necessarily whole: `read_tokens` finds out what is damaged.

    progress  called with (distinct texts done, distinct texts in all)
    """
    distinct = {text_key(kind, text): text for text in texts}
    found = cache.get_many(list(distinct))
    read = cache.present([_key(kind, text) for text in distinct.values()])
    missing = sorted(
        (key for key, text in distinct.items() if key not in found or _key(kind, text) not in read),
        key=lambda key: (-len(distinct[key]), key),
    )
    report = progress or (lambda _done, _all: None)
    report(len(distinct) - len(missing), len(distinct))
    for start in range(0, len(missing), _EVERY):
        keys = missing[start : start + _EVERY]
        vectors = _encode_into(cache, encoder_factory(), [distinct[key] for key in keys], kind)
        found.update(zip(keys, vectors, strict=True))
        report(len(distinct) - len(missing) + start + len(keys), len(distinct))
    rows = [found[text_key(kind, text)] for text in texts]
    return np.stack(rows) if rows else np.empty((0, encoder_factory().dim), dtype=np.float32)


def _encode_into(cache: EmbeddingCache, encoder: TokenEncoder, texts: Sequence[str], kind: Kind) -> Floats:
    """Puts what the encoder makes of distinct texts into the cache; their own vectors."""
    encoded = encoder.encode_tokens(texts, kind)
    cache.put_bytes([_key(kind, text) for text in texts], [_pack(tokens) for tokens in encoded.tokens])
    cache.put_many([text_key(kind, text) for text in texts], encoded.vectors)
    return encoded.vectors


def read_tokens(
    encoder_factory: Callable[[], TokenEncoder],
    texts: Sequence[str],
    cache: EmbeddingCache,
    kind: Kind,
) -> Iterator[Floats]:
    """For each text in order float32 [its tokens, dim], unit rows to 8 bits; what got lost is read again."""
    for start in range(0, len(texts), _EVERY):
        some = texts[start : start + _EVERY]
        keys = [_key(kind, text) for text in some]
        found = cache.get_bytes(keys)
        lost = dict.fromkeys(text for key, text in zip(keys, some, strict=True) if key not in found)
        if lost:
            _encode_into(cache, encoder_factory(), list(lost), kind)
            found = cache.get_bytes(keys)
        yield from (_unpack(found[key]) for key in keys)


def _key(kind: Kind, text: str) -> bytes:
    return hashlib.sha256(b"tokens\0" + text_key(kind, text)).digest()


def _pack(tokens: Floats) -> bytes:
    """The number of tokens, their scales, their codes."""
    largest = np.abs(tokens).max(axis=1, initial=0.0)
    scales = np.where(largest == 0.0, 1.0, largest / _STEPS).astype("<f4")
    codes = np.rint(tokens / scales[:, None]).astype(np.int8)
    return b"".join((len(tokens).to_bytes(4, "little"), scales.tobytes(), codes.tobytes()))


def _unpack(value: bytes) -> Floats:
    count = int.from_bytes(value[:4], "little")
    scales = np.frombuffer(value, dtype="<f4", count=count, offset=4)
    codes = np.frombuffer(value, dtype=np.int8, offset=4 + 4 * count)
    if not count:
        return np.empty((0, 0), dtype=np.float32)
    return np.asarray(codes.reshape(count, -1).astype(np.float32) * scales[:, None], dtype=np.float32)
