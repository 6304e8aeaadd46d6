"""What an encoder makes of texts: a vector for each, and one for each of its tokens."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


class Encoded(NamedTuple):
    """vectors: float32 [texts, dim], rows of unit length; tokens: for each text float32 [its tokens, width], rows of
    unit length in the order of the text, the specials' and the prompt's left out."""

    vectors: Floats
    tokens: list[Floats]


class QuestionVectors(NamedTuple):
    """One question, not centred: whole, a unit vector [dim]; tokens, unit rows [tokens, width]."""

    whole: Floats
    tokens: Floats
