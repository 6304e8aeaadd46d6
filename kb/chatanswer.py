"""A turn of a conversation, from the question to the answer, in two stages: how it is understood, what answers it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kb.answer import Asking, Found, answer
from kb.article import Article
from kb.chat import (
    ChatRequest,
    Context,
    Interpreted,
    Vector,
    asks_for_step,
    blend,
    context_of,
    follow_probability,
    is_follow_up,
    joined,
)
from kb.embedded import Collection, Generation
from kb.encoded import TextReader
from kb.hit import Answer, SearchRequest
from kb.language import LanguageDetector
from kb.locales import language_of
from kb.rank import Question, Ranked, fold_duplicates, question_locale
from kb.search import check_request, question_language, question_of, rank_all, reader_locale
from kb.show import display_locale, stored_article
from kb.stepwords import step_reference
from kb.vectors import centre


@dataclass(frozen=True, slots=True)
class Reading:
    """What a turn is answered from."""

    generation: Generation
    detector: LanguageDetector
    reader: TextReader


def chat(reading: Reading, request: ChatRequest, started: float) -> Iterator[Interpreted | Answer]:
    """Gives how the question is understood, then its answer; whoever stops in between spares the rest.

    started: time.perf_counter() when the request came. Errors: as `ask`'s, before anything is given.
    """
    asked = request.search_request()
    collections = check_request(reading.generation, asked)
    context = context_of(request.history) if request.interpret else None
    language = _language(reading.detector, request, context, collections)
    question, _ = question_of(collections, asked, language, reading.reader.embed)
    ranked = rank_all(collections, question, asked)
    found = _Found(reading, collections, asked, question, ranked)
    interpreted = Interpreted(reading.generation.id, language, request.question, follow_up=False)
    if context is not None and ranked:
        interpreted, ranked = found.follow(context, interpreted)
    yield interpreted
    asking = Asking(reading.generation, asked, language, reading.reader, started)
    what = Found(question, fold_duplicates(ranked), interpreted.step)
    told = answer(asking, what, "answered" if interpreted.step else None)
    # what is asked about an article that was told a moment ago may well stand in it
    yield answer(asking, what, "related") if interpreted.follow_up and told.outcome == "none" else told


def _language(
    detector: LanguageDetector,
    request: ChatRequest,
    context: Context | None,
    collections: Sequence[Collection],
) -> str:
    """The question's language, as `ask` guesses it; without the reader's, that of the question before is the prior."""
    asked = request.search_request()
    if asked.locale is None and context is not None:
        before = context.previous.locale or detector.detect(context.previous.question).lang
        asked = replace(asked, locale=None if before == "und" else before)
    return question_language(asked, detector, collections)


@dataclass(frozen=True, slots=True)
class _Found:
    """A question and what it finds by itself."""

    reading: Reading
    collections: Sequence[Collection]
    asked: SearchRequest
    question: Question
    ranked: list[Ranked]

    def follow(self, context: Context, alone: Interpreted) -> tuple[Interpreted, list[Ranked]]:
        """The question with its context: how it is understood, and what it finds."""
        cited = self._cited(context.article)
        home = cited or self.collections[0]
        own = self._centred(home, self.question.text, self.question.language)
        previous = self._centred(
            home, context.previous.question, self._language_of(context.previous.question)
        )
        probability = follow_probability(
            max(r.dense for r in self.ranked), float(own @ previous), self.question.text
        )
        step = step_reference(self.question.text)
        names_step = step is not None and asks_for_step(step.other_words, probability)
        if not is_follow_up(probability) and not (cited and names_step):
            return alone, self.ranked
        if cited is not None and context.article is not None:
            shown, title = self._titles(cited, context.article)
            towards = self._centred(cited, title, language_of(cited.source_locale))
            mixed = blend(own, towards, probability, title=True)
            looked_up = self._looked_up(home, mixed, joined(title, self.question.text))
            ranked = rank_all(self.collections, looked_up, self.asked)
            understood = replace(alone, interpreted_query=joined(shown, self.question.text), follow_up=True)
            if names_step and step is not None:
                wanted = self._step(cited, context.article, step.number, ranked)
                if wanted is not None:
                    rest = [r for r in ranked if (r.collection, r.path) != (cited, context.article)]
                    return replace(understood, step=step.number), [wanted, *rest]
            if not is_follow_up(probability):
                return alone, self.ranked
            return understood, ranked
        topic = context.topic.question
        towards = self._centred(home, topic, self._language_of(topic))
        text = joined(topic, self.question.text)
        looked_up = self._looked_up(home, blend(own, towards, probability, title=False), text)
        ranked = rank_all(self.collections, looked_up, self.asked)
        return replace(alone, interpreted_query=text, follow_up=True), ranked

    def _cited(self, path: str | None) -> Collection | None:
        """The collection that has the cited article; None when it is gone, or was never there."""
        return next((c for c in self.collections if path is not None and c.locales_of(path)), None)

    def _titles(self, collection: Collection, path: str) -> tuple[str, str]:
        """The cited article's title as the reader sees it, and in the source language."""
        locale = display_locale(
            collection, path, reader_locale(collection, self.asked, self.question.language)
        )
        article = stored_article(collection, path, locale).article
        return article.title, article.source_title or article.title

    def _language_of(self, text: str) -> str:
        return self.reading.detector.detect(text, self.question.language).lang

    def _centred(self, collection: Collection, text: str, language: str) -> Vector:
        mean = collection.question_mean(question_locale(collection, language))
        return np.asarray(centre(self.reading.reader.embed(text).whole[None, :], mean)[0], dtype=np.float64)

    def _looked_up(self, collection: Collection, mixed: Vector, text: str) -> Question:
        """The question with its context. mixed: unit vector of both; text: both, the context first."""
        # ranking takes off the mean of the question's language, which a mixed vector no longer has
        mean = collection.question_mean(question_locale(collection, self.question.language))
        read = self.reading.reader.embed(text, self.question.language)
        return replace(
            self.question,
            vector=np.asarray(mixed + mean, dtype=np.float32),
            variants=(*self.question.variants, text),
            read=text,
            tokens=read.tokens,
            second=read.second,
        )

    def _step(
        self, collection: Collection, path: str, number: str, ranked: Sequence[Ranked]
    ) -> Ranked | None:
        """The article with the passage that holds the step; of several steps of the number, the one whose passage was
        found first. None where no step has the number."""
        locale = display_locale(
            collection, path, reader_locale(collection, self.asked, self.question.language)
        )
        segments = _step_segments(stored_article(collection, path, locale).article, number)
        rows = [row for row, own in enumerate(collection.paths) if own == path]
        holding = []
        for row in rows:
            passage = collection.locales[locale].passage(path, collection.numbers[row])
            if passage is not None and any(passage.start <= at < passage.stop for at in segments):
                holding.append(row)
        if not holding:
            return None
        listed = next((r for r in ranked if r.collection is collection and r.path == path), None)
        scores = dict(listed.rows) if listed else {}
        best = max(holding, key=lambda row: (scores.get(row, -math.inf), -row))
        score = scores.get(best, 0.0)
        if listed is None:
            return Ranked(collection, path, score, 0.0, 0.0, 0.0, ((best, score),))
        return replace(listed, rows=((best, score),))


def _step_segments(article: Article, number: str) -> list[int]:
    """Where the blocks and lettered lines of this number start, as segments counted through the article."""
    found, first = [], 0
    for block in article.blocks:
        if block.number == number:
            found.append(first)
        found += [first + part.cells[0][0] for part in block.parts if part.number == number]
        first += len(block.segments)
    return found
