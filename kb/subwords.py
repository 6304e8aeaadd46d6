"""Mistyped words of languages that no article speaks: judged by how the encoder's own tokenizer would cut them.

A SentencePiece unigram model (Kudo 2018) has a log probability for each of its pieces; that of a word is the sum over
its best segmentation. A slip breaks a word of one or two frequent pieces into several rare ones ("ra·podr·t"), in any
of the model's hundred languages: a word that one edit makes far likelier was mostly meant to be the other.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from kb.alphabets import letters_of
from kb.errors import ModelError
from kb.folding import fold

_BLANK = "▁"  # stands before a word in the model's pieces
# Shorter words have too many neighbours for one of them to be the likely one.
_LEAST, _MOST = 5, 40
# Nats that setting a slip right must gain, by what fingers did: two letters swapped, one left out, one put in, one
# struck in place of another. Of 1,400 slips in 14 languages that are not installed, share set right / made another
# word, and share of 740 right words changed: these .43 .07 .03; one less each of the last two .46 .09 .04. Before
# letters with marks were left alone: these .51 .07 .03, ten each .47 .11 .05.
_SWAPPED, _LEFT_OUT, _PUT_IN, _REPLACED = 7.0, 8.0, 11.0, 12.0
_UNKNOWN = -10.0  # below the rarest piece: a letter that is none, as the tokenizer itself has it
_LONGEST = 16


class Subwords:
    """The pieces of a unigram tokenizer, folded, with their log probabilities."""

    def __init__(self, pieces: Mapping[str, float]) -> None:
        """pieces: folded, letters alone, those that begin a word with "▁" before them."""
        self._pieces = dict(pieces)
        self._unknown = min(self._pieces.values(), default=0.0) + _UNKNOWN
        self._best = [-math.inf] * (_LONGEST + 1)
        for piece, score in self._pieces.items():
            self._best[len(piece)] = max(self._best[len(piece)], score)

    def meant(self, word: str, language: str) -> str | None:
        """The likeliest word one edit away from a folded one, None where none is likely enough."""
        letters = letters_of(word, language)
        if letters is None or not _LEAST <= len(word) <= _MOST:
            return None
        text = _BLANK + word
        before, after = self._prefixes(text, [0.0]), self._suffixes(text)
        best, found = before[-1], None
        for edited, at in _shorter_and_swapped(text, letters.plain):
            score = self._prefixes(edited, before[: at + 1])[-1] - (
                _SWAPPED if len(edited) == len(text) else _PUT_IN
            )
            if score > best:
                best, found = score, edited
        # most promising first, so that most are never looked at: a piece is no likelier than the likeliest so long
        for hole in sorted(self._holes(text, before, after, best), reverse=True):
            if hole.bound <= best:
                break
            left, right = text[hole.start : hole.at], text[hole.at + hole.taken : hole.end]
            if hole.taken and text[hole.at] not in letters.plain:
                continue
            for letter in letters.all:
                score = self._pieces.get(left + letter + right, -math.inf)
                if hole.rest + score > best:
                    best = hole.rest + score
                    found = text[: hole.at] + letter + text[hole.at + hole.taken :]
        return None if found is None else found[1:]

    def _prefixes(self, text: str, known: list[float]) -> list[float]:
        """Log probability of the best segmentation of text[:n], for each n. known: of the first ones."""
        pieces, best = self._pieces, known.copy()
        for end in range(len(best), len(text) + 1):
            scores = [best[end - 1] + self._unknown]
            for start in range(max(0, end - _LONGEST), end):
                score = pieces.get(text[start:end])
                if score is not None:
                    scores.append(best[start] + score)
            best.append(max(scores))
        return best

    def _suffixes(self, text: str) -> list[float]:
        """The same of text[n:]."""
        pieces, size = self._pieces, len(text)
        best = [0.0] * (size + 1)
        for start in range(size - 1, -1, -1):
            scores = [best[start + 1] + self._unknown]
            for end in range(start + 1, min(size, start + _LONGEST) + 1):
                score = pieces.get(text[start:end])
                if score is not None:
                    scores.append(best[end] + score)
            best[start] = max(scores)
        return best

    def _holes(self, text: str, before: list[float], after: list[float], least: float) -> Iterator[_Hole]:
        """Pieces that a letter put in at a place, or in place of another one, could be part of."""
        size, longest = len(text), self._best
        for taken, price in ((0, _LEFT_OUT), (1, _REPLACED)):
            for start in range(size + 1):
                for end in range(max(start + taken, 1), min(size, start + _LONGEST - 1 + taken) + 1):
                    rest = before[start] + after[end] - price
                    bound = rest + longest[end - start + 1 - taken]
                    if bound > least:
                        # nothing is put before the blank that begins the word, nor in its place
                        for at in range(max(start, 1), end - taken + 1):
                            yield _Hole(bound, rest, start, at, taken, end)


class _Hole(NamedTuple):
    """text[start:end] with a letter at `at` in place of `taken` letters; rest: log probability of what is around it;
    bound: of the whole at most."""

    bound: float
    rest: float
    start: int
    at: int
    taken: int
    end: int


def _shorter_and_swapped(text: str, plain: str) -> Iterator[tuple[str, int]]:
    """Edited texts, and where each begins to differ."""
    for at in range(1, len(text)):
        if text[at] in plain:
            yield text[:at] + text[at + 1 :], at
        if at + 1 < len(text):
            yield text[:at] + text[at + 1] + text[at] + text[at + 2 :], at


@lru_cache(2)
def read_subwords(folder: Path) -> Subwords | None:
    """The pieces of a model folder's tokenizer; None where that is of another kind. A second, once.

    Errors: ModelError for a damaged file.
    """
    file = folder / "tokenizer.json"
    try:
        model: Any = json.loads(file.read_text(encoding="utf-8"))["model"]
        if model.get("type") != "Unigram":
            return None
        return Subwords(_folded(model["vocab"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{file} is damaged ({error})") from error


def _folded(vocabulary: list[tuple[str, float]]) -> dict[str, float]:
    """Pieces of letters alone by their folded text: the likeliest of those that differ in case only."""
    found: dict[str, float] = defaultdict(lambda: -math.inf)
    for piece, score in vocabulary:
        begins = piece.startswith(_BLANK)
        letters = piece[begins:]
        if len(piece) <= _LONGEST and (letters.isalpha() or (begins and not letters)):
            folded = _BLANK * begins + fold(letters).text
            if len(folded) <= _LONGEST:
                found[folded] = max(found[folded], score)
    return dict(found)
