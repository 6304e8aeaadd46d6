"""The encoder that is loaded when it is first needed, once."""

import sys
import threading
import types
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from smallkb import Hashing

from kb import lazyencoder
from kb.errors import ModelError
from kb.lazyencoder import LazyEncoder


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Folders of the encoders that were made, each of them slowly."""
    folders: list[Path] = []

    def make(folder: Path) -> Hashing:
        threading.Event().wait(0.02)
        folders.append(folder)
        return Hashing(folder)

    module = types.ModuleType("kb.encoder")
    module.Encoder = make  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "kb.encoder", module)
    monkeypatch.setattr(lazyencoder, "fingerprint", lambda folder: f"print of {folder.name}")
    return folders


def test_its_fingerprint_is_known_before_it_is_loaded(loaded: list[Path]) -> None:
    encoder = LazyEncoder(Path("model"))
    assert (encoder.fingerprint, encoder.folder, encoder.encoded) == ("print of model", Path("model"), 0)
    assert loaded == []


def test_it_gives_what_the_encoder_gives_and_counts_what_that_has_read(loaded: list[Path]) -> None:
    encoder = LazyEncoder(Path("model"))
    assert encoder.dim == Hashing.dim
    assert np.array_equal(encoder.encode_passages(["a", "b"]), Hashing().encode_passages(["a", "b"]))
    assert np.array_equal(encoder.encode_queries(["c"]), Hashing().encode_queries(["c"]))
    assert encoder.encoded == 3
    assert loaded == [Path("model")]


def test_tokens_count_as_one_reading_of_their_text(loaded: list[Path]) -> None:
    encoder = LazyEncoder(Path("model"))
    found, expected = (e.encode_tokens(["a b c", "d"], "query") for e in (encoder, Hashing()))
    assert np.array_equal(found.vectors, expected.vectors)
    assert [len(tokens) for tokens in found.tokens] == [3, 1]
    assert all(np.array_equal(*pair) for pair in zip(found.tokens, expected.tokens, strict=True))
    assert encoder.encoded == 2 and loaded == [Path("model")]


def test_threads_load_it_once(loaded: list[Path]) -> None:
    encoder = LazyEncoder(Path("model"))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: encoder.encode_queries([str(n)]), range(40)))
    assert len(loaded) == 1
    assert encoder.encoded == 40


def test_what_could_not_be_loaded_has_read_nothing(
    loaded: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_folder: Path) -> None:
        raise ModelError("weights are missing")

    encoder = LazyEncoder(Path("model"))
    with monkeypatch.context() as patched:
        patched.setattr(sys.modules["kb.encoder"], "Encoder", broken)
        with pytest.raises(ModelError, match="weights"):
            encoder.encode_passages(["a"])
    assert encoder.encoded == 0 and loaded == []
    assert len(encoder.encode_passages(["a"])) == 1
