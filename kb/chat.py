"""A follow-up understood by what was asked before it, without a language model.

A question that finds little by itself, is near to the question before it and short, leans on it: a logistic model of
these three. Its embedding is then moved towards the title of the article that was cited, or where none was towards the
question that opened the topic; never towards the answer. Question and expansion are both looked up, in one search.
A question that stands on its own is left alone, so that a switch of topic is not dragged back.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.hit import SearchRequest

MAX_HISTORY = 50

# Fitted on 51 later turns of 25 conversations against 150 questions after an unrelated one, in 27 languages: these
# three features tell them apart with an AUROC of .96 (.95 with the source view alone), cross-validated by conversation.
_BIAS, _NEAR, _SIMILAR, _LENGTH = 28.0, -31.0, 20.0, -5.0
_FOLLOWS = 0.5
# How much of the context is added to a question's unit vector; a title says it more purely than a question does.
_TITLE_WEIGHT = 1.0
_QUESTION_WEIGHT = 0.8
# A reference to a step may have this many words besides it; more of them ask something of their own.
_STEP_WORDS = 4

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """An earlier turn, as the client remembers it.

    interpreted_query  as it came back; None or the question itself where the question stood on its own
    article            path of the article that the answer cited, None where it cited none
    locale             the reader's at the time: what its language probably was
    """

    question: str
    interpreted_query: str | None = None
    article: str | None = None
    locale: str | None = None

    @property
    def followed(self) -> bool:
        return self.interpreted_query not in (None, self.question)


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A turn of a conversation; interpret: False takes the question as it stands."""

    question: str
    history: tuple[HistoryItem, ...] = ()
    locale: str | None = None
    lang: str | None = None
    collection: str | None = None
    interpret: bool = True

    def search_request(self) -> SearchRequest:
        return SearchRequest(self.question, locale=self.locale, lang=self.lang, collection=self.collection)


@dataclass(frozen=True, slots=True)
class Interpreted:
    """How a turn was understood.

    interpreted_query  the question with its context before it; the question itself where it needs none
    follow_up          whether it leans on what was asked before
    step               number of the step of the cited article that it asks for
    """

    generation: str
    detected_lang: str
    interpreted_query: str
    follow_up: bool
    step: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a follow-up can lean on: the turn before it, the question that opened the topic, the article cited last."""

    previous: HistoryItem
    topic: HistoryItem
    article: str | None


def context_of(history: Sequence[HistoryItem]) -> Context | None:
    """The context of the next question; None at the start. The topic goes back as long as each turn was a follow-up."""
    if not history:
        return None
    at = len(history) - 1
    article = history[at].article
    while at > 0 and history[at].followed:
        at -= 1
        article = article or history[at].article
    return Context(history[-1], history[at], article)


def follow_probability(near: float, similarity: float, question: str) -> float:
    """How likely a question is a follow-up, 0 to 1.

    near        cosine between the question and the best passage that it finds by itself
    similarity  cosine between it and the question before; both between vectors centred by language
    """
    z = _BIAS + _NEAR * near + _SIMILAR * similarity + _LENGTH * math.log(max(1, len(question.strip())))
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, z))))


def is_follow_up(probability: float) -> bool:
    return probability >= _FOLLOWS


def asks_for_step(other_words: int, probability: float) -> bool:
    """Whether a question that names a step means one of the cited article's."""
    return other_words <= _STEP_WORDS or is_follow_up(probability)


def blend(question: Vector, context: Vector, probability: float, *, title: bool) -> Vector:
    """The question's vector moved towards its context's, of unit length. All are unit vectors, centred by language;
    title: the context is an article's title, else a question."""
    weight = probability * (_TITLE_WEIGHT if title else _QUESTION_WEIGHT)
    mixed = question + weight * context
    return np.asarray(mixed / np.linalg.norm(mixed), dtype=np.float64)


def joined(context: str, question: str) -> str:
    """A question with its context before it, as it is shown and looked up."""
    return f"{context.strip().rstrip('?.!:')}: {question.strip()}"
