"""BERT with mean pooling, run from a model folder of our own by OpenVINO.

Why beside sentence-transformers: importing that takes 5 to 12 s and 300 MB that a service must not spend before its
first answer, one question takes half as long here as in torch, and the word embeddings, four fifths of the weights,
stay on the mapped file, shared by all processes. The arithmetic is the same (Devlin et al. 2019, post-layer-norm
encoder), in float32 whatever the processor offers; tests hold both against each other.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open

from kb.encoded import Floats
from kb.errors import ModelError
from kb.mappedtensor import mapped_tensor

# Where openvino finds this module, which it requires, each import of openvino writes an identifier of the machine into
# the home folder and tells a web service of itself. None makes that module's import fail, and openvino does without.
sys.modules["openvino_telemetry"] = cast(ModuleType, None)
openvino: Any = import_module("openvino")
op: Any = import_module("openvino.opset13")

Node = Any
_WORDS = "embeddings.word_embeddings.weight"


class Bert:
    """Token ids to vectors. Threads may share one; each batch in its turn has all the processors asked for."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """Errors: ModelError for a damaged folder."""
        try:
            config: Any = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            self.dim: int = config["hidden_size"]
            self.max_tokens: int = config["max_position_embeddings"]
            file = folder / "model.safetensors"
            with safe_open(file, framework="np") as weights:
                network = _network(config, weights)
                positions = _floats(weights, "embeddings.position_embeddings.weight")
                self._places = positions + _floats(weights, "embeddings.token_type_embeddings.weight")[0]
            # Only the rows of words that are asked for are ever read.
            self._words = mapped_tensor(file, _WORDS)
        except (OSError, ValueError, KeyError, SafetensorError) as error:
            raise ModelError(f"{folder} is damaged ({error}); run `kb model install`") from error
        self._pad: int = config["pad_token_id"]
        compiled = openvino.Core().compile_model(
            network,
            "CPU",
            {
                # Two streams of a thread each take 20 ms a question instead of 14, and read 8 % more passages.
                "NUM_STREAMS": 1,
                "INFERENCE_NUM_THREADS": threads,
                # bfloat16, where a processor has it, would make its rankings differ from another's
                "INFERENCE_PRECISION_HINT": "f32",
                # two processes would be pinned to the same core
                "ENABLE_CPU_PINNING": False,
            },
        )
        self._request = compiled.create_infer_request()
        self._turn = threading.Lock()

    def encode(self, ids: Sequence[Sequence[int]]) -> tuple[Floats, list[Floats]]:
        """One batch of token ids, specials included, as (unit vectors, contextual vectors of their tokens).

        float32 [len(ids), dim], the mean over each text's tokens; and for each text float32 [its tokens, dim], the
        last layer's own, of any length.
        """
        lengths = [len(row) for row in ids]
        longest = max(lengths)
        padded = np.full((len(ids), longest), self._pad)
        for row, tokens in enumerate(ids):
            padded[row, : lengths[row]] = tokens
        real = np.arange(longest) < np.array(lengths)[:, None]
        hidden = self._forward(padded, real)
        total = (hidden * real[:, :, None]).sum(axis=1)
        norms = np.linalg.norm(total, axis=1, keepdims=True)
        vectors = total / np.where(norms == 0.0, 1.0, norms)
        return vectors, [hidden[row, :length] for row, length in enumerate(lengths)]

    def _forward(self, ids: npt.NDArray[np.int64], real: npt.NDArray[np.bool_]) -> Floats:
        """float32 [batch, tokens, dim]; `real` [batch, tokens] is False where a row is padded."""
        embedded = self._words[ids].astype(np.float32) + self._places[: ids.shape[1]]
        with self._turn:
            hidden: Floats = self._request.infer([embedded, real[:, None, None, :]])[0]
        return hidden


def _network(config: Any, weights: Any) -> Any:
    """From embeddings of words and places [batch, tokens, dim] and bool [batch, 1, 1, tokens], which of them are no
    padding, to the last layer [batch, tokens, dim]."""
    dim, heads, epsilon = config["hidden_size"], config["num_attention_heads"], config["layer_norm_eps"]
    embedded = op.parameter([-1, -1, dim], np.float32)
    real = op.parameter([-1, 1, 1, -1], np.bool_)

    def dense(x: Node, *names: str) -> Node:
        """Several layers' weights stand under each other, so that one product makes all of their outputs."""
        weight = np.concatenate([_floats(weights, f"{name}.weight") for name in names])
        bias = np.concatenate([_floats(weights, f"{name}.bias") for name in names])
        return op.add(op.matmul(x, op.constant(weight), False, True), op.constant(bias))

    def normalised(x: Node, name: str) -> Node:
        even = op.mvn(x, _integers(-1), True, epsilon, "inside_sqrt")
        weight, bias = _floats(weights, f"{name}.weight"), _floats(weights, f"{name}.bias")
        return op.add(op.multiply(even, op.constant(weight)), op.constant(bias))

    def attended(x: Node, at: str) -> Node:
        all_three = dense(x, *(f"{at}attention.self.{name}" for name in ("query", "key", "value")))
        by_head = op.reshape(all_three, _integers(0, 0, 3, heads, dim // heads), True)
        stacked = op.transpose(by_head, _integers(2, 0, 3, 1, 4))
        query, key, value = (
            op.squeeze(part, _integers(0)) for part in op.split(stacked, op.constant(0), 3).outputs()
        )
        mixed = op.scaled_dot_product_attention(query, key, value, real)
        return op.reshape(op.transpose(mixed, _integers(0, 2, 1, 3)), _integers(0, 0, dim), True)

    x = normalised(embedded, "embeddings.LayerNorm")
    for number in range(config["num_hidden_layers"]):
        at = f"encoder.layer.{number}."
        mixed = dense(attended(x, at), f"{at}attention.output.dense")
        x = normalised(op.add(mixed, x), f"{at}attention.output.LayerNorm")
        wide = op.gelu(dense(x, f"{at}intermediate.dense"), "erf")
        x = normalised(op.add(dense(wide, f"{at}output.dense"), x), f"{at}output.LayerNorm")
    return openvino.Model([x], [embedded, real])


def _floats(weights: Any, name: str) -> Floats:
    found: Floats = weights.get_tensor(name).astype(np.float32)
    return found


def _integers(*values: int) -> Node:
    return op.constant(np.array(values, dtype=np.int64))
