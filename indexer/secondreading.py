"""The source read once more by an encoder of its own language (kb.secondreading)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from indexer.carry import Tokenized, learn_carry
from indexer.embeddings import Embedder
from kb.encoded import Spans
from kb.lazyencoder import LazyEncoder
from kb.locales import language_of
from kb.means import MEANS, Mean, read_means, write_means
from kb.secondreading import CARRY, LANGUAGE
from kb.tokenview import TokenView, count_tokens, token_mean, write_token_view
from kb.vectors import centre, mean_of, write_view


class SecondReader(NamedTuple):
    """The second encoder, and where its tokens and those of the first one stand in a text."""

    encoder: LazyEncoder
    spans: Spans
    first_spans: Spans


def reads(source_locale: str) -> bool:
    """Whether the second encoder knows a collection's source language."""
    return language_of(source_locale) == LANGUAGE


def write_second_reading(
    folder: Path, texts: Sequence[str], titles: Sequence[str], embedder: Embedder, reader: SecondReader
) -> None:
    """Writes the texts' view, their tokens, the means, and what carries the tokens of the collection's own view over.

    folder  a new one in the collection's, which has its own view's tokens; titles: stand for questions
    """
    folder.mkdir(parents=True)
    vectors = embedder.embed(texts, "passage")
    means: dict[str, Mean] = {"passage": mean_of(vectors), "query": mean_of(embedder.embed(titles, "query"))}
    write_view(folder / "source.view", centre(vectors, means["passage"]))
    counted = count_tokens(embedder.tokens(texts, "passage"))
    if counted.mean is not None:
        write_token_view(folder / "tokens", embedder.tokens(texts, "passage"), counted.mean, counted.counts)
        of_titles = token_mean(embedder.tokens(titles, "query"))
        means |= {"tokens": counted.mean, "question_tokens": counted.mean if of_titles is None else of_titles}
    write_means(folder, means)
    own, owns = folder.parent / "tokens", read_means(folder.parent / MEANS)
    if own.exists() and counted.mean is not None:
        first = Tokenized(TokenView(own), owns["tokens"], reader.first_spans)
        carry = learn_carry(first, Tokenized(TokenView(folder / "tokens"), counted.mean, reader.spans), texts)
        if carry is not None:
            np.save(folder / CARRY, carry)
