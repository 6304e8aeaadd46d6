"""Any other model folder, through sentence-transformers: the only file that imports it, or torch."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError

from kb.embedcache import Kind
from kb.encoded import Encoded, Floats
from kb.errors import ModelError

# sentence-transformers 6 lists "document": "" for a model that only names "passage", hence: the first that
# says anything.
_PROMPT_NAMES: Mapping[Kind, tuple[str, ...]] = {
    "query": ("query",),
    "passage": ("passage", "document", "corpus"),
}
_BATCH_TEXTS = 8
_FEW = 8  # queries that one thread encodes sooner than several


class Foreign:
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
        self._threads = _threads()
        self._lock = threading.Lock()  # transformers changes the tokenizer's truncation within each call
        self.dim = self._embed(["dimension"], "query").shape[1]
        self.max_tokens = int(min(model.max_seq_length or sys.maxsize, sys.maxsize))

    def encode(self, texts: Sequence[str], kind: Kind, tokens: bool) -> Iterator[tuple[list[int], Encoded]]:
        # One short query on two threads takes longer than on one as soon as anything else runs: the threads
        # wait for each other some hundred times.
        torch.set_num_threads(1 if kind == "query" and len(texts) <= _FEW else self._threads)
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


@cache
def _threads() -> int:
    """torch's own choice, asked for once, before the first query sets it to 1."""
    return torch.get_num_threads()


def _load_sentence_transformer(folder: Path) -> Any:
    # huggingface_hub reads these once, when it is imported
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, ImportError, SafetensorError) as error:
        raise ModelError(f"{folder} does not load as a sentence-transformers model: {error}") from error
