"""What an encoder makes of texts: a vector for each, and one for each of its tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


class Encoded(NamedTuple):
    """vectors: float32 [texts, dim], rows of unit length; tokens: for each text float32 [its tokens, width], rows of
    unit length in the order of the text, the specials' and the prompt's left out."""

    vectors: Floats
    tokens: list[Floats]


class Vectors(NamedTuple):
    """One question as one encoder reads it, not centred: whole, a unit vector [dim]; tokens, unit rows [tokens,
    width]."""

    whole: Floats
    tokens: Floats


class QuestionVectors(NamedTuple):
    """One question as the encoder reads it, and as the second one does where it has been given something to read.

    named  whether that is what words were called by where the encoder put them (kb.namer)
    """

    whole: Floats
    tokens: Floats
    second: Vectors | None = None
    named: bool = False


# What the second encoder is to read of a text (kb.secondtext): a text, "" for nothing, or what makes one of the tokens
# that the first encoder has read.
Again = str | Callable[[Floats], str]


class Embed(Protocol):
    """Gives a text's vectors."""

    def __call__(self, text: str, again: Again = "") -> QuestionVectors: ...


# what a reading that has begun will give
Pending = Callable[[], QuestionVectors]
# code points [from, to) of each text's tokens
Spans = Callable[[Sequence[str]], list[list[tuple[int, int]]]]
Meant = Callable[[str, str], str | None]


class TextReader(NamedTuple):
    """What reads texts for one request.

    embed  a question's vectors
    begin  the same, read while the caller does something else
    spans  code points [from, to) of each text's tokens, in the order of their vectors; second_spans: of those of the
           second encoder
    meant  what a folded word of a language was probably meant to be, by the encoder's own vocabulary
    """

    embed: Embed
    begin: Callable[[str, Again], Pending]
    spans: Spans
    second_spans: Spans
    meant: Meant


def at_hand(whole: Floats, tokens: Floats | None = None) -> Pending:
    """Vectors of a question that are there already."""
    vectors = QuestionVectors(whole, np.empty((0, 0), dtype=np.float32) if tokens is None else tokens)
    return lambda: vectors
