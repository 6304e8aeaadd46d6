"""What a collection is searched by: embeddings, tokens, means and words; counts, and whether a probe finds its own.

Every vector is looked at; of each view's rows and each locale's titles some are looked up as a question would be. In
an exact view a finite vector of unit length is nearest to itself (Cauchy-Schwarz), so the probes are there to tell
whether the index's own search agrees.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from kb.articledb import ArticleReader
from kb.generation import CollectionEntry
from kb.glosses import FILE as GLOSSES
from kb.glosses import Glosses
from kb.lexical import LexicalIndex
from kb.lexicalfields import weighed_tokens
from kb.locales import language_of
from kb.means import MEANS, read_means
from kb.namer import FILE as NAMER
from kb.namer import Namer
from kb.passagedb import PASSAGES, read_passage_keys, read_source_rows
from kb.secondreading import FOLDER as SECOND
from kb.tokenview import TokenView
from kb.vectors import View
from kb.verifyarticles import Problems, count

_PROBES = 50
_SAME = 2e-3  # what fp16 rows may differ by in an inner product
_LEAST_TOKEN_NORM = 0.7  # of a unit vector kept in 4 bits a dimension
_BLOCK = 1 << 16


def check_stores(folder: Path, entry: CollectionEntry, checked: dict[str, int]) -> Problems:
    """(file below the collection's folder, what is wrong with it)."""
    keys = read_passage_keys(folder / PASSAGES)
    dims = set()
    for name in ("source.view", "centroid.view"):
        if name == "source.view" or (folder / name).exists():
            view = View(folder / name)
            yield from ((name, problem) for problem in check_view(view, len(keys), checked))
            dims.add(view.all().shape[1])
    if (folder / "tokens").exists():
        yield from _check_tokens(folder, "tokens", len(keys), checked)
    if (folder / NAMER).exists():
        count(checked, "names", len(Namer(folder / NAMER)))
    if entry.second:
        yield from _check_second(folder, len(keys), checked)
    yield from (("means.npz", problem) for problem in _check_means(folder / "means.npz", entry, dims))
    for locale, told in entry.locales.items():
        if (folder / locale / "target.view").exists():
            view = View(folder / locale / "target.view")
            held = folder / locale / "target.rows.npy"
            rows = len(np.load(held)) if held.exists() else told.passages
            yield from ((f"{locale}/target.view", problem) for problem in check_view(view, rows, checked))
            if (folder / locale / "tokens").exists():
                yield from _check_tokens(folder, f"{locale}/tokens", rows, checked)
        expected = word_rows(folder, locale, entry.source_locale)
        for problem in _check_words(folder / locale, locale, expected, checked):
            yield f"{locale}/lexical", problem


def check_view(view: View, rows: int, checked: dict[str, int]) -> Iterator[str]:
    """Whether every vector of a view is finite, of unit length, and found by itself.

    A zero vector is whole: it is what centring leaves of texts that are all alike.
    """
    if view.rows != rows:
        yield f"has {view.rows} rows for {rows} passages"
        return
    vectors = view.all()
    count(checked, "vectors", len(vectors))
    norms = np.linalg.norm(vectors.astype(np.float64), axis=1)
    odd = np.flatnonzero(~(np.abs(norms - 1.0) < _SAME) & (norms != 0.0))
    for row in odd[:_PROBES]:
        yield f"row {row} has length {norms[row]:.3f}, expected 1"
    if len(odd):
        return
    for row in _some(len(vectors)):
        count(checked, "probes", 1)
        found, scores = view.top(vectors[row], 1)
        own = float(view.at(vectors[row], np.array([row]))[0])
        if found[0] != row and own < float(scores[0]) - _SAME:
            yield f"row {row} is not found by its own vector, but row {found[0]} is"


def _check_tokens(folder: Path, name: str, rows: int, checked: dict[str, int]) -> Problems:
    view = TokenView(folder / name)
    if view.rows != rows:
        yield f"{name}/starts.npy", f"has {view.rows} rows for {rows} passages"
        return
    codes, scales, starts = (
        np.load(folder / name / f"{part}.npy", mmap_mode="r") for part in ("codes", "scales", "starts")
    )
    count(checked, "token vectors", len(codes))
    for begin in range(0, len(codes), _BLOCK):
        norms = np.linalg.norm(_tokens(codes, scales, begin, min(begin + _BLOCK, len(codes))), axis=1)
        odd = np.flatnonzero(
            ~((norms > _LEAST_TOKEN_NORM) & (norms < 1 / _LEAST_TOKEN_NORM)) & (norms != 0.0)
        )
        for token in odd[:_PROBES]:
            yield (
                f"{name}/codes.npy",
                f"token {begin + token} has length {norms[token]:.3f}, expected about 1",
            )
    for row in _some(rows):
        own = _tokens(codes, scales, int(starts[row]), int(starts[row + 1]))
        own = own[np.linalg.norm(own, axis=1) > 0]
        if len(own):
            count(checked, "probes", 1)
            score = float(view.score(own / np.linalg.norm(own, axis=1, keepdims=True), np.array([row]))[0])
            if score < _LEAST_TOKEN_NORM:
                yield (
                    f"{name}/codes.npy",
                    f"row {row} scores {score:.2f} for its own tokens, expected about 1",
                )


def _tokens(
    codes: npt.NDArray[np.uint8], scales: npt.NDArray[np.float32], begin: int, end: int
) -> npt.NDArray[np.float32]:
    part = codes[begin:end]
    values = np.concatenate([part >> 4, part & 15], axis=1).astype(np.float32) - 8
    return np.asarray(values * scales[begin:end, None], dtype=np.float32)


def _check_second(folder: Path, rows: int, checked: dict[str, int]) -> Problems:
    """The source as the second encoder reads it."""
    view = View(folder / SECOND / "source.view")
    yield from ((f"{SECOND}/source.view", problem) for problem in check_view(view, rows, checked))
    if (folder / SECOND / "tokens").exists():
        yield from _check_tokens(folder, f"{SECOND}/tokens", rows, checked)
    for key, mean in read_means(folder / SECOND / MEANS).items():
        if not np.isfinite(mean).all() or len(mean) != view.all().shape[1]:
            yield f"{SECOND}/{MEANS}", f"{key!r} is not a finite vector of the view's dimensions"


def _check_means(file: Path, entry: CollectionEntry, dims: set[int]) -> Iterator[str]:
    try:
        with np.load(file) as means:
            found = {key: means[key] for key in means.files}
    except (OSError, EOFError, ValueError, BadZipFile) as error:
        yield f"can't be read ({error})"
        return
    expected = {"passage", *(f"query/{locale}" for locale in entry.locales)}
    for key in sorted(expected - found.keys()):
        yield f"has no mean {key!r}"
    for key, mean in found.items():
        if not np.isfinite(mean).all() or {len(mean)} != dims:
            yield f"{key!r} is not a finite vector of the views' {sorted(dims)} dimensions"


def word_rows(folder: Path, locale: str, source_locale: str) -> int:
    """How many rows a locale's word index is to have: its passages, and of the source's language those of others."""
    reader = ArticleReader(folder / locale / "articles.sqlite")
    try:
        own = set(reader.passage_keys())
    finally:
        reader.close()
    if locale == source_locale:
        keys = read_passage_keys(folder / PASSAGES)
        own |= {keys[row][:2] for row in read_source_rows(folder / PASSAGES)}
    return len(own)


def _check_words(folder: Path, locale: str, expected: int, checked: dict[str, int]) -> Iterator[str]:
    reader = ArticleReader(folder / "articles.sqlite")
    try:
        passages = reader.passages()
        index = LexicalIndex(folder / "lexical", language_of(locale))
        count(checked, "lexical rows", index.rows)
        if index.rows != expected:
            yield f"has words of {index.rows} passages, expected {expected}"
            return
        yield from index.damage()
        count(checked, "glosses", len(Glosses(folder / GLOSSES, index)))
        rows: dict[str, list[int]] = {}
        for passage in passages:
            rows.setdefault(passage.path, []).append(passage.row)
        for path in (paths[n] for paths in [sorted(rows)] for n in _some(len(rows))):
            title = reader.require(path).title
            if not weighed_tokens(title, language_of(locale)):
                continue
            own = float(index.score(title, rows[path]).max())
            count(checked, "probes", 1)
            hits = index.search(title, _PROBES)
            beaten = len(hits) == _PROBES and own <= hits[-1].score
            if not beaten and not {hit.row for hit in hits} & set(rows[path]):
                yield f"{path} is not found by its own title {title!r}"
    finally:
        reader.close()


def _some(number: int) -> list[int]:
    """Up to _PROBES of so many, the same ones whenever there are as many."""
    return sorted(random.Random(number).sample(range(number), min(_PROBES, number)))
