"""IBM Model 1 beside a plain implementation of the paper's formulas, and what it learns from a few sentences."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.model1 import _ROUNDS, Side, pair_counts, train

Pairs = list[tuple[list[int], list[int]]]

# (given, words) of each sentence pair
sentences = st.lists(
    st.tuples(
        st.lists(st.integers(0, 5), max_size=4, unique=True),
        st.lists(st.integers(0, 6), max_size=4, unique=True),
    ),
    max_size=8,
)


def side(sentences: list[list[int]], size: int) -> Side:
    words = np.array([word for sentence in sentences for word in sentence], dtype=np.int64)
    return Side(words, np.array([len(s) for s in sentences], dtype=np.int64), size)


def learned(pairs: Pairs) -> dict[tuple[int, int], float]:
    table = train(side([words for _, words in pairs], 7), side([given for given, _ in pairs], 6))
    found = zip(table.given.tolist(), table.word.tolist(), table.probability.tolist(), strict=True)
    return {(of, word): probability for of, word, probability in found}


def plainly(pairs: Pairs) -> dict[tuple[int, int], float]:
    """The same in loops; 6 stands for no word."""
    spoken = [([*of, 6], words) for of, words in pairs]
    met: defaultdict[int, set[int]] = defaultdict(set)
    for of, words in spoken:
        for source in of:
            met[source] |= set(words)
    t = {(source, word): 1 / len(met[source]) for source in met for word in met[source]}
    for _ in range(_ROUNDS):
        count: defaultdict[tuple[int, int], float] = defaultdict(float)
        for of, words in spoken:
            for word in words:
                total = sum(t[source, word] for source in of)
                for source in of:
                    count[source, word] += t[source, word] / total
        totals: defaultdict[int, float] = defaultdict(float)
        for (source, _), expected in count.items():
            totals[source] += expected
        t = {key: expected / totals[key[0]] for key, expected in count.items()}
    return {key: probability for key, probability in t.items() if key[0] != 6}


@given(sentences)
def test_it_is_the_papers_algorithm(pairs: Pairs) -> None:
    assert learned(pairs) == pytest.approx(plainly(pairs), abs=1e-9)


@given(sentences)
def test_what_a_word_becomes_adds_up(pairs: Pairs) -> None:
    totals: defaultdict[int, float] = defaultdict(float)
    for (of, _), probability in learned(pairs).items():
        totals[of] += probability
    assert list(totals.values()) == pytest.approx([1.0] * len(totals))


def test_words_that_go_together_explain_each_other_away() -> None:
    # "das haus", "das buch", "ein buch" and "the house", "the book", "a book": no pair says which word is which
    das, ein, haus, buch = range(4)
    the, a, house, book = range(4)
    table = learned([([das, haus], [the, house]), ([das, buch], [the, book]), ([ein, buch], [a, book])])
    best = {of: max(range(4), key=lambda word: table.get((of, word), 0.0)) for of in range(4)}
    assert best == {das: the, ein: a, haus: house, buch: book}


def test_pairs_of_a_sentence_count_the_empty_word_too() -> None:
    assert pair_counts(np.array([3, 0]), np.array([2, 5])).tolist() == [9, 0]
