"""A collection's vectors: the source view and its tokens, centred, and the mean vectors of passages and of each
language's questions. Embeddings come from the cache; the encoder reads what it lacks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer.report import Progress
from indexer.stamp import stamp_of
from indexer.steps import BuildStep
from kb.articledb import ArticleReader
from kb.embedcache import EmbeddingCache, Kind
from kb.lazyencoder import LazyEncoder
from kb.means import MEANS, read_means
from kb.tokencache import encode_tokens_cached, read_tokens
from kb.tokenview import count_tokens, token_mean, write_token_view
from kb.vectors import Floats, centre, mean_of, write_view

Vector = npt.NDArray[np.float64]
Means = dict[str, Vector]
SOURCE_FILES = ("source.view", "tokens/")
# Titles that stand for a language's questions when its mean vector is taken.
_MEAN_SAMPLE = 256


@dataclass(frozen=True, slots=True)
class Embedder:
    """Embeddings of texts and their tokens, from the cache where it has them."""

    encoder: LazyEncoder
    cache: EmbeddingCache
    progress: Progress

    def embed(self, texts: Sequence[str], kind: Kind) -> Floats:
        done = 0

        def advance(now: int, _all: int) -> None:
            nonlocal done
            self.progress.advance(now - done)
            done = now

        return encode_tokens_cached(lambda: self.encoder, texts, self.cache, kind, advance)

    def tokens(self, texts: Sequence[str], kind: Kind) -> Iterator[Floats]:
        """Each text's tokens, after `embed`."""
        return read_tokens(lambda: self.encoder, texts, self.cache, kind)


def write_source_view(folder: Path, texts: Sequence[str], embedder: Embedder) -> Means:
    """Writes the source view and its tokens; the means "passage", and "tokens" where there are any."""
    embedder.progress.stage(BuildStep.ENCODE, len(set(texts)))
    vectors = embedder.embed(texts, "passage")
    means: Means = {"passage": mean_of(vectors)}
    embedder.progress.stage(BuildStep.VIEWS, None)
    write_view(folder / "source.view", centre(vectors, means["passage"]))
    counted = count_tokens(embedder.tokens(texts, "passage"))
    if counted.mean is not None:
        means["tokens"] = counted.mean
        write_token_view(folder / "tokens", embedder.tokens(texts, "passage"), counted.mean, counted.counts)
    return means


def question_means(samples: Mapping[str, Sequence[str]], average: Vector | None, embedder: Embedder) -> Means:
    """Mean vectors of each locale's questions, "query/<locale>" and "tokens/<locale>".

    average  mean of the passages' tokens, which stands where a locale's titles are all without tokens
    """
    embedder.progress.stage(BuildStep.QUESTIONS, sum(len(set(s)) for s in samples.values()))
    means: Means = {}
    for locale, titles in samples.items():
        means[f"query/{locale}"] = mean_of(embedder.embed(titles, "query"))
        of_tokens = token_mean(embedder.tokens(titles, "query"))
        if average is not None:
            means[f"tokens/{locale}"] = average if of_tokens is None else of_tokens
    return means


def sample_titles(file: Path) -> list[str]:
    """A sample of a locale's titles, the same whatever else is indexed."""
    reader = ArticleReader(file)
    titles = sorted(
        reader.titles(), key=lambda t: hashlib.sha256(t.encode("utf-8", "surrogatepass")).digest()
    )
    reader.close()
    return titles[:_MEAN_SAMPLE]


def sample_stamp(titles: Sequence[str]) -> str:
    """Equal as long as a sample is."""
    return stamp_of(*titles)


def earlier_means(folder: Path) -> Means:
    return read_means(folder / MEANS)
