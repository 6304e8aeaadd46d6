"""BERT with mean pooling, run from a model folder of our own, on torch alone.

Why beside sentence-transformers: importing that and transformers takes 5 to 12 s and 300 MB that a service
must not spend before its first answer, and the word embeddings, four fifths of the weights, can stay in
float16 on the mapped file, shared by all worker processes. The arithmetic is the same (Devlin et al. 2019,
post-layer-norm encoder); tests hold both against each other.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor
from torch.nn import functional

from kb.errors import ModelError

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Layer:
    """float32 weights; query, key and value stand under each other so that one product makes all three."""

    qkv: tuple[Tensor, Tensor]
    attended: tuple[Tensor, Tensor]
    attended_norm: tuple[Tensor, Tensor]
    wide: tuple[Tensor, Tensor]
    narrow: tuple[Tensor, Tensor]
    norm: tuple[Tensor, Tensor]


class Bert:
    """Token ids to vectors. Holds no state between calls: threads may share one."""

    def __init__(self, folder: Path) -> None:
        try:
            config: Any = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            self.dim: int = config["hidden_size"]
            self.max_tokens: int = config["max_position_embeddings"]
            self._heads: int = config["num_attention_heads"]
            self._epsilon: float = config["layer_norm_eps"]
            self._pad: int = config["pad_token_id"]
            with safe_open(folder / "model.safetensors", framework="pt") as file:
                # A view of the mapped file: only the rows of words that are asked for are ever read.
                self._words: Tensor = file.get_tensor("embeddings.word_embeddings.weight")
                self._positions = file.get_tensor("embeddings.position_embeddings.weight").float()
                self._type = file.get_tensor("embeddings.token_type_embeddings.weight")[0].float()
                self._norm = _pair(file, "embeddings.LayerNorm")
                self._layers = [_layer(file, n) for n in range(config["num_hidden_layers"])]
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise ModelError(f"{folder} is damaged ({error}); run `kb model install`") from error

    def encode(self, ids: Sequence[Sequence[int]]) -> tuple[Floats, list[Floats]]:
        """One batch of token ids, specials included, as (unit vectors, contextual vectors of their tokens).

        float32 [len(ids), dim], the mean over each text's tokens; and for each text float32 [its tokens, dim], the
        last layer's own, of any length.
        """
        lengths = [len(row) for row in ids]
        longest = max(lengths)
        padded = torch.full((len(ids), longest), self._pad, dtype=torch.int64)
        for row, tokens in enumerate(ids):
            padded[row, : lengths[row]] = torch.tensor(tokens)
        real = torch.arange(longest) < torch.tensor(lengths)[:, None]
        with torch.inference_mode():
            hidden = self._forward(padded, real if min(lengths) < longest else None)
            total = (hidden * real[:, :, None]).sum(dim=1)
            unit: Floats = functional.normalize(total, dim=1).numpy()
            whole: Floats = hidden.numpy()
        vectors = np.ascontiguousarray(unit, dtype=np.float32)
        return vectors, [whole[row, :length] for row, length in enumerate(lengths)]

    def _forward(self, ids: Tensor, real: Tensor | None) -> Tensor:
        """float32 [batch, tokens, dim]; `real` bool [batch, tokens] is None where nothing is padded."""
        batch, tokens = ids.shape
        mask = None if real is None else real[:, None, None, :]
        x = functional.embedding(ids, self._words).float() + (self._positions[:tokens] + self._type)
        x = self._normalise(x, self._norm)
        for layer in self._layers:
            split = functional.linear(x, *layer.qkv).view(batch, tokens, 3, self._heads, -1)
            query, key, value = split.permute(2, 0, 3, 1, 4)
            mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
            mixed = mixed.transpose(1, 2).reshape(batch, tokens, self.dim)
            x = self._normalise(functional.linear(mixed, *layer.attended) + x, layer.attended_norm)
            wide = functional.gelu(functional.linear(x, *layer.wide))
            x = self._normalise(functional.linear(wide, *layer.narrow) + x, layer.norm)
        return x

    def _normalise(self, x: Tensor, norm: tuple[Tensor, Tensor]) -> Tensor:
        return functional.layer_norm(x, (self.dim,), *norm, self._epsilon)


def _pair(file: Any, name: str) -> tuple[Tensor, Tensor]:
    return file.get_tensor(f"{name}.weight").float(), file.get_tensor(f"{name}.bias").float()


def _layer(file: Any, number: int) -> _Layer:
    at = f"encoder.layer.{number}."
    parts = [_pair(file, f"{at}attention.self.{name}") for name in ("query", "key", "value")]
    return _Layer(
        qkv=(torch.cat([weight for weight, _ in parts]), torch.cat([bias for _, bias in parts])),
        attended=_pair(file, f"{at}attention.output.dense"),
        attended_norm=_pair(file, f"{at}attention.output.LayerNorm"),
        wide=_pair(file, f"{at}intermediate.dense"),
        narrow=_pair(file, f"{at}output.dense"),
        norm=_pair(file, f"{at}output.LayerNorm"),
    )
