"""A carrier written out as an ordinary sentence-transformers folder, readable by any tool that loads one."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers
from tokenizers.models import Unigram
from tokenizers.processors import TemplateProcessing

from kb.carrier import Carrier, CarrierConfig, Vocabulary
from kb.errors import ModelError

# "document" beside "passage": left out, sentence-transformers 6 fills it with "" and its encode_document
# takes that one first, so that passages would be encoded without any prompt.
PROMPTS = {"query": "query: ", "passage": "passage: ", "document": "passage: "}
_MASK = "<mask>"
_HELD = "\ufdd0"  # a noncharacter: never in text that is interchanged (Unicode, 23.7)
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def write_model_folder(carrier: Carrier, folder: Path, progress: Callable[[str], None]) -> None:
    """Writes configuration, tokenizer, weights and the pipeline's description into an existing folder."""
    progress("writing the tokenizer")
    build_tokenizer(carrier).save(str(folder / "tokenizer.json"), pretty=False)
    for name, content in _descriptions(carrier).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    progress("writing the weights")
    save_file(weights(carrier), folder / "model.safetensors", metadata={"format": "pt"})


def weights(carrier: Carrier) -> dict[str, npt.NDArray[np.float16]]:
    """float16 tensors under BertModel's names; the pooler, which mean pooling does not use, is zero.

    float16 halves the file. It rounds a weight by at most 2**-11 of its size, where the carrier's 4 bits
    had rounded it by up to 2**-4 of its block's largest weight.
    """
    tensors = {}
    for name, (source, shape) in tensor_names(carrier.config).items():
        values = carrier.tensor(source, shape) if source else np.zeros(shape, dtype=np.float32)
        tensors[name] = values.astype(np.float16)
        if not np.isfinite(tensors[name]).all():
            raise ModelError(f"carrier tensor {source!r} exceeds float16; the file is damaged")
    return tensors


def tensor_names(config: CarrierConfig) -> dict[str, tuple[str | None, tuple[int, ...]]]:
    """BertModel's parameter -> the carrier's tensor (None: not in the carrier) and its shape."""
    hidden, ffn = config.hidden, config.ffn
    names: dict[str, tuple[str | None, tuple[int, ...]]] = {
        "embeddings.word_embeddings.weight": ("emb.word", (config.vocabulary, hidden)),
        "embeddings.position_embeddings.weight": ("emb.pos", (config.positions, hidden)),
        "embeddings.token_type_embeddings.weight": ("emb.type", (config.token_types, hidden)),
        "embeddings.LayerNorm.weight": ("emb.ln.w", (hidden,)),
        "embeddings.LayerNorm.bias": ("emb.ln.b", (hidden,)),
        "pooler.dense.weight": (None, (hidden, hidden)),
        "pooler.dense.bias": (None, (hidden,)),
    }
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(("q", "k", "v", "ao"), (hidden, hidden))
    shapes |= {"aln": (hidden,), "fi": (ffn, hidden), "fo": (hidden, ffn), "oln": (hidden,)}
    for layer in range(config.layers):
        for short, long in _LAYER.items():
            shape = shapes[short]
            names[f"encoder.layer.{layer}.{long}.weight"] = (f"l{layer}.{short}.w", shape)
            names[f"encoder.layer.{layer}.{long}.bias"] = (f"l{layer}.{short}.b", shape[:1])
    return names


def build_tokenizer(carrier: Carrier) -> Tokenizer:
    """The SentencePiece Unigram tokenizer, with the XLM-R specials: `<s> text </s>`."""
    vocabulary = carrier.vocabulary
    specials = _specials(vocabulary)
    scores = (float(score) for score in vocabulary.scores)
    pieces = list(zip(vocabulary.pieces, scores, strict=True))
    tokenizer = Tokenizer(Unigram(pieces, unk_id=vocabulary.unk, byte_fallback=False))
    tokenizer.normalizer = _normaliser(carrier, specials.values())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.add_special_tokens(
        [
            AddedToken(token, special=True, normalized=False, lstrip=token == _MASK)
            for token in specials.values()
        ]
    )
    bos, eos = specials["bos_token"], specials["eos_token"]
    tokenizer.post_processor = TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    return tokenizer


def _specials(vocabulary: Vocabulary) -> dict[str, str]:
    pieces = vocabulary.pieces
    named = {
        "bos_token": pieces[vocabulary.bos],
        "eos_token": pieces[vocabulary.eos],
        "pad_token": pieces[vocabulary.pad],
        "unk_token": pieces[vocabulary.unk],
    }
    return named | ({"mask_token": _MASK} if _MASK in pieces else {})


def _normaliser(carrier: Carrier, specials: Iterable[str]) -> normalizers.Normalizer:
    """The carrier's table as NFKC and its exceptions.

    The table maps single code points; NFKC over the whole text also composes what was typed decomposed, as
    SentencePiece's own nmt_nfkc does. Blanks at the ends are dropped, as SentencePiece drops them.
    """
    table = carrier.normaliser
    plain = {point: unicodedata.normalize("NFKC", chr(point)) for point in table}
    dropped = [point for point, out in table.items() if not out]
    blanks = [point for point, out in table.items() if out == (32,) and plain[point] != " "]
    known = set("".join(carrier.vocabulary.pieces))
    # what the table leaves alone, though NFKC would not, and the vocabulary knows as it is: "～"
    kept = sorted(c for c in known if ord(c) not in table and unicodedata.normalize("NFKC", c) != c)
    steps: list[normalizers.Normalizer] = []
    if dropped:
        steps.append(normalizers.Replace(_any_of(dropped), ""))
    if blanks:
        steps.append(normalizers.Replace(_any_of(blanks), " "))
    held = [(c, _HELD + chr(0xE000 + n)) for n, c in enumerate(kept)]
    steps += [normalizers.Replace(c, stand_in) for c, stand_in in held]
    steps.append(normalizers.NFKC())
    steps += [normalizers.Replace(stand_in, c) for c, stand_in in held]
    steps += [normalizers.Replace(Regex(" {2,}"), " "), normalizers.Strip()]
    # The vocabulary lists the specials as pieces of score 0, the best there is: text that spells one (also
    # after normalising, as "＜s＞" does) must be broken up, or it becomes the control token.
    rests = "|".join(re.escape(token[1:]) for token in specials if token.startswith("<"))
    steps.append(normalizers.Replace(Regex(f"<(?={rests})"), "< "))
    return normalizers.Sequence(steps)


def _any_of(points: Iterable[int]) -> Regex:
    return Regex("[" + "".join(f"\\x{{{point:x}}}" for point in sorted(points)) + "]")


def _descriptions(carrier: Carrier) -> Mapping[str, Any]:
    """The folder's JSON files."""
    config, vocabulary = carrier.config, carrier.vocabulary
    stages = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "vocab_size": config.vocabulary,
            "hidden_size": config.hidden,
            "num_hidden_layers": config.layers,
            "num_attention_heads": config.heads,
            "intermediate_size": config.ffn,
            "hidden_act": "gelu",
            "max_position_embeddings": config.positions,
            "type_vocab_size": config.token_types,
            "layer_norm_eps": config.epsilon,
            "position_embedding_type": "absolute",
            "pad_token_id": vocabulary.pad,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": config.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            # a user's "<s>" is text: the normaliser breaks it up, this keeps it from being cut out before
            "split_special_tokens": True,
            **_specials(vocabulary),
        },
        "special_tokens_map.json": _specials(vocabulary),
        "sentence_bert_config.json": {"max_seq_length": config.positions, "do_lower_case": False},
        "1_Pooling/config.json": {
            "word_embedding_dimension": config.hidden,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
        "config_sentence_transformers.json": {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "modules.json": [
            {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for n, (path, kind) in enumerate(stages)
        ],
    }
