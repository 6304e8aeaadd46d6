"""Tokens' vectors from the cache: what comes back, what is read again, what is not."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from smallkb import Hashing

from kb.embedcache import EmbeddingCache, encode_cached
from kb.encoded import Encoded, Floats
from kb.tokencache import encode_tokens_cached, read_tokens

TEXTS = ["the paper jams", "a tunnel", "the paper jams", "", "one two three four"]


@pytest.fixture
def cache(tmp_path: Path) -> EmbeddingCache:
    return EmbeddingCache(tmp_path, "f00d")


def refuse() -> Hashing:
    raise AssertionError("the encoder was made")


def bits(rows: Sequence[Floats]) -> list[bytes]:
    return [row.tobytes() for row in rows]


def change(cache: EmbeddingCache, statement: str) -> None:
    """Changes rows behind the cache's back; those of tokens are 4 bytes and 4 + 64 a token, of vectors 256."""
    cache.close()
    with closing(sqlite3.connect(cache.folder / "vectors-0.sqlite")) as connection, connection:
        assert connection.execute(statement).rowcount == 1


def test_equal_texts_are_read_once_and_vectors_come_in_order(cache: EmbeddingCache) -> None:
    encoder = Hashing()
    vectors = encode_tokens_cached(lambda: encoder, TEXTS, cache, "passage")

    assert vectors.dtype == np.float32
    assert np.array_equal(vectors, Hashing().encode_passages(TEXTS))
    assert encoder.encoded == 4


def test_tokens_come_back_in_order_to_eight_bits(cache: EmbeddingCache) -> None:
    encode_tokens_cached(Hashing, TEXTS, cache, "passage")
    found = list(read_tokens(refuse, TEXTS, cache, "passage"))

    assert [len(tokens) for tokens in found] == [3, 2, 3, 0, 4]
    for tokens, exact in zip(found, Hashing().encode_tokens(TEXTS, "passage").tokens, strict=True):
        if len(exact):
            assert tokens.dtype == np.float32
            assert np.abs(tokens - exact).max() <= np.abs(exact).max() / 127 / 2 * 1.001


def test_a_run_that_finds_everything_gives_what_the_one_before_gave(
    cache: EmbeddingCache, tmp_path: Path
) -> None:
    vectors = encode_tokens_cached(Hashing, TEXTS, cache, "query")
    tokens = list(read_tokens(refuse, TEXTS, cache, "query"))
    cache.close()
    with EmbeddingCache(tmp_path, "f00d") as again:
        assert np.array_equal(encode_tokens_cached(refuse, TEXTS, again, "query"), vectors)
        assert bits(list(read_tokens(refuse, TEXTS, again, "query"))) == bits(tokens)


def test_questions_and_passages_are_read_apart(cache: EmbeddingCache) -> None:
    encode_tokens_cached(Hashing, TEXTS, cache, "passage")
    with pytest.raises(AssertionError, match="was made"):
        encode_tokens_cached(refuse, TEXTS, cache, "query")
    with pytest.raises(AssertionError, match="was made"):
        list(read_tokens(refuse, TEXTS, cache, "query"))


def test_a_text_whose_vector_alone_is_there_is_read_for_its_tokens(cache: EmbeddingCache) -> None:
    encode_cached(Hashing, TEXTS, cache)
    encoder = Hashing()
    encode_tokens_cached(lambda: encoder, [*TEXTS, "new"], cache, "passage")

    assert encoder.encoded == 5
    assert encode_cached(Hashing, TEXTS, cache).shape == (5, Hashing.dim)


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM vector WHERE length(value) = 4 + 68 * 4",
        "UPDATE vector SET value = x'99' || substr(value, 2) WHERE length(value) = 4 + 68 * 4",
    ],
    ids=["lost", "damaged"],
)
def test_what_got_lost_is_read_again_and_nothing_else(cache: EmbeddingCache, harm: str) -> None:
    vectors = encode_tokens_cached(Hashing, TEXTS, cache, "passage")
    tokens = bits(list(read_tokens(refuse, TEXTS, cache, "passage")))

    change(cache, harm)
    for_tokens = Hashing()
    assert bits(list(read_tokens(lambda: for_tokens, TEXTS, cache, "passage"))) == tokens
    change(cache, harm)
    again = Hashing()
    assert np.array_equal(encode_tokens_cached(lambda: again, TEXTS, cache, "passage"), vectors)
    assert bits(list(read_tokens(lambda: again, TEXTS, cache, "passage"))) == tokens
    assert (for_tokens.encoded, again.encoded) == (1, 1)
    assert bits(list(read_tokens(refuse, TEXTS, cache, "passage"))) == tokens


def test_a_lost_vector_is_made_again(cache: EmbeddingCache) -> None:
    vectors = encode_tokens_cached(Hashing, ["the paper", "jams"], cache, "passage")
    change(
        cache, "DELETE FROM vector WHERE rowid = (SELECT max(rowid) FROM vector WHERE length(value) = 256)"
    )
    encoder = Hashing()
    again = encode_tokens_cached(lambda: encoder, ["the paper", "jams"], cache, "passage")

    assert np.array_equal(again, vectors) and encoder.encoded == 1


def test_an_interrupted_run_goes_on_where_it_stopped(cache: EmbeddingCache) -> None:
    class Interrupted(Hashing):
        def encode_tokens(self, texts: Sequence[str], kind: str) -> Encoded:
            if self.encoded >= 512:
                raise KeyboardInterrupt
            return super().encode_tokens(texts, kind)

    texts = [f"text {n}" for n in range(600)]
    interrupted, rest = Interrupted(), Hashing()
    with pytest.raises(KeyboardInterrupt):
        encode_tokens_cached(lambda: interrupted, texts, cache, "passage")
    vectors = encode_tokens_cached(lambda: rest, texts, cache, "passage")

    assert rest.encoded == 600 - 512
    assert np.array_equal(vectors, Hashing().encode_passages(texts))
    found = list(read_tokens(refuse, texts, cache, "passage"))
    exact = [tokens for _, tokens in (Hashing().encode_tokens([text], "passage") for text in texts)]
    assert len(found) == 600
    for tokens, (own,) in zip(found, exact, strict=True):
        np.testing.assert_allclose(tokens, own, atol=0.004)


def test_only_a_part_of_the_tokens_is_ever_held(tmp_path: Path) -> None:
    """Those of a hundred thousand passages are 4 GB."""
    held: list[int] = []

    class Watched(EmbeddingCache):
        def get_bytes(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
            found = super().get_bytes(keys)
            held.append(sum(len(value) for value in found.values()))
            return found

    texts = [f"text {n} " + "word " * 10 for n in range(1000)]
    with Watched(tmp_path, "f00d") as cache:
        encode_tokens_cached(Hashing, texts, cache, "passage")
        held.clear()
        encode_tokens_cached(refuse, texts, cache, "passage")
        assert sum(1 for _ in read_tokens(refuse, texts, cache, "passage")) == 1000
    each = 4 + 12 * 68
    assert max(held) < 1000 * each / 2 and sum(held) >= 1000 * each


def test_progress_counts_distinct_texts(cache: EmbeddingCache) -> None:
    told: list[tuple[int, int]] = []
    encode_tokens_cached(Hashing, ["a", "b"], cache, "passage")
    encode_tokens_cached(
        Hashing, ["a", "b", "c", "c"], cache, "passage", lambda done, total: told.append((done, total))
    )
    assert told == [(2, 3), (3, 3)]


def test_no_texts_give_no_rows(cache: EmbeddingCache) -> None:
    assert encode_tokens_cached(Hashing, [], cache, "passage").shape == (0, Hashing.dim)
    assert list(read_tokens(refuse, [], cache, "passage")) == []


class Told:
    """An encoder that gives the tokens that it is told."""

    def __init__(self, tokens: list[Floats]) -> None:
        self.dim = 2
        self._tokens = tokens

    def encode_tokens(self, texts: Sequence[str], _kind: str) -> Encoded:
        chosen = [self._tokens[int(text)] for text in texts]
        return Encoded(np.full((len(texts), 2), 0.5**0.5, dtype=np.float32), chosen)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=6), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_tokens_of_any_number_and_width_keep_eight_bits(counts: list[int], width: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    tokens = [random.normal(size=(count, width)).astype(np.float32) for count in counts]
    tokens[0][:1] = 0.0
    texts = [str(n) for n in range(len(tokens))]
    with TemporaryDirectory() as folder, EmbeddingCache(Path(folder), "f00d") as cache:
        encode_tokens_cached(lambda: Told(tokens), texts, cache, "passage")
        found = list(read_tokens(lambda: Told([]), texts, cache, "passage"))
    assert [len(each) for each in found] == counts
    for each, exact in zip(found, tokens, strict=True):
        if len(exact):
            half_a_step = np.abs(exact).max(axis=1, keepdims=True) / 127 / 2
            assert (np.abs(each - exact) <= half_a_step * 1.001).all()
