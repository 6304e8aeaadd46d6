"""The source read once more by an encoder of its own language (kb.secondreading)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from indexer.embeddings import Embedder
from kb.locales import language_of
from kb.means import Mean, write_means
from kb.secondreading import LANGUAGE
from kb.tokenview import count_tokens, token_mean, write_token_view
from kb.vectors import centre, mean_of, write_view


def reads(source_locale: str) -> bool:
    """Whether the second encoder knows a collection's source language."""
    return language_of(source_locale) == LANGUAGE


def write_second_reading(
    folder: Path, texts: Sequence[str], titles: Sequence[str], embedder: Embedder
) -> None:
    """Writes the texts' view, their tokens and the means, in a new folder. titles: stand for questions."""
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
