"""A running service's encoders, lent to a build on the same machine, so that a changed article needs no model loaded.

The service listens on a socket of the machine's own (a Unix socket, a pipe on Windows) and says where in
HOME/lending/<process>.json, which only its user can read and which holds the key that both sides prove to have
(multiprocessing.connection: an HMAC of a random challenge). Texts go over as JSON and vectors come back as plain
numbers; nothing is unpickled. Whatever goes wrong on the way, the build loads the model itself.
"""

from __future__ import annotations

import io
import json
import logging
import os
import secrets
import threading
from collections.abc import Sequence
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

import numpy as np

from kb.embedcache import Kind
from kb.encoded import Encoded
from kb.lazyencoder import LazyEncoder

FOLDER = "lending"
# More texts than this are quicker read by a model of one's own, and would keep the service from its questions.
MOST_TEXTS = 64
_AT_ONCE = 8  # texts between two of which the service's own questions get their turn
_WAIT_S = 60.0
_FAILURES = (OSError, EOFError, ValueError, KeyError, TypeError, AuthenticationError)
_log = logging.getLogger(__name__)


class Lender:
    """Lends encoders until it is closed, or the process ends."""

    def __init__(self, home: Path, *encoders: LazyEncoder) -> None:
        self._encoders = {encoder.fingerprint: encoder for encoder in encoders}
        self._key = secrets.token_bytes(32)
        self._listener = Listener(authkey=self._key)
        self._closed = False
        self._file = home / FOLDER / f"{os.getpid()}.json"
        self._thread = threading.Thread(target=self._serve, name="lending", daemon=True)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.unlink(missing_ok=True)
        said = {
            "address": str(self._listener.address),
            "key": self._key.hex(),
            "fingerprints": sorted(self._encoders),
        }
        with open(os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:  # noqa: PTH123
            json.dump(said, stream)
        self._thread.start()

    def close(self) -> None:
        self._closed = True
        self._file.unlink(missing_ok=True)
        # wakes the thread that waits for somebody to come; with the key this would wait for an answer, for ever where
        # the thread has ended by itself meanwhile
        try:
            Client(str(self._listener.address)).close()
        except _FAILURES as error:
            _log.debug("nobody was waiting at %s (%s)", self._listener.address, error)
        self._thread.join(_WAIT_S)
        self._listener.close()

    def _serve(self) -> None:
        while not self._closed:
            try:
                with self._listener.accept() as connection:
                    if not self._closed:
                        self._answer(connection)
            except _FAILURES as error:
                _log.warning("lending the encoder failed (%r)", error)

    def _answer(self, connection: Connection[Any, Any]) -> None:
        if not connection.poll(_WAIT_S):
            return
        asked = json.loads(connection.recv_bytes())
        encoder, kind, texts = (
            self._encoders[asked["fingerprint"]],
            asked["kind"],
            [str(text) for text in asked["texts"]],
        )
        if kind not in ("query", "passage") or len(texts) > MOST_TEXTS:
            raise ValueError(f"{len(texts)} texts as {kind!r} asked for")
        parts = [
            encoder.encode_tokens(texts[start : start + _AT_ONCE], kind)
            for start in range(0, len(texts), _AT_ONCE)
        ]
        connection.send_bytes(_packed([p.vectors for p in parts], [t for p in parts for t in p.tokens]))


def borrow(home: Path, fingerprint: str, texts: Sequence[str], kind: Kind) -> Encoded | None:
    """What a service's encoder of that fingerprint makes of the texts; None where none lends, or it fails."""
    if not 0 < len(texts) <= MOST_TEXTS:
        return None
    for file in sorted((home / FOLDER).glob("*.json")):
        try:
            said = json.loads(file.read_text(encoding="utf-8"))
            if fingerprint not in said["fingerprints"]:
                continue
            with Client(said["address"], authkey=bytes.fromhex(said["key"])) as connection:
                asked = {"fingerprint": fingerprint, "kind": kind, "texts": list(texts)}
                connection.send_bytes(json.dumps(asked).encode())
                if not connection.poll(_WAIT_S):
                    raise TimeoutError(f"no answer within {_WAIT_S:.0f} s")
                return _unpacked(connection.recv_bytes(), len(texts))
        except _FAILURES as error:  # most often a service that was killed and left its file
            _log.info("%s lends no encoder (%r)", file, error)
    return None


class BorrowingEncoder(LazyEncoder):
    """An encoder that asks a running service's for a few texts before it loads a model of its own."""

    def __init__(self, folder: Path, home: Path) -> None:
        super().__init__(folder)
        self._home = home

    def encode_tokens(self, texts: Sequence[str], kind: Kind) -> Encoded:
        found = None if self.loaded else borrow(self._home, self.fingerprint, texts, kind)
        if found is None:
            return super().encode_tokens(texts, kind)
        self.encoded += len(texts)
        return found


def _packed(vectors: list[np.ndarray[Any, Any]], tokens: list[np.ndarray[Any, Any]]) -> bytes:
    width = next((t.shape[1] for t in tokens if len(t)), 0)
    flat = [t.reshape(-1, width) for t in tokens if len(t)]
    stream = io.BytesIO()
    np.savez(
        stream,
        vectors=np.concatenate(vectors),
        tokens=np.concatenate(flat) if flat else np.empty((0, width), dtype=np.float32),
        counts=np.array([len(t) for t in tokens], dtype=np.int64),
    )
    return stream.getvalue()


def _unpacked(answer: bytes, texts: int) -> Encoded:
    with np.load(io.BytesIO(answer), allow_pickle=False) as found:
        vectors, tokens, counts = (found[name] for name in ("vectors", "tokens", "counts"))
    if len(vectors) != texts or len(counts) != texts or counts.sum() != len(tokens):
        raise ValueError(f"vectors of {len(vectors)} texts came back for {texts}")
    if vectors.dtype != np.float32 or not np.isfinite(vectors).all() or not np.isfinite(tokens).all():
        raise ValueError("what came back are no vectors")
    return Encoded(vectors, np.split(tokens, np.cumsum(counts)[:-1]))
