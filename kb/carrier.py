"""The default embedding model's carrier file ("E5S1"): configuration, vocabulary, normaliser, weights.

Little endian throughout, packed without padding:

    header      "E5S1", u32 version, i32 hidden, layers, heads, ffn, vocabulary, positions, token types,
                f32 layer-norm epsilon, i32 quantisation block
    vocabulary  i32 pieces, bos, eos, pad, unk ids, u64 blob length; u32 offsets [pieces + 1];
                f32 scores [pieces]; the blob of UTF-8 pieces
    normaliser  i32 entries, u32 bytes; per entry u32 code point, u8 length, u32 code points [length]
    directory   i32 tensors; per tensor u16 name length, name, u8 type, u32 elements, u64 offset, u64 bytes

Tensor type 1 is Q4_0: blocks of 32 weights, each an f16 scale and 16 bytes whose low nibbles are weights
0 to 15 and whose high nibbles are weights 16 to 31; a weight is (nibble - 8) * scale. Type 0 is f32.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.errors import ModelError

MAGIC = b"E5S1"
VERSION = 1
BLOCK = 32
_BLOCK_BYTES = 2 + BLOCK // 2
_F32, _Q4_0 = 0, 1

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class CarrierConfig:
    """Sizes of the BERT encoder."""

    hidden: int
    layers: int
    heads: int
    ffn: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """SentencePiece Unigram pieces in id order with their log probabilities, and the special pieces' ids."""

    pieces: tuple[str, ...]
    scores: Floats
    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: int
    elements: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Carrier:
    """A carrier whose directory has been checked against the file's length.

    normaliser  code point -> the code points that stand for it; empty drops it, (32,) makes it a space
    """

    config: CarrierConfig
    vocabulary: Vocabulary
    normaliser: Mapping[int, tuple[int, ...]]
    _entries: Mapping[str, _Entry]
    _data: npt.NDArray[np.uint8]

    @property
    def names(self) -> tuple[str, ...]:
        """Tensor names in the directory's order."""
        return tuple(self._entries)

    def tensor(self, name: str, shape: tuple[int, ...]) -> Floats:
        """float32 [shape], dequantised; ModelError where the carrier's tensor has another size."""
        entry = self._entries.get(name)
        if entry is None:
            raise ModelError(f"the model carrier has no tensor {name!r}; expected one of shape {shape}")
        if entry.elements != int(np.prod(shape, dtype=np.int64)):
            raise ModelError(f"carrier tensor {name!r}: found {entry.elements} elements, expected {shape}")
        raw = self._data[entry.offset : entry.offset + entry.size]
        values = dequantise_q4(raw) if entry.kind == _Q4_0 else raw.view("<f4").astype(np.float32)
        if not np.isfinite(values).all():
            raise ModelError(f"carrier tensor {name!r} holds values that are not finite; the file is damaged")
        return values.reshape(shape)


def dequantise_q4(raw: npt.NDArray[np.uint8]) -> Floats:
    """float32 [32 * blocks] from the bytes of whole Q4_0 blocks."""
    blocks = raw.reshape(-1, _BLOCK_BYTES)
    packed = blocks[:, 2:]
    scales = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
    values = np.empty((len(blocks), BLOCK), dtype=np.float32)
    values[:, : BLOCK // 2] = packed & 0x0F
    values[:, BLOCK // 2 :] = packed >> 4
    values -= 8.0
    values *= scales
    return values.reshape(-1)


def parse_carrier(data: bytes | memoryview | npt.NDArray[np.uint8]) -> Carrier:
    """The carrier in `data` (bytes, or a memory map); tensors are read from it when they are asked for.

    Errors: ModelError on another magic or version, a truncated file, and offsets that point outside of it.
    """
    cursor = _Cursor(np.frombuffer(data, dtype=np.uint8))
    if (magic := cursor.take(4, "magic").tobytes()) != MAGIC:
        raise ModelError(f"not a model carrier: it begins with {magic!r}, expected {MAGIC!r}")
    return Carrier(
        config=_read_config(cursor),
        vocabulary=_read_vocabulary(cursor),
        normaliser=_read_normaliser(cursor),
        _entries=_read_directory(cursor),
        _data=cursor.data,
    )


class _Cursor:
    """Reads forward through the bytes; every read is checked against what is left."""

    def __init__(self, data: npt.NDArray[np.uint8]) -> None:
        self.data = data
        self.at = 0

    @property
    def left(self) -> int:
        return self.data.size - self.at

    def take(self, count: int, what: str) -> npt.NDArray[np.uint8]:
        if not 0 <= count <= self.left:
            raise ModelError(
                f"model carrier truncated or damaged: {what} needs {count} bytes at offset {self.at}, "
                f"{self.left} are left; fetch the file anew"
            )
        taken = self.data[self.at : self.at + count]
        self.at += count
        return taken

    def unpack(self, form: str, what: str) -> tuple[Any, ...]:
        return struct.unpack(form, self.take(struct.calcsize(form), what).tobytes())


def _read_config(cursor: _Cursor) -> CarrierConfig:
    version, *sizes, block = cursor.unpack("<I7ifi", "the header")
    if version != VERSION:
        raise ModelError(f"model carrier of version {version}; this release reads version {VERSION}")
    if block != BLOCK:
        raise ModelError(
            f"model carrier quantised in blocks of {block}; this release reads blocks of {BLOCK}"
        )
    config = CarrierConfig(*sizes)
    if min(sizes[:-1]) < 1 or config.hidden % config.heads or not 0 < config.epsilon < 1:
        raise ModelError(f"model carrier with impossible sizes: {config}")
    return config


def _read_vocabulary(cursor: _Cursor) -> Vocabulary:
    count, bos, eos, pad, unk, blob_bytes = cursor.unpack("<5iQ", "the vocabulary's header")
    if not all(0 <= special < count for special in (bos, eos, pad, unk)):
        raise ModelError(f"model carrier: special ids {bos, eos, pad, unk} are outside of {count} pieces")
    offsets = cursor.take(4 * (count + 1), "the piece offsets").view("<u4").astype(np.int64)
    scores = cursor.take(4 * count, "the piece scores").view("<f4").astype(np.float32)
    blob = cursor.take(blob_bytes, "the pieces").tobytes()
    if (np.diff(offsets) < 0).any() or offsets[-1] > blob_bytes:
        raise ModelError("model carrier: piece offsets run backwards or past the pieces; the file is damaged")
    if not np.isfinite(scores).all():
        raise ModelError("model carrier: piece scores that are not finite; the file is damaged")
    bounds = offsets.tolist()
    try:
        pieces = tuple(blob[i:j].decode() for i, j in pairwise(bounds))
    except UnicodeDecodeError as error:
        raise ModelError(f"model carrier: a piece is not UTF-8 ({error}); the file is damaged") from error
    return Vocabulary(pieces, scores, bos, eos, pad, unk)


def _read_normaliser(cursor: _Cursor) -> dict[int, tuple[int, ...]]:
    count, size = cursor.unpack("<iI", "the normaliser's header")
    entries = _Cursor(cursor.take(size, "the normaliser"))
    table: dict[int, tuple[int, ...]] = {}
    for _ in range(count):
        code_point, length = entries.unpack("<IB", "a normaliser entry")
        outputs = entries.unpack(f"<{length}I", "a normaliser entry")
        if any(point > 0x10FFFF or 0xD800 <= point < 0xE000 for point in (code_point, *outputs)):
            raise ModelError(f"model carrier: normaliser entry {code_point:#x} is not Unicode text")
        table[code_point] = outputs
    if count < 0 or entries.left:
        raise ModelError(f"model carrier: normaliser of {count} entries leaves {entries.left} bytes unread")
    return table


def _read_directory(cursor: _Cursor) -> dict[str, _Entry]:
    (count,) = cursor.unpack("<i", "the tensor count")
    if count < 1:
        raise ModelError(f"model carrier with {count} tensors; expected at least one")
    entries: dict[str, _Entry] = {}
    for _ in range(count):
        (length,) = cursor.unpack("<H", "a tensor's name length")
        name = cursor.take(length, "a tensor's name").tobytes().decode("ascii", errors="backslashreplace")
        entry = _Entry(*cursor.unpack("<BIQQ", f"tensor {name!r}"))
        if name in entries:
            raise ModelError(f"model carrier names tensor {name!r} twice; the file is damaged")
        _check_entry(name, entry, cursor.data.size)
        entries[name] = entry
    return entries


def _check_entry(name: str, entry: _Entry, file_bytes: int) -> None:
    if entry.kind not in (_F32, _Q4_0):
        raise ModelError(
            f"carrier tensor {name!r} of type {entry.kind}; this release reads 0 (f32), 1 (Q4_0)"
        )
    if entry.kind == _Q4_0 and entry.elements % BLOCK:
        raise ModelError(f"carrier tensor {name!r}: {entry.elements} elements are no whole blocks of {BLOCK}")
    expected = entry.elements * 4 if entry.kind == _F32 else entry.elements // BLOCK * _BLOCK_BYTES
    if entry.size != expected:
        raise ModelError(f"carrier tensor {name!r}: found {entry.size} bytes, expected {expected}")
    if entry.offset + entry.size > file_bytes:
        raise ModelError(
            f"carrier tensor {name!r} ends at byte {entry.offset + entry.size} of a file of {file_bytes}; "
            "the file is truncated: fetch it anew"
        )
