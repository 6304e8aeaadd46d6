"""The embedding cache: what comes back, from several processes, and out of damaged files."""

import hashlib
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from kb.embedcache import EmbeddingCache, Floats, encode_cached, text_key
from kb.errors import InputError

DIM = 16


class HashEncoder:
    """Vectors computed from a text's hash: cheap, and different for every text, query or passage."""

    dim = DIM

    def __init__(self) -> None:
        self.seen: list[str] = []

    def encode_passages(self, texts: Sequence[str]) -> Floats:
        self.seen += texts
        return np.stack([self._vector("passage", text) for text in texts])

    def encode_queries(self, texts: Sequence[str]) -> Floats:
        self.seen += texts
        return np.stack([self._vector("query", text) for text in texts])

    def _vector(self, kind: str, text: str) -> Floats:
        digest = hashlib.sha256(f"{kind} {text}".encode()).digest()[: 2 * DIM]
        values = np.frombuffer(digest, dtype="<u2").astype(np.float32)
        return (values / np.linalg.norm(values)).astype(np.float32)


@pytest.fixture
def cache(tmp_path: Path) -> EmbeddingCache:
    return EmbeddingCache(tmp_path, "f00d")


def some_vectors(count: int, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).normal(size=(count, DIM)).astype(np.float32)


def keys_of(*texts: str) -> list[bytes]:
    return [text_key("passage", text) for text in texts]


def test_vectors_come_back_bit_for_bit(cache: EmbeddingCache, tmp_path: Path) -> None:
    keys, vectors = keys_of("red", "green", "blue"), some_vectors(3)
    cache.put_many(keys, vectors)
    cache.close()

    with EmbeddingCache(tmp_path, "f00d") as again:
        found = again.get_many([*keys, *keys_of("white"), keys[0]])
    assert list(found) and set(found) == set(keys)
    assert all(np.array_equal(found[key], vector) for key, vector in zip(keys, vectors, strict=True))


def test_queries_passages_and_encoders_do_not_mix(cache: EmbeddingCache, tmp_path: Path) -> None:
    cache.put_many([text_key("query", "red")], some_vectors(1))

    assert cache.get_many(keys_of("red")) == {}
    with EmbeddingCache(tmp_path, "beef") as other:
        assert other.get_many([text_key("query", "red")]) == {}


def test_more_keys_than_one_statement_takes(cache: EmbeddingCache) -> None:
    keys = keys_of(*(f"text {n}" for n in range(1700)))
    cache.put_many(keys, some_vectors(1700))

    assert len(cache.get_many(keys)) == 1700


def test_a_damaged_row_is_missing_until_it_is_made_again(cache: EmbeddingCache) -> None:
    keys, vectors = keys_of("red", "green"), some_vectors(2)
    cache.put_many(keys, vectors)
    cache.close()
    with sqlite3.connect(cache.folder / "vectors-0.sqlite") as connection:
        connection.execute(
            "UPDATE vector SET value = substr(value, 1, 9) || x'99' || substr(value, 11) WHERE key = ?",
            keys[:1],
        )
    connection.close()

    assert set(cache.get_many(keys)) == {keys[1]}
    cache.put_many(keys[:1], vectors[:1])
    assert set(cache.get_many(keys)) == set(keys)


@pytest.mark.parametrize("damage", ["begin", "middle", "all"])
def test_a_damaged_file_is_left_and_a_new_one_begun(cache: EmbeddingCache, damage: str) -> None:
    keys = keys_of(*(f"text {n}" for n in range(2000)))
    cache.put_many(keys, some_vectors(2000))
    cache.close()
    path = cache.folder / "vectors-0.sqlite"
    body = bytearray(path.read_bytes())
    hurt = {"begin": slice(0, 100), "middle": slice(16384, len(body)), "all": slice(0, len(body))}[damage]
    body[hurt] = b"\xa5" * len(body[hurt])
    path.write_bytes(body)

    assert cache.get_many(keys) == {}
    cache.put_many(keys[:5], some_vectors(5))
    assert set(cache.get_many(keys)) == set(keys[:5])
    with EmbeddingCache(cache.folder.parent.parent, "f00d") as again:
        assert set(again.get_many(keys)) == set(keys[:5])


def test_flipped_bytes_never_come_back_as_vectors(cache: EmbeddingCache) -> None:
    keys, vectors = keys_of(*(f"text {n}" for n in range(300))), some_vectors(300)
    cache.put_many(keys, vectors)
    cache.close()
    path = cache.folder / "vectors-0.sqlite"
    whole = path.read_bytes()
    random = np.random.default_rng(7)
    told = dict(zip(keys, vectors, strict=True))
    for _ in range(30):
        body = bytearray(whole)
        for at in random.integers(100, len(body), 40):
            body[at] ^= 1 << int(random.integers(0, 8))
        path.write_bytes(body)
        with EmbeddingCache(cache.folder.parent.parent, "f00d") as again:
            found = again.get_many(keys)
        assert all(np.array_equal(vector, told[key]) for key, vector in found.items())
        for other in cache.folder.glob("vectors-*"):
            other.unlink()


def test_what_was_committed_survives_a_kill(cache: EmbeddingCache, tmp_path: Path) -> None:
    script = f"""
import os, numpy as np
from pathlib import Path
from kb.embedcache import EmbeddingCache, text_key
cache = EmbeddingCache(Path({str(tmp_path)!r}), "f00d")
cache.put_many([text_key("passage", "kept")], np.ones((1, {DIM}), dtype=np.float32))
cache._connection.execute("BEGIN IMMEDIATE")
cache._connection.execute("INSERT INTO vector VALUES (x'00', 0, x'00')")
os.kill(os.getpid(), 9)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9

    assert set(cache.get_many([*keys_of("kept"), b"\0"])) == set(keys_of("kept"))
    cache.put_many(keys_of("next"), some_vectors(1))
    assert len(cache.get_many(keys_of("kept", "next"))) == 2


def test_processes_write_at_the_same_time(cache: EmbeddingCache, tmp_path: Path) -> None:
    script = f"""
import sys, numpy as np
from pathlib import Path
from kb.embedcache import EmbeddingCache, text_key
with EmbeddingCache(Path({str(tmp_path)!r}), "f00d") as cache:
    for n in range(20):
        keys = [text_key("passage", f"{{sys.argv[1]}} {{n}} {{i}}") for i in range(10)]
        cache.put_many(keys, np.full((10, {DIM}), float(sys.argv[1]), dtype=np.float32))
        assert len(cache.get_many(keys)) == 10
"""
    writers = [subprocess.Popen([sys.executable, "-c", script, str(n)]) for n in range(4)]
    assert [writer.wait() for writer in writers] == [0] * 4

    keys = keys_of(*(f"{w} {n} {i}" for w in range(4) for n in range(20) for i in range(10)))
    assert len(cache.get_many(keys)) == 800


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "embeddings").write_text("a file in the way")
    with pytest.raises(InputError, match="choose another --cache"):
        EmbeddingCache(tmp_path, "f00d").get_many(keys_of("red"))


def test_a_vector_for_each_key(cache: EmbeddingCache) -> None:
    with pytest.raises(ValueError, match="3 values for 2 keys"):
        cache.put_many(keys_of("red", "green"), some_vectors(3))


def test_values_of_any_length_come_back_byte_for_byte(cache: EmbeddingCache) -> None:
    values = dict(zip(keys_of("red", "green", "blue"), (b"", b"\0\xff", b"x" * 70_000), strict=True))
    cache.put_bytes(list(values), list(values.values()))

    assert cache.get_bytes([*values, *keys_of("white")]) == values


def test_encoding_keeps_order_and_encodes_equal_texts_once(cache: EmbeddingCache) -> None:
    encoder = HashEncoder()
    texts = ["b", "a", "b", "long text", "a"]
    vectors = encode_cached(lambda: encoder, texts, cache)

    assert sorted(encoder.seen) == ["a", "b", "long text"]
    assert np.array_equal(vectors, HashEncoder().encode_passages(texts))


def test_the_encoder_is_not_made_when_all_is_there(cache: EmbeddingCache) -> None:
    def refuse() -> HashEncoder:
        raise AssertionError("the encoder was made")

    first = encode_cached(HashEncoder, ["a", "b"], cache, kind="query")
    assert np.array_equal(encode_cached(refuse, ["b", "a"], cache, kind="query"), first[::-1])
    with pytest.raises(AssertionError):
        encode_cached(refuse, ["b", "a"], cache, kind="passage")


def test_an_interrupted_run_goes_on_where_it_stopped(cache: EmbeddingCache) -> None:
    class Interrupted(HashEncoder):
        def encode_passages(self, texts: Sequence[str]) -> Floats:
            if len(self.seen) >= 512:
                raise KeyboardInterrupt
            return super().encode_passages(texts)

    texts = [f"text {n}" for n in range(700)]
    with pytest.raises(KeyboardInterrupt):
        encode_cached(Interrupted, texts, cache)

    rest = HashEncoder()
    vectors = encode_cached(lambda: rest, texts, cache)
    assert len(rest.seen) == 700 - 512
    assert np.array_equal(vectors, HashEncoder().encode_passages(texts))


def test_progress_counts_distinct_texts(cache: EmbeddingCache) -> None:
    encode_cached(HashEncoder, ["a", "b"], cache)
    told: list[tuple[int, int]] = []
    encode_cached(HashEncoder, ["a", "b", "c", "c"], cache, lambda done, total: told.append((done, total)))

    assert told == [(2, 3), (3, 3)]


def test_no_texts_give_no_rows(cache: EmbeddingCache) -> None:
    assert encode_cached(HashEncoder, [], cache).shape == (0, DIM)
