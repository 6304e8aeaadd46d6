"""What takes one encoder's tokens to another's, beside the normal equations written out."""

from pathlib import Path

import numpy as np
import pytest
from smallkb import Hashing, Words

from indexer.carry import _RIDGE, Tokenized, learn_carry
from kb.secondreading import carried
from kb.tokenview import TokenView, count_tokens, write_token_view

TEXTS = [f"the {a} of a {b} is {c}" for a, b, c in zip(
    ("lid", "tray", "light", "sheet", "door"),
    ("printer", "tunnel", "mailbox", "gateway", "client"),
    ("red", "open", "stuck", "idle", "full"),
    strict=True,
)]  # fmt: skip


def tokenized(folder: Path, fingerprint: str, texts: list[str]) -> Tokenized:
    encoder = Hashing(fingerprint=fingerprint)
    tokens = encoder.encode_tokens(texts, "passage").tokens
    counted = count_tokens(iter(tokens))
    assert counted.mean is not None
    write_token_view(folder, iter(tokens), counted.mean, counted.counts)
    return Tokenized(TokenView(folder), counted.mean, Words().spans)


def test_it_is_ridge_regression_over_tokens_that_share_characters(tmp_path: Path) -> None:
    first, second = (tokenized(tmp_path / name, name, TEXTS) for name in ("hashing", "second"))
    found = learn_carry(first, second, TEXTS)
    own, other = (
        np.concatenate([read.view.vectors(row) for row in range(len(TEXTS))]).astype(np.float64)
        for read in (first, second)
    )
    other /= np.linalg.norm(other, axis=1, keepdims=True)
    expected = np.linalg.inv(own.T @ own + _RIDGE * np.eye(64)) @ own.T @ other
    assert found is not None and found == pytest.approx(expected, abs=1e-6)


def test_a_token_comes_nearer_to_its_twin_than_to_others(tmp_path: Path) -> None:
    first, second = (tokenized(tmp_path / name, name, TEXTS) for name in ("hashing", "second"))
    carry = learn_carry(first, second, TEXTS)
    assert carry is not None
    own, other = (read.view.vectors(0) for read in (first, second))
    near = carried(own, carry) @ other.T
    twins = np.eye(len(own), dtype=bool)
    assert near[twins].mean() > 0.3 > near[~twins].mean()


def test_a_token_lies_over_all_that_share_its_characters(tmp_path: Path) -> None:
    # the second encoder takes each text for one token
    encoder = Hashing(fingerprint="second")
    folder = tmp_path / "second"
    tokens = [vector[np.newaxis] for vector in encoder.encode_passages(TEXTS)]
    counted = count_tokens(iter(tokens))
    assert counted.mean is not None
    write_token_view(folder, iter(tokens), counted.mean, counted.counts)
    second = Tokenized(TokenView(folder), counted.mean, lambda texts: [[(0, len(t))] for t in texts])
    carry = learn_carry(tokenized(tmp_path / "hashing", "hashing", TEXTS), second, TEXTS)
    assert carry is not None and carry.any()


def test_passages_that_were_cut_are_left_out(tmp_path: Path) -> None:
    first, second = (tokenized(tmp_path / name, name, TEXTS) for name in ("hashing", "second"))
    longer = [f"{text} {text}" for text in TEXTS]
    assert learn_carry(first, second, longer) is None
    assert learn_carry(first, second, [*TEXTS[:4], longer[4]]) is not None


def test_nothing_to_learn_from_gives_nothing(tmp_path: Path) -> None:
    first, second = (tokenized(tmp_path / name, name, TEXTS) for name in ("hashing", "second"))
    assert learn_carry(first, second, []) is None
