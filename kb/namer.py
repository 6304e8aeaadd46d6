"""A text in any language word by word in the source's: what a word is called is told by where the encoder puts it.

The encoder lays words of all languages near each other that mean the same, in context. A linear classifier over its
vectors of words, learned from the installed locales (indexer.namer), says which word of the source each is likeliest
to be, in languages of which the index has none too. On disk, in a collection's folder, `namer.npz`:

    weights  float16 [width, classes], bias float32 [classes]: a word's scores are vector · weights + bias
    names    uint8, UTF-8 text of a line for each class; "" for words that say too little
    kept     uint8, UTF-8 text of a line for each folded word that stays as it is: names of products
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from kb.errors import IndexDamaged
from kb.folding import LATIN, fold
from kb.generation import REBUILD
from kb.vectors import Floats
from kb.wordtokens import WordTokens, word_vectors

FILE = "namer.npz"
Doubles = npt.NDArray[np.float64]
# Scores of classes are divided by it before they become shares, so that more than the likeliest one is seen.
_SOFTNESS = 2.0


class Naming(NamedTuple):
    """Of each token of a text, as one of its word: whether that is likeliest grammar, which has no name; the share of
    classes with a name, 0 to 1. Float32 [tokens]; NaN for a token in no word."""

    silent: Floats
    said: Floats


class Namer:
    """A collection's, opened. Threads may share one."""

    def __init__(self, file: Path) -> None:
        try:
            # opened here, since numpy leaves a file open that is no archive
            with file.open("rb") as stream, np.load(stream) as found:
                self._weights = found["weights"].astype(np.float32)
                self._bias = found["bias"].astype(np.float32)
                self._names, self._kept = _lines(found["names"]), frozenset(_lines(found["kept"]))
        except (OSError, EOFError, KeyError, ValueError, BadZipFile) as error:
            raise IndexDamaged(f"{file} can't be read ({error}); {REBUILD}") from error
        self._named = np.array([bool(name) for name in self._names], dtype=bool)
        if self._weights.ndim != 2 or self._bias.shape != (self._weights.shape[1],):
            raise IndexDamaged(
                f"{file} has weights {self._weights.shape} and bias {self._bias.shape}; {REBUILD}"
            )
        if len(self._names) != len(self._bias) or not np.isfinite(self._weights).all():
            raise IndexDamaged(
                f"{file} has {len(self._names)} names for {len(self._bias)} classes, or bad weights; {REBUILD}"
            )

    def __len__(self) -> int:
        return len(self._bias)

    def of(self, text: str, words: Sequence[WordTokens], tokens: Floats) -> str:
        """The names of a text's words in their order, each once; "" without classes.

        tokens  centred unit vectors, [tokens, width]

        A word stays as it is where it has a digit, is a product's name, or is in ASCII among another script's.
        """
        if not len(self) or not words:
            return ""
        best = (word_vectors(words, tokens) @ self._weights + self._bias).argmax(axis=1)
        foreign = not _is_latin(text)
        said = []
        for word, place in zip(words, best.tolist(), strict=True):
            own = text[word.start : word.end]
            said.append(own if self._stays(own, foreign) else self._names[place])
        return " ".join(filter(None, dict.fromkeys(said)))

    def naming(self, words: Sequence[WordTokens], tokens: Floats) -> Naming | None:
        """How the words of a text would be named; None without classes or words. tokens: as in `of`."""
        if not len(self) or not words:
            return None
        scores = word_vectors(words, tokens) @ self._weights + self._bias
        silent, said = np.full((2, len(tokens)), np.nan, dtype=np.float32)
        likeliest = scores.argmax(axis=1)
        soft = np.exp((scores - scores.max(axis=1, keepdims=True)) / _SOFTNESS)
        shares = soft[:, self._named].sum(axis=1) / soft.sum(axis=1)
        for word, best, share in zip(words, likeliest, shares, strict=True):
            silent[word.tokens], said[word.tokens] = not self._named[best], share
        return Naming(silent, said)

    def _stays(self, word: str, foreign: bool) -> bool:
        if any(char.isdigit() for char in word):
            return True
        return word.isascii() and len(word) > 1 and (foreign or fold(word).text in self._kept)


def _is_latin(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return 4 * sum(LATIN.fullmatch(char) is not None for char in letters) > 3 * len(letters)


def write_namer(
    folder: Path, weights: Doubles, bias: Doubles, names: Sequence[str], kept: Sequence[str]
) -> None:
    """Writes a collection's file."""
    np.savez(
        folder / FILE,
        weights=weights.astype(np.float16),
        bias=bias.astype(np.float32),
        names=_text(names),
        kept=_text(kept),
    )


def _text(lines: Sequence[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(lines).encode("utf-8"), dtype=np.uint8)


def _lines(text: npt.NDArray[np.uint8]) -> list[str]:
    read = text.tobytes().decode("utf-8")
    return read.split("\n") if read else []
