"""The folder written from a carrier: its tokenizer against SentencePiece's rules, its weights by hand."""

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from kb.carrier import Carrier, parse_carrier
from kb.modelfolder import build_tokenizer, weights


@pytest.fixture(scope="module")
def carrier(make_carrier: Callable[..., bytes]) -> Carrier:
    return parse_carrier(make_carrier())


@pytest.fixture(scope="module")
def tokenizer(carrier: Carrier) -> Tokenizer:
    built = build_tokenizer(carrier)
    built.encode_special_tokens = True  # what the folder's tokenizer_config.json says to transformers
    return built


def viterbi(carrier: Carrier, text: str) -> list[str]:
    """The best pieces of a normalised text (Kudo 2018), written independently: by characters, no trie."""
    vocabulary = carrier.vocabulary
    score = dict(zip(vocabulary.pieces, vocabulary.scores.tolist(), strict=True))
    worst = min(score.values()) - 10
    marked = "▁" + text.replace(" ", "▁")
    best: list[tuple[float, list[str]]] = [(0.0, [])]
    for end in range(1, len(marked) + 1):
        ways = []
        for begin in range(max(0, end - 9), end):
            piece = marked[begin:end]
            if piece in score:
                ways.append((best[begin][0] + score[piece], [*best[begin][1], piece]))
            elif end - begin == 1:
                ways.append((best[begin][0] + worst, [*best[begin][1], "<unk>"]))
        best.append(max(ways))
    pieces = best[-1][1]
    return [p for n, p in enumerate(pieces) if p != "<unk>" or n == 0 or pieces[n - 1] != "<unk>"]


@given(st.lists(st.text("aeginoprstwdheqé～%", min_size=1, max_size=12), min_size=1, max_size=4))
def test_pieces_are_the_best_ones(carrier: Carrier, tokenizer: Tokenizer, words: list[str]) -> None:
    text = " ".join(words)
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    assert [carrier.vocabulary.pieces[n] for n in ids] == viterbi(carrier, text)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("reset  the\tprinter", "reset the printer"),
        (" reset\u00a0the\u200bprinter ", "reset the printer"),
        ("re\x01set", "reset"),
        ("ﬁre ＡＢ①", "fire AB1"),
        ("a～b", "a～b"),  # fullwidth tilde: NFKC would make it "~", SentencePiece's rules keep it
        (unicodedata.normalize("NFD", "é"), "é"),
        ("<s> and </s>", "< s> and < /s>"),
        ("＜mask＞", "< mask>"),
        ("<\x01unk>", "< unk>"),
        ("<b> < pad >", "<b> < pad >"),
    ],
)
def test_normaliser(tokenizer: Tokenizer, text: str, normal: str) -> None:
    assert tokenizer.normalizer.normalize_str(text) == normal


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("<>s/maskpdun ＜＞\x01"), max_size=60))
def test_no_text_becomes_a_control_token(tokenizer: Tokenizer, text: str) -> None:
    ids = tokenizer.encode(text, add_special_tokens=True).ids
    assert (ids[0], ids[-1]) == (0, 2)
    assert not {0, 1, 2, tokenizer.token_to_id("<mask>")} & set(ids[1:-1])


def test_weights_stand_under_berts_names(tiny_model: Path, carrier: Carrier) -> None:
    stored = load_file(tiny_model / "model.safetensors")

    assert set(stored) == set(weights(carrier))
    assert {tensor.dtype for tensor in stored.values()} == {np.dtype(np.float16)}
    assert not stored["pooler.dense.weight"].any()
    written = stored["encoder.layer.1.output.dense.weight"]
    assert np.array_equal(written, carrier.tensor("l1.fo.w", (32, 64)).astype(np.float16))


def test_the_folder_says_what_sentence_transformers_needs(tiny_model: Path) -> None:
    def read(name: str) -> object:
        return json.loads((tiny_model / name).read_text(encoding="utf-8"))

    config = read("config.json")
    assert isinstance(config, dict)
    assert (config["model_type"], config["hidden_size"], config["dtype"]) == ("bert", 32, "float32")
    settings = read("config_sentence_transformers.json")
    assert isinstance(settings, dict)
    assert settings["prompts"] == {"query": "query: ", "passage": "passage: ", "document": "passage: "}
    modules = read("modules.json")
    assert isinstance(modules, list)
    assert [stage["type"].rpartition(".")[2] for stage in modules] == ["Transformer", "Pooling", "Normalize"]
