"""The token view: against late interaction written out in plain numpy, and out of damaged files."""

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.errors import IndexDamaged
from kb.tokenview import MAX_QUESTION_TOKENS, TokenView, token_mean, write_token_view
from kb.vectors import Floats, centre

FILES = ("codes", "scales", "starts")


def unit_rows(rows: int, dim: int, seed: int) -> Floats:
    vectors = np.random.default_rng(seed).normal(size=(rows, dim))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def passages_of(counts: list[int], dim: int, seed: int = 0) -> list[Floats]:
    return [unit_rows(count, dim, seed + 10 + n) for n, count in enumerate(counts)]


def written(folder: Path, passages: list[Floats], mean: np.ndarray) -> TokenView:
    write_token_view(folder, iter(passages), mean, np.array([len(p) for p in passages]))
    return TokenView(folder)


def unpacked(folder: Path, dim: int) -> list[np.ndarray]:
    """Each row's values as the file format says: scale · (code − 8), high halves of the bytes first."""
    codes, scales, starts = (np.load(folder / f"{name}.npy") for name in FILES)
    values = np.concatenate([codes // 16, codes % 16], axis=1).astype(np.float64) - 8
    values = values[:, :dim] * scales[:, None]
    return [values[start:stop] for start, stop in pairwise(starts)]


def late_interaction(question: Floats, passages: list[np.ndarray]) -> list[float]:
    """Khattab & Zaharia 2020, formula 3, as a mean."""
    asked = question.astype(np.float64)
    return [
        float((asked @ tokens.T).max(axis=1).mean()) if len(tokens) and len(asked) else 0.0
        for tokens in passages
    ]


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=8).filter(any),
    st.integers(2, 33),
    st.integers(0, 5),
    st.integers(0, 2**31),
)
def test_scores_are_those_of_plain_numpy(counts: list[int], dim: int, asked: int, seed: int) -> None:
    """Exactly for the values in the files; for the tokens as they were, within what rounding to 4 bits may change."""
    passages, question = passages_of(counts, dim, seed), unit_rows(asked, dim, seed)
    mean = token_mean(iter(passages))
    assert mean is not None
    with TemporaryDirectory() as home:
        view = written(Path(home) / "tokens", passages, mean)
        kept = unpacked(Path(home) / "tokens", dim)
        scores = view.score(question, np.arange(len(counts)))
    assert view.rows == len(counts)
    np.testing.assert_allclose(scores, late_interaction(question, kept), atol=1e-5)
    centred = [centre(tokens, mean) for tokens in passages]
    largest = max(np.abs(tokens).max(initial=0.0) for tokens in centred)
    bound = np.abs(question).sum(axis=1).mean() * largest / 7 / 2 if asked else 0.0
    np.testing.assert_allclose(scores, late_interaction(question, centred), atol=float(bound) + 1e-5)


def test_rounding_moves_scores_little(tmp_path: Path) -> None:
    """Errors of 384 dimensions cancel each other: a hundredth is left of the bound's tenths."""
    passages, question = passages_of([40] * 20, 384), unit_rows(9, 384, 1)
    view = written(tmp_path / "tokens", passages, np.zeros(384))
    exact = np.array(late_interaction(question, passages))
    assert np.abs(view.score(question, np.arange(20)) - exact).max() < 0.01 < np.ptp(exact)


@pytest.mark.parametrize("dim", [7, 8])
def test_a_passage_that_says_the_question_scores_one(tmp_path: Path, dim: int) -> None:
    said, other = unit_rows(3, dim, 1), unit_rows(3, dim, 2)
    view = written(tmp_path / "tokens", [other, np.concatenate([other, said])], np.zeros(dim))
    without, within = view.score(said, np.array([0, 1]))
    assert within == pytest.approx(1.0, abs=0.05)
    assert without < within - 0.2


def test_rows_are_scored_in_the_order_asked_for(tmp_path: Path) -> None:
    view = written(tmp_path / "tokens", passages_of([2, 0, 5, 1], 12), np.zeros(12))
    question = unit_rows(4, 12, 3)
    all_rows = view.score(question, np.arange(4))
    assert len(set(all_rows.tolist())) == 4 and all_rows[1] == 0.0
    for rows in ([3, 1, 0], [2, 2, 1, 2], [1], [1, 1], []):
        assert view.score(question, np.array(rows, dtype=np.int64)) == pytest.approx(all_rows[rows], abs=1e-6)


def test_a_rows_vectors_are_what_the_file_says(tmp_path: Path) -> None:
    view = written(tmp_path / "view", passages_of([3, 0, 5], 9), np.full(9, 0.01))
    for row, values in enumerate(unpacked(tmp_path / "view", 9)):
        assert view.vectors(row)[:, :9] == pytest.approx(values, abs=1e-6)
        assert view.vectors(row).shape == (len(values), 10)


def test_without_tokens_in_the_question_nothing_is_near(tmp_path: Path) -> None:
    view = written(tmp_path / "tokens", passages_of([2, 3], 12), np.zeros(12))
    for width in (12, 0):
        assert view.score(np.empty((0, width), dtype=np.float32), np.arange(2)).tolist() == [0.0, 0.0]


def test_of_a_long_question_the_beginning_counts(tmp_path: Path) -> None:
    view = written(tmp_path / "tokens", passages_of([4, 4], 12), np.zeros(12))
    question = unit_rows(MAX_QUESTION_TOKENS + 20, 12, 3)
    scores = [view.score(question[:n], np.arange(2)) for n in (10, MAX_QUESTION_TOKENS, len(question))]
    assert np.array_equal(scores[1], scores[2])
    assert not np.allclose(scores[0], scores[1])


def test_a_token_that_is_the_mean_itself_is_near_nothing(tmp_path: Path) -> None:
    token = unit_rows(1, 6, 1)
    view = written(tmp_path / "tokens", [token], token[0].astype(np.float64))
    assert view.score(unit_rows(2, 6, 2), np.array([0])).tolist() == [0.0]


def test_two_dimensions_take_a_byte(tmp_path: Path) -> None:
    for dim, width in ((8, 4), (9, 5)):
        written(tmp_path / str(dim), passages_of([3, 0, 2], dim), np.zeros(dim))
        codes, scales, starts = (np.load(tmp_path / str(dim) / f"{name}.npy") for name in FILES)
        assert (codes.dtype, codes.shape, scales.dtype) == (np.uint8, (5, width), np.float32)
        assert starts.tolist() == [0, 3, 3, 5]


def test_equal_rows_give_equal_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        written(tmp_path / name, passages_of([3, 1], 10), np.zeros(10))
    for name in FILES:
        assert (tmp_path / "one" / f"{name}.npy").read_bytes() == (
            tmp_path / "two" / f"{name}.npy"
        ).read_bytes()


def test_the_mean_is_over_tokens_and_summed_in_float64() -> None:
    rows = [np.full((1, 2), 1e8), np.empty((0, 0)), np.full((100, 2), 1.0)]
    mean = token_mean(row.astype(np.float32) for row in rows)
    assert mean is not None and mean.dtype == np.float64
    assert mean.tolist() == [(1e8 + 100) / 101] * 2
    assert token_mean(iter([np.empty((0, 4), dtype=np.float32)])) is None
    assert token_mean(iter([])) is None


# --- damage


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    written(tmp_path / "tokens", passages_of([2, 3, 1], 8), np.zeros(8))
    return tmp_path / "tokens"


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "damage",
    [None, b"", b"\x93NUMPY", b"no array at all", b"PK\x03\x04 nor an archive"],
    ids=["missing", "empty", "cut", "text", "archive"],
)
def test_a_damaged_file_says_so_and_what_to_run(whole: Path, name: str, damage: bytes | None) -> None:
    file = whole / f"{name}.npy"
    file.unlink() if damage is None else file.write_bytes(damage)
    with pytest.raises(IndexDamaged, match=r"tokens is no readable token view .*kb index"):
        TokenView(whole)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("codes", np.zeros((5, 4), dtype=np.uint8)),
        ("codes", np.zeros(6, dtype=np.uint8)),
        ("codes", np.zeros((6, 4), dtype=np.float32)),
        ("scales", np.zeros(7, dtype=np.float32)),
        ("scales", np.zeros((), dtype=np.float32)),
        ("starts", np.array([0, 2, 5])),
        ("starts", np.array([0, 7, 5, 6])),
        ("starts", np.array([1, 2, 5, 6])),
        ("starts", np.array([0.0, 2.0, 5.0, 6.0])),
    ],
)
def test_files_that_do_not_belong_together_are_damage(whole: Path, name: str, array: np.ndarray) -> None:
    assert TokenView(whole).rows == 3
    np.save(whole / f"{name}.npy", array)
    with pytest.raises(IndexDamaged, match=r"tokens .*kb index"):
        TokenView(whole)


@settings(max_examples=150)
@given(st.sampled_from(FILES), st.integers(0, 127), st.integers(1, 255))
def test_a_changed_header_is_damage_or_harmless(name: str, at: int, flip: int) -> None:
    with TemporaryDirectory() as home:
        folder = Path(home) / "tokens"
        written(folder, passages_of([2, 3, 1], 8), np.zeros(8))
        content = bytearray((folder / f"{name}.npy").read_bytes())
        content[at] ^= flip
        (folder / f"{name}.npy").write_bytes(content)
        try:
            view = TokenView(folder)
        except IndexDamaged:
            return
        assert np.isfinite(view.score(unit_rows(2, 8, 1), np.arange(3))).all()
