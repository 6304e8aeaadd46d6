"""Embeddings on disk by content, so that a text is encoded once however often it is indexed.

One SQLite file for each encoder, in `cache/embeddings/<fingerprint>/`: several processes may read and write
it, and a process killed at any time leaves what it had committed. Not for a network drive (SQLite's
write-ahead log needs shared memory); whatever is in it can be made again, so deleting it costs time only.

Vectors are float32, just as the encoder gave them: a run that finds all of them ranks exactly like the one
that made them. float16 would halve the 1.5 kB of a row, but a cached run would differ from a fresh one
unless that rounded its vectors too, and the language means are to be exact.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt

from kb.errors import InputError

Kind = Literal["query", "passage"]
Floats = npt.NDArray[np.float32]
T = TypeVar("T")
Progress = Callable[[int, int], None]

_log = logging.getLogger(__name__)
_LOOKUP = 500  # keys a statement; SQLite takes at least 999 parameters
_WRITE_EVERY = 256
_WAIT_S = 60
# Pages of 16 kB hold ten rows; the usual 4 kB hold two, and waste a quarter.
_SCHEMA = """
PRAGMA page_size = 16384;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, crc INTEGER NOT NULL, value BLOB NOT NULL);
"""
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_NAME = "vectors-"


class TextEncoder(Protocol):
    """What `encode_cached` needs of kb.encoder.Encoder."""

    @property
    def dim(self) -> int: ...

    def encode_queries(self, texts: Sequence[str]) -> Floats: ...

    def encode_passages(self, texts: Sequence[str]) -> Floats: ...


def text_key(kind: Kind, text: str) -> bytes:
    """32 bytes that name a text's embedding as a query or as a passage."""
    return hashlib.sha256(f"{kind}\0{text}".encode("utf-8", "surrogatepass")).digest()


class EmbeddingCache:
    """The embeddings of one encoder. Threads may share it; each process opens its own.

    A damaged row counts as missing and is replaced when its text is encoded again; a damaged file is left
    behind and the next one begun, with a warning in the log.

    Errors: InputError when the folder cannot be written or the disk is full.
    """

    def __init__(self, cache: Path, fingerprint: str) -> None:
        self.folder = cache / "embeddings" / fingerprint
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._number = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def get_many(self, keys: Sequence[bytes]) -> dict[bytes, Floats]:
        """Key -> float32 [dim], for those of the keys that are there and whole."""
        return {
            key: np.frombuffer(value, dtype="<f4").astype(np.float32)
            for key, value in self.get_bytes(keys).items()
        }

    def get_bytes(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Key -> value as it was put, for those of the keys that are there and whole."""
        distinct = list(dict.fromkeys(keys))
        return self._run(lambda connection: dict(_read(connection, distinct)))

    def present(self, keys: Sequence[bytes]) -> set[bytes]:
        """Which of the keys are there, their values unread."""
        distinct = list(dict.fromkeys(keys))
        return self._run(lambda connection: set(_present(connection, distinct)))

    def put_many(self, keys: Sequence[bytes], vectors: Floats) -> None:
        """Stores vectors [len(keys), dim], all of them or none."""
        self.put_bytes(keys, [row.tobytes() for row in np.ascontiguousarray(vectors, dtype="<f4")])

    def put_bytes(self, keys: Sequence[bytes], values: Sequence[bytes]) -> None:
        """Stores values, all of them or none."""
        if len(values) != len(keys):
            raise ValueError(f"{len(values)} values for {len(keys)} keys")
        rows = [(key, _checksum(key, value), value) for key, value in zip(keys, values, strict=True)]
        self._run(lambda connection: _write(connection, rows))

    def _run(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """What the action gives on the open file, or on the next one where that is found damaged."""
        with self._lock:
            for _ in range(2):
                try:
                    return action(self._connection or self._open())
                except sqlite3.Error as error:
                    self.close()
                    if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE:
                        _log.warning("%s is damaged (%s) and may be deleted", self._path(), error)
                        self._number += 1
                    elif isinstance(error, sqlite3.OperationalError):  # full, locked, read-only
                        raise InputError(
                            f"the embedding cache {self._path()} cannot be used: {error}; "
                            "free the disk, or choose another --cache"
                        ) from error
                    else:
                        raise
        raise InputError(f"embedding cache files in {self.folder} are damaged as fast as they are made")

    def _open(self) -> sqlite3.Connection:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot make {self.folder}: {error}; choose another --cache") from error
        numbers = [path.stem.removeprefix(_NAME) for path in self.folder.glob(f"{_NAME}*.sqlite")]
        self._number = max(self._number, *(int(number) for number in numbers if number.isdecimal()), 0)
        connection = sqlite3.connect(
            self._path(), timeout=_WAIT_S, isolation_level=None, check_same_thread=False
        )
        self._connection = connection
        connection.text_factory = bytes  # a damaged row may claim to be text, and that need not be UTF-8
        connection.executescript(_SCHEMA)
        return connection

    def _path(self) -> Path:
        # A damaged file keeps its name, so that a process that still has it open harms nobody.
        return self.folder / f"{_NAME}{self._number}.sqlite"


def _read(connection: sqlite3.Connection, keys: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    for start in range(0, len(keys), _LOOKUP):
        some = keys[start : start + _LOOKUP]
        marks = ",".join("?" * len(some))
        for key, crc, value in connection.execute(
            f"SELECT key, crc, value FROM vector WHERE key IN ({marks})", some
        ):
            if isinstance(value, bytes) and crc == _checksum(key, value):
                yield key, value


def _present(connection: sqlite3.Connection, keys: Sequence[bytes]) -> Iterator[bytes]:
    for start in range(0, len(keys), _LOOKUP):
        some = keys[start : start + _LOOKUP]
        marks = ",".join("?" * len(some))
        for (key,) in connection.execute(f"SELECT key FROM vector WHERE key IN ({marks})", some):
            yield key


def _write(connection: sqlite3.Connection, rows: Sequence[tuple[bytes, int, bytes]]) -> None:
    with connection:  # rolls back when anything is raised, Ctrl-C included
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?, ?)", rows)


def _checksum(key: bytes, value: bytes) -> int:
    return zlib.crc32(value, zlib.crc32(key))


def encode_cached(
    encoder_factory: Callable[[], TextEncoder],
    texts: Sequence[str],
    cache: EmbeddingCache,
    progress: Progress | None = None,
    kind: Kind = "passage",
) -> Floats:
    """float32 [len(texts), dim], unit rows in the order given; equal texts are encoded once.

    The encoder is made only when something is missing. What it gives is stored every 256 texts, so that an
    interrupted run goes on where it stopped.

    progress  called with (distinct texts done, distinct texts in all)
    """
    keys = [text_key(kind, text) for text in texts]
    distinct = dict(zip(keys, texts, strict=True))
    found = cache.get_many(list(distinct))
    report = progress or _no_progress
    report(len(found), len(distinct))
    missing = sorted(
        (key for key in distinct if key not in found), key=lambda key: (-len(distinct[key]), key)
    )
    if not missing and found:
        return np.stack([found[key] for key in keys])
    encoder = encoder_factory()
    for start in range(0, len(missing), _WRITE_EVERY):
        some = missing[start : start + _WRITE_EVERY]
        words = [distinct[key] for key in some]
        vectors = encoder.encode_queries(words) if kind == "query" else encoder.encode_passages(words)
        cache.put_many(some, vectors)
        found.update(zip(some, vectors, strict=True))
        report(len(found), len(distinct))
    rows = [found[key] for key in keys]
    return np.array(rows, dtype=np.float32).reshape(len(rows), encoder.dim)


def _no_progress(_done: int, _all: int) -> None:
    return None
