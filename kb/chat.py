"""A follow-up understood by what was asked before it, without a language model.

A short question that finds little by itself, and the article told last among it, leans on what was asked before: a
logistic model of these three. It is then looked up twice, by itself and with its context before it: the question that
opened the topic, and the last one. The two orders are made one (kb.chatrank). The answer's own text is never used. A
question that stands on its own is left alone, so that a switch of topic is not dragged back.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from kb.hit import Answer, SearchRequest

MAX_HISTORY = 50

FOLLOW_FEATURES = ("near", "gap", "length")
_FOLLOWS = 0.2
# A reference to a step may have this many words besides it; more of them ask something of their own.
_STEP_WORDS = 4
# What ends a question and would stand in the middle of a joined one.
_ENDS = " ?.!:;？。！：；؟"


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """An earlier turn, as the client remembers it.

    interpreted_query  as it came back; None or the question itself where the question stood on its own
    article            path of the article that the answer cited, or listed first as related (`leans_on`)
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
    """What a follow-up can lean on: the turn before it, the question that opened the topic, the article told last."""

    previous: HistoryItem
    topic: HistoryItem
    article: str | None

    @property
    def questions(self) -> tuple[str, ...]:
        """Those that stand before a follow-up. Two are enough, however long the conversation gets."""
        if self.previous is self.topic:
            return (self.topic.question,)
        return (self.topic.question, self.previous.question)


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


def leans_on(answer: Answer) -> str | None:
    """Path of the article that the next question may be about: the one cited, else the first that is related."""
    told = (*(c.article for c in answer.citations), *(hit.article for hit in answer.related))
    return next(iter(told), None)


def follow_probability(near: float, gap: float | None, question: str) -> float:
    """How likely a question is a follow-up, 0 to 1.

    near  cosine between the question and the best passage that it finds by itself, centred by language
    gap   how far the article told last is behind the first one, in the scores that the question gives by itself; None
          counts as the average
    """
    model = _model()
    values = zip(FOLLOW_FEATURES, follow_features(near, gap, question), strict=True)
    z = model["intercept"] + sum(
        model["coefficients"][name] * (model["mean"][name] if value is None else value)
        for name, value in values
    )
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, z))))


def follow_features(near: float, gap: float | None, question: str) -> list[float | None]:
    """What `follow_probability` looks at, in the order of FOLLOW_FEATURES."""
    return [near, gap, math.log(max(1, len(question.strip())))]


@lru_cache(1)
def _model() -> dict[str, Any]:
    """scripts/train_chat.py writes it."""
    model: dict[str, Any] = json.loads(files("kb").joinpath("followup.json").read_text(encoding="utf-8"))
    return model


def is_follow_up(probability: float) -> bool:
    return probability >= _FOLLOWS


def asks_for_step(other_words: int, probability: float) -> bool:
    """Whether a question that names a step means one of the cited article's."""
    return other_words <= _STEP_WORDS or is_follow_up(probability)


def joined(context: Sequence[str], question: str) -> str:
    """A question with those of its context before it, as it is shown and looked up."""
    before = "; ".join(text.strip().rstrip(_ENDS) for text in context)
    return f"{before}: {question.strip()}"
