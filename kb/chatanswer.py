"""A turn of a conversation, from the question to the answer, in two stages: how it is understood, what answers it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kb.answer import Asking, Found, answer
from kb.article import Article
from kb.chat import (
    ChatRequest,
    Context,
    Interpreted,
    asks_for_step,
    context_of,
    follow_probability,
    is_follow_up,
    joined,
)
from kb.chatrank import gap_to, merged
from kb.embedded import Collection, Generation
from kb.encoded import TextReader
from kb.hit import Answer, SearchRequest
from kb.language import LanguageDetector
from kb.questionlanguage import question_language
from kb.rank import Question
from kb.ranked import Ranked, fold_duplicates
from kb.search import check_request, question_of, rank_all, reader_locale
from kb.secondtext import second_text
from kb.show import display_locale, stored_article
from kb.stepwords import step_reference


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
    question, _ = question_of(collections, asked, language, reading.reader)
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
        told = (cited.name, context.article) if cited is not None and context.article is not None else None
        probability = follow_probability(
            max(r.dense for r in self.ranked), gap_to(self.ranked, told), self.question.text
        )
        step = step_reference(self.question.text)
        names_step = step is not None and asks_for_step(step.other_words, probability)
        if not is_follow_up(probability) and not (cited and names_step):
            return alone, self.ranked
        text = joined(context.questions, self.question.text)
        found = rank_all(self.collections, self._looked_up(text), self.asked)
        ranked = merged(self.ranked, found, probability, told)
        understood = replace(alone, interpreted_query=text, follow_up=True)
        if names_step and step is not None and cited is not None and context.article is not None:
            wanted = self._step(cited, context.article, step.number, ranked)
            if wanted is not None:
                rest = [r for r in ranked if (r.collection, r.path) != (cited, context.article)]
                return replace(understood, step=step.number), [wanted, *rest]
        if not is_follow_up(probability):
            return alone, self.ranked
        return understood, ranked

    def _cited(self, path: str | None) -> Collection | None:
        """The collection that has the cited article; None when it is gone, or was never there."""
        return next((c for c in self.collections if path is not None and c.locales_of(path)), None)

    def _looked_up(self, text: str) -> Question:
        """The question with its context before it, as one text."""
        reader = self.reading.reader
        begun = reader.begin(text, second_text(self.collections, text, self.question.language, reader))
        variants = (*self.question.variants, text)
        return replace(self.question, vectors=begun, variants=variants, read=text)

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
        return listed._replace(rows=((best, score),))


def _step_segments(article: Article, number: str) -> list[int]:
    """Where the blocks and lettered lines of this number start, as segments counted through the article."""
    found, first = [], 0
    for block in article.blocks:
        if block.number == number:
            found.append(first)
        found += [first + part.cells[0][0] for part in block.parts if part.number == number]
        first += len(block.segments)
    return found
