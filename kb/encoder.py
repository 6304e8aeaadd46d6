"""Texts to embeddings, with the default model or any other sentence-transformers folder.

The only file that imports sentence_transformers, and only for a folder that is not our own: see kb/bert.py.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import torch
from safetensors import SafetensorError

from kb.bert import Bert, Floats
from kb.encoded import Encoded
from kb.errors import ModelError
from kb.modelstore import SEAL, fingerprint
from kb.tokens import load_tokenizer, well_formed

Kind = Literal["query", "passage"]
Progress = Callable[[int, int], None]

# sentence-transformers 6 lists "document": "" for a model that only names "passage", hence: the first that
# says anything.
_PROMPT_NAMES: Mapping[Kind, tuple[str, ...]] = {
    "query": ("query",),
    "passage": ("passage", "document", "corpus"),
}
_WINDOW = 4096  # texts tokenised and sorted by length at a time
# Measured with passages of 82 tokens, a second and thread: 18 with 512, 15 with 2048, 8 with 8192 (the
# processor's caches); through sentence-transformers 16.5 with 8 texts, 13 with 32.
_BATCH_TOKENS = 512
_BATCH_TEXTS = 8
_FEW = 8  # queries that one thread encodes sooner than several


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
        """Loads without a network. `threads` are for passages, by default torch's choice.

        Errors: ModelError when the folder is missing, damaged or of another kind.
        """
        folder = Path(folder)
        if not folder.is_dir():
            raise ModelError(f"no model folder {folder}; run `kb model install` or give another folder")
        self.fingerprint = fingerprint(folder)
        self._backend: _Backend = _Own(folder) if (folder / SEAL).exists() else _Foreign(folder)
        self._threads = threads or _default_threads()

    @property
    def dim(self) -> int:
        return self._backend.dim

    @property
    def max_tokens(self) -> int:
        return self._backend.max_tokens

    def encode_queries(self, texts: Sequence[str]) -> Floats:
        """float32 [len(texts), dim], rows of unit length in the order given, with the query prompt."""
        # One short query on two threads takes longer than on one as soon as anything else runs: the threads
        # wait for each other some hundred times.
        torch.set_num_threads(self._threads if len(texts) > _FEW else 1)
        return self._encode(texts, "query", None)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Floats:
        """float32 [len(texts), dim], rows of unit length in the order given, with the passage prompt.

        progress  called with (texts done, texts in all) after each batch
        """
        torch.set_num_threads(self._threads)
        return self._encode(texts, "passage", progress)

    def encode_tokens(self, texts: Sequence[str], kind: Kind) -> Encoded:
        """The texts' vectors, and those of their tokens, from one reading."""
        torch.set_num_threads(self._threads if kind == "passage" or len(texts) > _FEW else 1)
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


@cache
def _default_threads() -> int:
    """torch's own choice, asked for once, before the first query sets it to 1."""
    return torch.get_num_threads()


class _Own:
    """The default model, from a folder that `kb model install` wrote."""

    def __init__(self, folder: Path) -> None:
        self._bert = Bert(folder)
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


class _Foreign:
    """Any folder that sentence-transformers loads; without prompts of its own it gets none."""

    def __init__(self, folder: Path) -> None:
        model = _load_sentence_transformer(folder)
        named = {name: prompt for name, prompt in model.prompts.items() if prompt}
        default = named.get(model.default_prompt_name or "", "")
        self._prompts = {
            kind: next((named[name] for name in names if name in named), default)
            for kind, names in _PROMPT_NAMES.items()
        }
        specials = [token for token in getattr(model.tokenizer, "all_special_tokens", ()) if len(token) > 1]
        unknown = getattr(model.tokenizer, "unk_token_id", None)  # stands for a part of the text
        ids = [id for id in getattr(model.tokenizer, "all_special_ids", ()) if id != unknown]
        self._special_ids = torch.tensor(ids, dtype=torch.int64)
        self._special = re.compile("|".join(map(re.escape, specials)) or r"(?!)")
        self._model = model
        self._lock = threading.Lock()  # transformers changes the tokenizer's truncation within each call
        self.dim = self._embed(["dimension"], "query").shape[1]
        self.max_tokens = int(min(model.max_seq_length or sys.maxsize, sys.maxsize))

    def encode(self, texts: Sequence[str], kind: Kind, tokens: bool) -> Iterator[tuple[list[int], Encoded]]:
        order = sorted(range(len(texts)), key=lambda row: (-len(texts[row]), row))
        for start in range(0, len(order), _BATCH_TEXTS):
            rows = order[start : start + _BATCH_TEXTS]
            some = [self._escape(texts[row]) for row in rows]
            yield rows, self._embed_tokens(some, kind) if tokens else Encoded(self._embed(some, kind), [])

    def _escape(self, text: str) -> str:
        """The text with special tokens that it spells out ("<s>", "[MASK]") broken up by a blank."""
        return self._special.sub(lambda found: f"{found[0][0]} {found[0][1:]}", text)

    def _embed(self, texts: list[str], kind: Kind) -> Floats:
        with self._lock:
            vectors: Floats = self._encode(kind)(
                texts,
                prompt=self._prompts[kind],
                batch_size=len(texts),
                show_progress_bar=False,
                normalize_embeddings=True,
            )
        return np.asarray(vectors, dtype=np.float32)

    def _embed_tokens(self, texts: list[str], kind: Kind) -> Encoded:
        prompt = self._prompts[kind]
        with self._lock:
            read: list[dict[str, Any]] = self._encode(kind)(
                texts, prompt=prompt, batch_size=len(texts), show_progress_bar=False, output_value=None
            )
            if "token_embeddings" in read[0]:
                head = len(self._model.tokenizer(prompt.rstrip(), add_special_tokens=False)["input_ids"])
                tokens = [self._content(text)[head:] for text in read]
            else:  # a model that reads words out of context
                tokens = [np.empty((0, self.dim), dtype=np.float32)] * len(read)
        vectors = torch.stack([text["sentence_embedding"] for text in read]).float()
        unit: Floats = torch.nn.functional.normalize(vectors, dim=1).cpu().numpy()
        return Encoded(unit, tokens)

    def _encode(self, kind: Kind) -> Any:
        return self._model.encode_query if kind == "query" else self._model.encode_document

    def _content(self, read: dict[str, Any]) -> Floats:
        """Vectors of a text's tokens, the prompt's first, without the specials."""
        content = read["attention_mask"].bool() & ~torch.isin(read["input_ids"], self._special_ids)
        own: Floats = read["token_embeddings"][content].float().cpu().numpy()
        return own


def _load_sentence_transformer(folder: Path) -> Any:
    # huggingface_hub reads these once, when it is imported
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")
    # Imported here, not above: 5 to 12 s and 300 MB that the default model does without.
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, ImportError, SafetensorError) as error:
        raise ModelError(f"{folder} does not load as a sentence-transformers model: {error}") from error
