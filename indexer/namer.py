"""What words of any language are called in the source (kb.namer), learned from where the encoder puts those whose
names are known: the source's own, and what bilingual units call the words of each locale (kb.glosses).

Linear discriminant analysis (Fisher 1936; Hastie et al. 2009, "The Elements of Statistical Learning", 4.3) over the
words of a sample of passages: a class for each frequent stem of the source, its mean μ taken over locales so that it is
no single language's, one covariance Σ within classes for all, drawn to the sphere since rare classes have few words:

    score(x) = SHARPNESS · (x · Pμ − ½ μ · Pμ) + PRIOR · ln share of the class
    P        = (Σ + RIDGE · tr Σ / width · I)⁻¹
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer.localized import localized_passages
from indexer.stems import commonest_words, stemmed, times_of
from kb.embedded import Collection
from kb.encoded import Spans
from kb.glosses import Glosses
from kb.locales import language_of
from kb.localestore import LocaleStore
from kb.namer import write_namer
from kb.text import analyse
from kb.vectors import Floats
from kb.wordtokens import WordTokens, word_tokens, word_vectors

# Fewer translations tell more of their own languages than of meaning.
LEAST_LOCALES = 3
_LEAST_TIMES = 15  # in the source, for a stem to be a class
# Passages are taken in order until each class has been met so often; all passages gave the same, in four times as long.
_TIMES = 5
_LEAST_SEEN, _LEAST_PLACES = 3, 5  # words of a class in a locale for it to count, and how many must
_MOST_WEIGHT = 200  # words of a locale beyond which its mean counts no more
_SHARPNESS, _PRIOR, _RIDGE = 0.3, 0.5, 1.0
_GRAMMAR = 0.25  # share of the passages that a stem stands in which says nothing by itself
_BATCH = 20_000  # words that are added up at once
Doubles = npt.NDArray[np.float64]


@dataclass(slots=True)
class _Sums:
    """Of one locale's words: how many of each class, their sum, and the sum of their squares over all classes."""

    counts: Doubles
    sums: Doubles
    squares: Doubles

    def add(self, of: Sequence[int], vectors: Floats) -> None:
        """Words of these classes."""
        order = np.argsort(of, kind="stable")
        numbers, firsts, times = np.unique(np.array(of)[order], return_index=True, return_counts=True)
        self.counts[numbers] += times
        self.sums[numbers] += np.add.reduceat(vectors[order].astype(np.float64), firsts, axis=0)
        self.squares += vectors.T @ vectors


@dataclass(frozen=True, slots=True)
class _Classes:
    """number: of each class's stem; stems: of each of the collection's rows that words are taken from."""

    number: dict[str, int]
    stems: dict[int, frozenset[str]]


def can_learn(collection: Collection) -> bool:
    """Whether what it is learned from is there: a second reading to name words for, and enough translations' tokens."""
    stores = (collection.locales[locale] for locale in collection.locales)
    return (
        collection.second is not None
        and collection.tokens is not None
        and sum(store.tokens is not None and len(store.glosses) > 0 for store in stores) >= LEAST_LOCALES
    )


def learn_namer(folder: Path, collection: Collection, spans: Spans) -> None:
    """Writes the file of a collection that `can_learn`. folder: where; spans: of the encoder's tokens."""
    assert collection.tokens is not None
    language = language_of(collection.source_locale)
    texts = [f"{c}\n{t}" if c else t for c, t in collection.texts(range(len(collection.paths)))]
    read = [stemmed(text, language) for text in texts]
    classes = _classes(collection, [text.stems for text in read])
    width = len(collection.means["tokens"])
    rows = sorted(classes.stems)
    source = (_Read(row, texts[row], collection.tokens.vectors(row)[:, :width]) for row in rows)
    learned = [_sums(source, _Names(language, list), classes, spans, width)]
    for locale in sorted(collection.locales):
        store = collection.locales[locale]
        if store.tokens is not None and len(store.glosses):
            names = _Names(language_of(locale), _stems_by(store.glosses, language))
            learned.append(_sums(_passages(store, rows, width), names, classes, spans, width))
    kept, weights, bias = _solve(learned)
    common, shown = times_of([{*text.stems} for text in read]), commonest_words(read)
    products, places = collection.names.vocabulary, set(kept.tolist())
    named = [stem for stem, number in classes.number.items() if number in places]
    silent = {stem for stem in named if common[stem] > _GRAMMAR * len(texts) and stem not in products}
    names_ = ["" if stem in silent else shown[stem] for stem in named]
    write_namer(folder, weights, bias, names_, sorted(products))


def _classes(collection: Collection, found: Sequence[Sequence[str]]) -> _Classes:
    """Classes, and the passages that have each of them often enough. found: the stems of each row."""
    times = times_of(found)
    frequent = sorted(
        stem
        for stem, n in times.items()
        if n >= _LEAST_TIMES and len(stem) > 1 and any(char.isalpha() for char in stem)
    )
    number = {stem: n for n, stem in enumerate(frequent)}
    met: Counter[str] = Counter()
    chosen: dict[int, frozenset[str]] = {}
    for row, stems in enumerate(found):
        if collection.copy_of[row] == row and any(stem in number and met[stem] < _TIMES for stem in stems):
            met.update(stems)
            chosen[row] = frozenset(stems)
    return _Classes(number, chosen)


@dataclass(frozen=True, slots=True)
class _Read:
    """A passage as a token view has it. row: of the collection's views."""

    row: int
    text: str
    vectors: Floats


def _passages(store: LocaleStore, rows: Sequence[int], width: int) -> Iterator[_Read]:
    """A locale's own text of some of the collection's rows."""
    assert store.tokens is not None
    wanted = set(rows)
    row_of = store.rows.tolist()
    paths = {p.path for p in store.reader.passages() if row_of[p.row] in wanted}
    for p in localized_passages(store.reader, paths):
        row = row_of[p.row]
        place = int(store.target_places(np.array([row]))[0]) if row in wanted else -1
        if place >= 0:
            yield _Read(row, f"{p.title}\n{p.text}", store.tokens.vectors(place)[:, :width])


@dataclass(frozen=True, slots=True)
class _Names:
    """Of a language's stems those of the source that they stand for, None where that isn't known."""

    language: str
    of: Callable[[list[str]], Sequence[str | None]]


def _stems_by(glosses: Glosses, language: str) -> Callable[[list[str]], list[str | None]]:
    """The source's stems by a locale's glosses."""

    @lru_cache(None)
    def stem_of(stem: str) -> str | None:
        name = glosses.names_of([stem])[0]
        return next((token.text for token in analyse(name, language)), None) if name else None

    return lambda stems: [stem_of(stem) for stem in stems]


def _sums(read: Iterable[_Read], names: _Names, classes: _Classes, spans: Spans, width: int) -> _Sums:
    """Of the words that stand for a stem that the source has in the same passage."""
    number = len(classes.number)
    sums = _Sums(np.zeros(number), np.zeros((number, width)), np.zeros((width, width)))
    of: list[int] = []
    vectors: list[Floats] = []
    for passage in read:
        places = spans([passage.text])[0]
        if len(places) < len(passage.vectors):
            continue  # read by another tokenizer
        found = word_tokens(passage.text, places[: len(passage.vectors)])
        said = _stands_for(passage, found, names, classes)
        known = [(word, classes.number[stem]) for word, stem in zip(found, said, strict=True) if stem]
        of += [n for _, n in known]
        vectors.append(word_vectors([word for word, _ in known], passage.vectors))
        if len(of) >= _BATCH:
            sums.add(of, np.concatenate(vectors))
            of, vectors = [], []
    if of:
        sums.add(of, np.concatenate(vectors))
    return sums


def _stands_for(
    passage: _Read, found: Sequence[WordTokens], names: _Names, classes: _Classes
) -> list[str | None]:
    """For each word the class's stem that it stands for there. A token of a script without spaces stands for what some
    bigram inside of it does."""
    tokens = analyse(passage.text, names.language)
    there = classes.stems[passage.row]
    stems = [
        stem if stem in there and stem in classes.number else None
        for stem in names.of([token.text for token in tokens])
    ]
    starts = [token.start for token in tokens]
    said = []
    for word in found:
        first = bisect_left(starts, word.start)
        inside = range(first, bisect_left(starts, word.end, first))
        said.append(next((stems[n] for n in inside if tokens[n].end <= word.end and stems[n]), None))
    return said


def _solve(learned: Sequence[_Sums]) -> tuple[npt.NDArray[np.int64], Doubles, Doubles]:
    """(classes that are met in enough places, weights [width, those], bias [those])."""
    counts = np.stack([sums.counts for sums in learned])
    kept = np.flatnonzero((counts >= _LEAST_SEEN).sum(axis=0) >= min(_LEAST_PLACES, len(learned)))
    weight = np.minimum(counts, _MOST_WEIGHT)
    of_place = np.stack([sums.sums for sums in learned]) / np.maximum(counts, 1.0)[:, :, None]
    means = (of_place * weight[:, :, None]).sum(axis=0) / np.maximum(weight.sum(axis=0), 1.0)[:, None]
    total, sums = counts.sum(axis=0), np.sum([one.sums for one in learned], axis=0)
    crossed = sums.T @ means
    squares = np.sum([one.squares for one in learned], axis=0)
    within = (squares - crossed - crossed.T + (means.T * total) @ means) / max(total.sum(), 1.0)
    width = len(within)
    spread = _RIDGE * np.trace(within) / width
    weights = np.linalg.solve(within + spread * np.eye(width), means[kept].T)
    bias = -0.5 * np.einsum("ij,ji->i", means[kept], weights)
    shares = np.maximum(total[kept], 1.0) / max(total.sum(), 1.0)
    return kept, _SHARPNESS * weights, _SHARPNESS * bias + _PRIOR * np.log(shares)
