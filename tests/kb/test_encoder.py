"""Embeddings: against sentence-transformers, with prompts, in order, whatever the text."""

import json
import os
import shutil
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

from kb.bert import Bert
from kb.encoder import Encoder, Floats, Kind
from kb.errors import ModelError
from kb.modelstore import fingerprint

TEXTS = ["reset the printer", "the", "", "passwording é～", "reset " * 60, "the printer the printer"]
SHORT = [text for text in TEXTS if text and len(text) < 60]
KINDS: tuple[Kind, ...] = ("query", "passage")


def unit_rows(tokens: Floats) -> Floats:
    return tokens / np.linalg.norm(tokens, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def encoder(tiny_model: Path) -> Encoder:
    return Encoder(tiny_model)


@pytest.fixture(scope="module")
def foreign_folder(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same model as anybody's sentence-transformers folder."""
    folder = tmp_path_factory.mktemp("foreign") / "model"
    shutil.copytree(tiny_model, folder)
    (folder / "kb-model.json").unlink()
    return folder


@pytest.fixture(scope="module")
def foreign(foreign_folder: Path) -> Encoder:
    return Encoder(foreign_folder)


@pytest.fixture(scope="module")
def real(real_model: Path) -> Encoder:
    return Encoder(real_model)


def test_what_the_encoder_says_of_itself(encoder: Encoder, tiny_model: Path) -> None:
    assert (encoder.dim, encoder.max_tokens) == (32, 40)
    assert encoder.fingerprint == fingerprint(tiny_model)


def test_rows_are_unit_float32_in_the_order_given(encoder: Encoder) -> None:
    vectors = encoder.encode_passages(TEXTS)

    assert vectors.dtype == np.float32
    assert vectors.shape == (6, 32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-6)
    for row, text in enumerate(TEXTS):
        assert encoder.encode_passages([text])[0] == pytest.approx(vectors[row], abs=1e-6)
    assert encoder.encode_queries([]).shape == (0, 32)


def test_prompts_are_really_read(encoder: Encoder, tiny_model: Path) -> None:
    """Against the ids of prompt and text together, put through the network directly."""
    tokenizer = Tokenizer.from_file(str(tiny_model / "tokenizer.json"))
    bert = Bert(tiny_model)
    text = "reset the printer"
    for prompt, vectors in [
        ("query: ", encoder.encode_queries([text])),
        ("passage: ", encoder.encode_passages([text])),
    ]:
        assert vectors == pytest.approx(bert.encode([tokenizer.encode(prompt + text).ids])[0], abs=1e-6)
        assert not np.allclose(vectors, bert.encode([tokenizer.encode(text).ids])[0], atol=1e-3)


def test_a_texts_vector_is_the_mean_of_its_tokens_whatever_stands_beside_it(tiny_model: Path) -> None:
    bert = Bert(tiny_model)
    ids = [[0, 7, 8, 9, 10, 11, 2], [0, 12, 2], [0, 2]]
    vectors, tokens = bert.encode(ids)
    assert [each.shape for each in tokens] == [(7, 32), (3, 32), (2, 32)]
    for row, own in enumerate(tokens):
        mean = own.mean(axis=0)
        assert vectors[row] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-6)
        assert own == pytest.approx(bert.encode([ids[row]])[1][0], abs=1e-5)


def test_tokens_are_those_of_the_text_without_prompt_and_specials(encoder: Encoder, tiny_model: Path) -> None:
    """Against the network's own, taken by the places in the text that the tokenizer tells."""
    tokenizer, bert = Tokenizer.from_file(str(tiny_model / "tokenizer.json")), Bert(tiny_model)
    for kind in KINDS:
        prompt, found = f"{kind}: ", encoder.encode_tokens(SHORT, kind)
        assert len(found.tokens) == len(SHORT)
        for row, text in enumerate(SHORT):
            whole = tokenizer.encode(prompt + text)
            _, (read,) = bert.encode([whole.ids])
            expected = unit_rows(read[[end > len(prompt) for _, end in whole.offsets]])
            assert found.tokens[row].dtype == np.float32
            assert found.tokens[row] == pytest.approx(expected, abs=1e-5)


def test_a_texts_vector_is_the_same_with_its_tokens_and_without(encoder: Encoder) -> None:
    assert encoder.encode_tokens(TEXTS, "query").vectors == pytest.approx(
        encoder.encode_queries(TEXTS), abs=1e-6
    )
    assert encoder.encode_tokens(TEXTS, "passage").vectors == pytest.approx(
        encoder.encode_passages(TEXTS), abs=1e-6
    )


def test_tokens_end_where_the_encoder_stops_reading(encoder: Encoder) -> None:
    long, longer, whole = encoder.encode_tokens(
        ["the " * 60, "the " * 60 + "printer", "the the"], "query"
    ).tokens
    assert len(long) == encoder.max_tokens - len(["<s>", "▁query", ":", "</s>"])
    assert np.array_equal(long, longer)
    assert len(whole) == 2


def test_where_nothing_is_said_there_are_no_tokens(encoder: Encoder) -> None:
    vectors, tokens = encoder.encode_tokens(["", "\u200b", "the"], "query")
    assert [each.shape for each in tokens] == [(0, 32), (0, 32), (1, 32)]
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-6)
    none = encoder.encode_tokens([], "passage")
    assert none.vectors.shape == (0, 32) and none.tokens == []


def test_text_beyond_the_limit_is_not_seen(encoder: Encoder) -> None:
    long = "the " * 60
    assert np.array_equal(encoder.encode_passages([long + "printer"]), encoder.encode_passages([long]))
    assert not np.array_equal(encoder.encode_passages(["the printer"]), encoder.encode_passages(["the"]))


def test_special_tokens_in_a_text_are_text(encoder: Encoder) -> None:
    assert np.array_equal(encoder.encode_queries(["a <mask> b"]), encoder.encode_queries(["a < mask> b"]))


@given(st.lists(st.text(st.characters(), max_size=80), max_size=4))
def test_any_text_gives_unit_rows(encoder: Encoder, texts: list[str]) -> None:
    """Lone surrogates, control characters and unassigned code points included."""
    norms = np.linalg.norm(encoder.encode_queries(texts), axis=1)
    assert norms == pytest.approx(np.ones(len(texts)), abs=1e-5)
    for tokens in encoder.encode_tokens(texts, "query").tokens:
        assert np.linalg.norm(tokens, axis=1) == pytest.approx(np.ones(len(tokens)), abs=1e-5)


def test_progress_reaches_the_number_of_texts(encoder: Encoder) -> None:
    told: list[tuple[int, int]] = []
    encoder.encode_passages(TEXTS * 30, lambda done, total: told.append((done, total)))

    assert len(told) > 1
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (180, 180)


def test_threads_share_an_encoder(encoder: Encoder) -> None:
    expected = encoder.encode_queries(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: encoder.encode_queries(TEXTS), range(20)))
    assert all(vectors == pytest.approx(expected, abs=1e-6) for vectors in found)


def test_the_number_of_threads_changes_next_to_nothing(tiny_model: Path) -> None:
    one, three = (Encoder(tiny_model, threads=threads).encode_passages(TEXTS) for threads in (1, 3))
    assert one == pytest.approx(three, abs=1e-6)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="run `kb model install`"):
        Encoder(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("config.json", "{}"),
        ("config.json", "{"),
        ("config_sentence_transformers.json", "{}"),
        ("tokenizer.json", "{}"),
        ("model.safetensors", "short"),
    ],
)
def test_a_damaged_folder_is_named(tiny_model: Path, tmp_path: Path, name: str, content: str) -> None:
    folder = shutil.copytree(tiny_model, tmp_path / "damaged")
    (folder / name).write_text(content)
    with pytest.raises(ModelError, match="damaged"):
        Encoder(folder)


def test_vectors_that_are_not_finite_are_refused(tiny_model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_model, tmp_path / "damaged")
    weights = load_file(folder / "model.safetensors")
    weights["encoder.layer.0.output.dense.bias"][3] = np.nan
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match="not finite"):
        Encoder(folder).encode_queries(["reset"])


def test_the_default_model_needs_no_torch(tiny_model: Path) -> None:
    """Importing sentence-transformers takes longer than all the rest of a start."""
    script = f"""
import sys
from kb.encoder import Encoder
Encoder({str(tiny_model)!r}).encode_queries(["reset"])
print(*({{"torch", "transformers", "sentence_transformers", "sklearn"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_the_default_model_tells_nobody_that_it_runs(tiny_model: Path, tmp_path: Path) -> None:
    """openvino alone writes an identifier into the home folder and sends it with each import."""
    script = f"""
import socket, sys
def refuse(*_):
    raise SystemExit("a connection was opened")
socket.socket.connect = socket.getaddrinfo = refuse
from kb.encoder import Encoder
Encoder({str(tiny_model)!r}).encode_queries(["reset"])
print(sorted(name for name in sys.modules if "telemetry" in name and sys.modules[name] is not None))
"""
    environment = {**os.environ, "HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == str(
        [
            "openvino.tools.ovc.telemetry_params",
            "openvino.tools.ovc.telemetry_stub",
            "openvino.tools.ovc.telemetry_utils",
        ]
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.suite
class TestForeign:
    """Any other folder goes through sentence-transformers, which is also the judge of our own network."""

    def test_both_ways_agree(self, encoder: Encoder, foreign: Encoder) -> None:
        texts = [*TEXTS, "a <mask> b", "<s>reset</s>", "a\ud83db"]
        assert (foreign.dim, foreign.max_tokens) == (encoder.dim, encoder.max_tokens)
        assert foreign.encode_queries(texts) == pytest.approx(encoder.encode_queries(texts), abs=1e-5)
        assert foreign.encode_passages(texts) == pytest.approx(encoder.encode_passages(texts), abs=1e-5)

    def test_sentence_transformers_applies_the_folders_prompts_itself(
        self, encoder: Encoder, foreign_folder: Path
    ) -> None:
        from sentence_transformers import SentenceTransformer

        model: Any = SentenceTransformer(str(foreign_folder), local_files_only=True)
        assert model.encode_query(TEXTS) == pytest.approx(encoder.encode_queries(TEXTS), abs=1e-5)
        assert model.encode_document(TEXTS) == pytest.approx(encoder.encode_passages(TEXTS), abs=1e-5)

    def test_a_folder_without_prompts_gets_none(
        self, tiny_model: Path, foreign_folder: Path, tmp_path: Path
    ) -> None:
        plain = shutil.copytree(foreign_folder, tmp_path / "plain")
        (plain / "config_sentence_transformers.json").unlink()
        tokenizer = Tokenizer.from_file(str(tiny_model / "tokenizer.json"))
        expected, (read,) = Bert(tiny_model).encode([tokenizer.encode("reset the printer").ids])
        encoder = Encoder(plain)

        assert encoder.encode_queries(["reset the printer"]) == pytest.approx(expected, abs=1e-5)
        assert encoder.encode_passages(["reset the printer"]) == pytest.approx(expected, abs=1e-5)
        (tokens,) = encoder.encode_tokens(["reset the printer"], "query").tokens
        assert tokens == pytest.approx(unit_rows(read[1:-1]), abs=1e-5)

    def test_tokens_agree_both_ways(self, encoder: Encoder, foreign: Encoder) -> None:
        """An unknown character is a token of the text, whatever its tokenizer calls special."""
        texts = [*TEXTS, "a <mask> b", "<s>reset</s>", "a\ud83db", "Ж the Ж", "\u200b"]
        for kind in KINDS:
            ours, theirs = encoder.encode_tokens(texts, kind), foreign.encode_tokens(texts, kind)
            assert theirs.vectors == pytest.approx(ours.vectors, abs=1e-5)
            assert [len(tokens) for tokens in theirs.tokens] == [len(tokens) for tokens in ours.tokens]
            for pair in zip(theirs.tokens, ours.tokens, strict=True):
                np.testing.assert_allclose(*pair, atol=1e-5)

    def test_sentence_transformers_gives_the_same_tokens_between_its_specials(
        self, encoder: Encoder, foreign_folder: Path
    ) -> None:
        from sentence_transformers import SentenceTransformer

        model: Any = SentenceTransformer(str(foreign_folder), local_files_only=True)
        read = model.encode_query(TEXTS, output_value="token_embeddings")
        for tokens, theirs in zip(encoder.encode_tokens(TEXTS, "query").tokens, read, strict=True):
            between = theirs.numpy()[len(["<s>", "▁query", ":"]) : -1]
            np.testing.assert_allclose(tokens, unit_rows(between), atol=1e-5)

    def test_a_model_that_reads_words_out_of_context_gives_no_tokens(
        self, tiny_model: Path, tmp_path: Path
    ) -> None:
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.sentence_transformer.modules import StaticEmbedding

        tokenizer = Tokenizer.from_file(str(tiny_model / "tokenizer.json"))
        SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=16)]).save(
            str(tmp_path / "static")
        )
        encoder = Encoder(tmp_path / "static")
        found = encoder.encode_tokens(["reset the printer", "the"], "passage")

        assert [tokens.shape for tokens in found.tokens] == [(0, 16), (0, 16)]
        expected = encoder.encode_passages(["reset the printer", "the"])
        assert found.vectors == pytest.approx(expected, abs=1e-6)
        assert not np.allclose(expected[0], expected[1], atol=1e-3)

    def test_prompts_named_passage_only_are_applied(
        self, encoder: Encoder, foreign_folder: Path, tmp_path: Path
    ) -> None:
        """sentence-transformers itself would take its own empty "document" prompt here."""
        folder = shutil.copytree(foreign_folder, tmp_path / "passage")
        settings = {"prompts": {"query": "query: ", "passage": "passage: "}}
        (folder / "config_sentence_transformers.json").write_text(json.dumps(settings))

        found = Encoder(folder).encode_passages(TEXTS)
        assert found == pytest.approx(encoder.encode_passages(TEXTS), abs=1e-5)

    def test_a_folder_without_normalisation_gives_unit_rows(
        self, encoder: Encoder, foreign_folder: Path, tmp_path: Path
    ) -> None:
        folder = shutil.copytree(foreign_folder, tmp_path / "long")
        modules = json.loads((folder / "modules.json").read_text())
        (folder / "modules.json").write_text(json.dumps(modules[:2]))

        found = Encoder(folder).encode_passages(TEXTS)
        assert found == pytest.approx(encoder.encode_passages(TEXTS), abs=1e-5)

    def test_no_network_is_asked(
        self, foreign_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_args: object) -> None:
            raise AssertionError("a connection was opened")

        monkeypatch.setattr(socket.socket, "connect", refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)
        bare = shutil.copytree(foreign_folder, tmp_path / "bare")
        (bare / "modules.json").unlink()  # sentence-transformers then looks for what is missing

        assert Encoder(foreign_folder).encode_queries(["reset"]).shape == (1, 32)
        assert Encoder(bare).encode_queries(["reset"]).shape == (1, 32)
        assert os.environ["HF_HUB_OFFLINE"] == "1"

    def test_a_query_does_not_slow_down_later_passages(self, foreign_folder: Path) -> None:
        """Queries run on one thread, and torch's setting is the whole process's."""
        import torch

        first = Encoder(foreign_folder)
        first.encode_passages(["the"])
        before = torch.get_num_threads()
        first.encode_queries(["the"])
        Encoder(foreign_folder).encode_passages(["the"])

        assert torch.get_num_threads() == before

    def test_a_folder_that_does_not_load_is_named(self, foreign_folder: Path, tmp_path: Path) -> None:
        folder = shutil.copytree(foreign_folder, tmp_path / "damaged")
        (folder / "model.safetensors").write_bytes(b"short")
        with pytest.raises(ModelError, match="does not load as a sentence-transformers model"):
            Encoder(folder)


@pytest.mark.suite
class TestRealModel:
    def test_translations_find_each_other(self, real: Encoder) -> None:
        passages = [
            "To pair the headset, hold its button until the light turns blue.",
            "The invoice of last month is under Billing, then History.",
            "Replace the water filter of the coffee machine every two months.",
            "Library books can be renewed twice unless another reader waits.",
        ]
        queries = [
            "Kopfhörer mit Bluetooth verbinden",
            "¿dónde veo la factura del mes pasado?",
            "コーヒーメーカーのフィルター交換",
            "boeken langer lenen",
        ]
        similar = real.encode_queries(queries) @ real.encode_passages(passages).T
        assert similar.argmax(axis=1).tolist() == [0, 1, 2, 3]

    def test_both_ways_agree(self, real: Encoder, real_model: Path, tmp_path: Path) -> None:
        folder = tmp_path / "foreign"
        folder.mkdir()
        for path in real_model.iterdir():
            if path.name != "kb-model.json":
                (folder / path.name).symlink_to(path)
        texts = ["Wo ist mein Paket?", "荷物はどこですか", "Де моя посилка?", "أين طردي؟", "x " * 700]

        found = Encoder(folder).encode_passages(texts)
        assert found == pytest.approx(real.encode_passages(texts), abs=1e-5)
