"""Phrases of a source that may be terms, and the words of its translations that may translate them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import regex

_SENTENCE = regex.compile(r"[^.,:;!?()\[\]\"“”<>|/]+")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*")
_RUN = regex.compile(r"[\p{Han}\p{Katakana}\u30FC]+|[\p{Thai}]+")
# A phrase neither begins nor ends with one of these.
_FUNCTION_WORDS = """
    a an and any are as at be been but by can could did do does for from get had has have how i if in
    into is it its like make may more most must my need needs no not now of off on one only or other our
    out see select should so some such than that the their them then there these they this those to up
    use used using want was we were what when where which while who why will with would you your click
    choose go following more all also each don't
"""
_FUNCTION = frozenset(_FUNCTION_WORDS.split())
_PHRASE_WORDS = range(2, 5)
_GRAM_WORDS = 5
_GRAM_CHARACTERS = range(2, 9)
# A translation is what most units share, and what is rare elsewhere.
_COVERAGE = 0.6
_RARE = 0.25


def phrases(source: str) -> Iterator[str]:
    """Runs of two to four words within a clause, in lower case; none begins or ends with a function word."""
    for clause in _SENTENCE.findall(source):
        words = [w.casefold() for w in _WORD.findall(clause)]
        for size in _PHRASE_WORDS:
            for start in range(len(words) - size + 1):
                run = words[start : start + size]
                if not ({run[0], run[-1]} & _FUNCTION or any(w.isdecimal() for w in (run[0],))):
                    yield " ".join(run)


def target_grams(target: str) -> Iterator[str]:
    """Runs of one to five words in lower case; of scripts without spaces runs of two to eight characters."""
    for clause in _SENTENCE.findall(target):
        for run in _RUN.findall(clause):
            for size in _GRAM_CHARACTERS:
                yield from (run[i : i + size] for i in range(len(run) - size + 1))
        words = [(m.group().casefold(), *m.span()) for m in _WORD.finditer(_RUN.sub("。", clause))]
        for start in range(len(words)):
            for stop in range(start + 1, min(len(words), start + _GRAM_WORDS) + 1):
                if all(b[1] - a[2] <= 1 for a, b in pairwise(words[start:stop])):
                    yield " ".join(word for word, _, _ in words[start:stop])


def common_words(targets: Sequence[str], common: Mapping[str, int], sample: int) -> str | None:
    """The run that most of the targets share and other units of the locale rarely have; None if there is none.

    Among those that stand out, the one with the largest coverage, then the longest, then by text.

    common  in how many of `sample` units of the locale each run stands
    """
    counts = Counter(gram for target in targets for gram in set(target_grams(target)))
    best = [
        (count / len(targets), len(gram), gram)
        for gram, count in counts.items()
        if count >= _COVERAGE * len(targets) and common.get(gram, 0) / sample <= _RARE * count / len(targets)
    ]
    if not best:
        return None
    top = max(coverage for coverage, _, _ in best)
    near = [(length, gram) for coverage, length, gram in best if coverage >= 0.9 * top]
    return min(near, key=lambda one: (-one[0], one[1]))[1]
