"""Texts to embeddings: with a model of our own (kb/bert.py), or any sentence-transformers folder (kb/foreign.py)."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from kb.bert import Bert
from kb.embedcache import Kind
from kb.encoded import Encoded, Floats
from kb.errors import ModelError
from kb.modelstore import SEAL, fingerprint
from kb.tokens import load_tokenizer, well_formed

Progress = Callable[[int, int], None]

_WINDOW = 4096  # texts tokenised and sorted by length at a time
_BATCH_TOKENS = 512  # larger batches leave the processor's caches: 8,192 take twice as long a text


class _Backend(Protocol):
    dim: int
    max_tokens: int

    def encode(self, texts: Sequence[str], kind: Kind, tokens: bool) -> Iterator[tuple[list[int], Encoded]]:
        """Batches: the rows that they are of, their vectors, and their tokens' of any length where asked for."""
        ...


class Encoder:
    """A loaded model. Threads may share one.

    dim          length of a vector
    max_tokens   what the encoder reads of a text, prompt and specials included; the rest is not seen
    fingerprint  names the encoder in caches and manifests (kb.modelstore.fingerprint)
    """

    def __init__(self, folder: Path | str, threads: int | None = None) -> None:
        """Loads without a network. `threads` are those of the default model, by default one for each processor.

        Errors: ModelError when the folder is missing, damaged or of another kind.
        """
        folder = Path(folder)
        if not folder.is_dir():
            raise ModelError(f"no model folder {folder}; run `kb model install` or give another folder")
        self.fingerprint = fingerprint(folder)
        if (folder / SEAL).exists():
            self._backend: _Backend = _Own(folder, threads or os.cpu_count() or 1)
        else:
            # imported here: it takes 5 to 12 s and 300 MB that the default model does without
            self._backend = importlib.import_module("kb.foreign").Foreign(folder)

    @property
    def dim(self) -> int:
        return self._backend.dim

    @property
    def max_tokens(self) -> int:
        return self._backend.max_tokens

    def encode_queries(self, texts: Sequence[str]) -> Floats:
        """float32 [len(texts), dim], rows of unit length in the order given, with the query prompt."""
        return self._encode(texts, "query", None)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Floats:
        """float32 [len(texts), dim], rows of unit length in the order given, with the passage prompt.

        progress  called with (texts done, texts in all) after each batch
        """
        return self._encode(texts, "passage", progress)

    def encode_tokens(self, texts: Sequence[str], kind: Kind) -> Encoded:
        """The texts' vectors, and those of their tokens, from one reading."""
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        tokens: list[Floats] = [np.empty((0, self.dim), dtype=np.float32)] * len(texts)
        for rows, found in self._batches(texts, kind, tokens=True):
            vectors[rows] = found.vectors
            for row, own in zip(rows, found.tokens, strict=True):
                norms = np.linalg.norm(own, axis=1, keepdims=True)
                tokens[row] = np.asarray(own / np.where(norms == 0.0, 1.0, norms), dtype=np.float32)
        return Encoded(vectors, tokens)

    def _encode(self, texts: Sequence[str], kind: Kind, progress: Progress | None) -> Floats:
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        done = 0
        for rows, found in self._batches(texts, kind, tokens=False):
            vectors[rows] = found.vectors
            done += len(rows)
            if progress is not None:
                progress(done, len(texts))
        return vectors

    def _batches(
        self, texts: Sequence[str], kind: Kind, *, tokens: bool
    ) -> Iterator[tuple[list[int], Encoded]]:
        for rows, found in self._backend.encode([well_formed(text) for text in texts], kind, tokens):
            if not np.isfinite(found.vectors).all():
                raise ModelError(f"the model gives values that are not finite, for one of {len(rows)} texts")
            yield rows, found


class _Own:
    """The default model, from a folder that `kb model install` wrote."""

    def __init__(self, folder: Path, threads: int) -> None:
        self._bert = Bert(folder, threads)
        self._tokenizer = load_tokenizer(folder)
        try:
            path = folder / "config_sentence_transformers.json"
            settings: Any = json.loads(path.read_text(encoding="utf-8"))
            self._prompts: dict[str, str] = settings["prompts"]
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"{folder} is damaged ({error}); run `kb model install`") from error
        self.dim = self._bert.dim
        self.max_tokens = self._bert.max_tokens

    def encode(self, texts: Sequence[str], kind: Kind, tokens: bool) -> Iterator[tuple[list[int], Encoded]]:
        prompt = self._prompts[kind]
        # the opening special and the prompt; after the text comes the closing special
        head = 1 + len(self._tokenizer.encode(prompt.rstrip(), add_special_tokens=False).ids)
        for start in range(0, len(texts), _WINDOW):
            window = [prompt + text for text in texts[start : start + _WINDOW]]
            ids = [self._limit(found.ids) for found in self._tokenizer.encode_batch_fast(window)]
            for rows in _batches([len(row) for row in ids]):
                vectors, read = self._bert.encode([ids[row] for row in rows])
                own = [each[head:-1] for each in read] if tokens else []
                yield [start + row for row in rows], Encoded(vectors, own)

    def _limit(self, ids: list[int]) -> list[int]:
        """At most max_tokens, the closing special kept."""
        return ids if len(ids) <= self.max_tokens else [*ids[: self.max_tokens - 1], ids[-1]]


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Rows longest first (memory peaks at once, not at the end), cut at _BATCH_TOKENS with the padding."""
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda row: (-lengths[row], row)):
        if batch and lengths[batch[0]] * (len(batch) + 1) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch
