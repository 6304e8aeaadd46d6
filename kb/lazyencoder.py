"""The encoder, loaded when it is first needed: a build whose embeddings are all cached never loads it."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kb.encoded import Encoded
from kb.modelstore import fingerprint
from kb.vectors import Floats

if TYPE_CHECKING:
    from kb.embedcache import Kind
    from kb.encoder import Encoder


class LazyEncoder:
    """Stands for the encoder of a model folder. Threads may share one.

    encoded  texts that the model itself has read so far
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fingerprint = fingerprint(folder)
        self.encoded = 0
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None

    def load(self) -> Encoder:
        with self._lock:
            if self._encoder is None:
                self._encoder = importlib.import_module("kb.encoder").Encoder(self.folder)
            return self._encoder

    @property
    def loaded(self) -> bool:
        return self._encoder is not None

    @property
    def dim(self) -> int:
        return self.load().dim

    def encode_queries(self, texts: Sequence[str]) -> Floats:
        return self._counted(self.load().encode_queries(texts))

    def encode_passages(self, texts: Sequence[str]) -> Floats:
        return self._counted(self.load().encode_passages(texts))

    def encode_tokens(self, texts: Sequence[str], kind: Kind) -> Encoded:
        found = self.load().encode_tokens(texts, kind)
        self._counted(found.vectors)
        return found

    def _counted(self, vectors: Floats) -> Floats:
        with self._lock:
            self.encoded += len(vectors)
        return vectors
