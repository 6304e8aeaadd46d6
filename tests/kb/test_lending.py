"""A service's encoder at work for a build, and every way in which that fails."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from smallkb import Hashing

from kb import lending
from kb.encoded import Encoded
from kb.lending import FOLDER, MOST_TEXTS, BorrowingEncoder, Lender, borrow

TEXTS = ["paper jam", "", *(f"text {n} of several words" for n in range(20))]


@pytest.fixture
def lent(tmp_path: Path) -> Iterator[Path]:
    lender = Lender(tmp_path, Hashing())  # type: ignore[arg-type]
    yield tmp_path
    lender.close()
    assert list((tmp_path / FOLDER).iterdir()) == []


def test_what_comes_back_is_what_the_encoder_gives(lent: Path) -> None:
    for _ in range(2):
        found = borrow(lent, "hashing", TEXTS, "passage")
        assert found is not None
        expected = Hashing().encode_tokens(TEXTS, "passage")
        np.testing.assert_array_equal(found.vectors, expected.vectors)
        assert len(found.tokens) == len(TEXTS)
        for own, theirs in zip(found.tokens, expected.tokens, strict=True):
            np.testing.assert_array_equal(own, theirs.reshape(len(own), -1) if len(own) else own)


def test_another_model_many_texts_or_none_are_not_lent(lent: Path) -> None:
    assert borrow(lent, "other", TEXTS, "passage") is None
    assert borrow(lent, "hashing", ["x"] * (MOST_TEXTS + 1), "passage") is None
    assert borrow(lent, "hashing", [], "passage") is None


def test_only_the_owner_can_read_the_key_and_only_who_has_it_is_served(lent: Path) -> None:
    (file,) = (lent / FOLDER).iterdir()
    assert file.stat().st_mode & 0o077 == 0
    said = json.loads(file.read_text(encoding="utf-8"))
    file.with_name("0.json").write_text(json.dumps(said | {"key": "00" * 32}), encoding="utf-8")
    assert borrow(lent, "hashing", TEXTS, "query") is not None, "the right key is found beside the wrong one"
    file.with_name("0.json").unlink()


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"fingerprint": "hashing", "address": "/none", "key": "00"}']
)
def test_what_a_killed_service_has_left_harms_nobody(tmp_path: Path, content: str) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "1.json").write_text(content, encoding="utf-8")
    assert borrow(tmp_path, "hashing", TEXTS, "query") is None


def test_a_build_loads_its_own_model_where_none_is_lent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.lazyencoder.fingerprint", lambda _folder: "hashing")
    loads: list[Path] = []

    class Own(BorrowingEncoder):
        def load(self) -> Hashing:  # type: ignore[override]
            loads.append(self.folder)
            return Hashing()

    encoder = Own(tmp_path, tmp_path)
    assert isinstance(encoder.encode_tokens(TEXTS, "passage"), Encoded)
    assert loads == [tmp_path] and encoder.encoded == len(TEXTS)
    lender = Lender(tmp_path, Hashing())  # type: ignore[arg-type]
    encoder.encode_tokens(TEXTS, "passage")
    lender.close()
    assert loads == [tmp_path] and encoder.encoded == 2 * len(TEXTS)


def test_an_answer_that_is_none_is_refused() -> None:
    answer = lending._packed([np.zeros((2, 3), np.float32)], [np.zeros((1, 3), np.float32)] * 2)
    assert len(lending._unpacked(answer, 2).tokens) == 2
    with pytest.raises(ValueError, match="vectors of 2 texts came back for 3"):
        lending._unpacked(answer, 3)
    broken = lending._packed([np.full((1, 3), np.nan, np.float32)], [np.zeros((1, 3), np.float32)])
    with pytest.raises(ValueError, match="no vectors"):
        lending._unpacked(broken, 1)
