"""Evaluation on one page: rank every judged question, draft every answer, replay every conversation, then score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from indexer.evalchat import Turn, TurnResult, replay
from indexer.evalnames import resolve_articles
from indexer.evalsets import EvalSet, Query, Unanswerable
from indexer.evalunits import Overlap, Quoting, score_quotings
from indexer.metrics import Scores, optional, score_rankings
from indexer.report import Progress
from indexer.trec import gains
from kb.embedded import Collection
from kb.errors import InputError
from kb.hit import Answer, Outcome, SearchRequest
from kb.rank import VARIANTS, Variant
from kb.ranked import Ranked
from kb.views import views_for

# the ranking itself first, then what it is made of
LEGS: tuple[Variant, ...] = tuple(VARIANTS)
DEPTH = 100
Question = Query | Unanswerable


class Knowledge(Protocol):
    """The part of kb.knowledge.KnowledgeBase that is evaluated."""

    def rank(self, request: SearchRequest, variant: Variant = "fused") -> list[Ranked]: ...

    def draft(self, request: SearchRequest) -> Answer: ...


@dataclass(frozen=True, slots=True)
class EvalOptions:
    """collection    None: all of them
    legs           measure each leg of the ranking as well
    tell_language  send each question with its judged language, instead of having it detected
    numbering      the locale whose files the judged units are numbered in; None: any
    """

    collection: str | None = None
    legs: bool = False
    tell_language: bool = False
    numbering: str | None = None

    def request(self, text: str, lang: str) -> SearchRequest:
        return SearchRequest(text, lang=lang if self.tell_language else None, collection=self.collection)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as answered. kind: "answerable", else its kind of being unanswerable; right: the article that the
    answer quotes answers it."""

    id: str
    kind: str
    confidence: float
    outcome: Outcome
    right: bool


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that was measured, question by question; indexer/evalsummary.py makes the figures of it.

    sets      with every article by its path
    locales   those installed; views: the embedding views that questions may ask
    judged    for each query the gains of its articles
    runs      for each leg and query the first articles found, best first; scores: of each leg and query
    overlaps  for each query whose first article is the judged one
    """

    sets: EvalSet
    locales: tuple[str, ...]
    views: tuple[str, ...]
    judged: Mapping[str, Mapping[str, int]]
    runs: Mapping[Variant, Mapping[str, tuple[str, ...]]]
    scores: Mapping[Variant, Mapping[str, Scores]]
    overlaps: Mapping[str, Mapping[Quoting, Overlap]]
    asked: tuple[Asked, ...]
    turns: tuple[TurnResult, ...]


def evaluate(
    kb: Knowledge, sets: EvalSet, options: EvalOptions, turn: Turn, progress: Progress
) -> Evaluation:
    """Errors: InputError for an article that isn't indexed, or a missing extra, before anything is measured."""
    if sets.queries:
        optional("ir_measures")
    collections = _collections(kb, sets, options)
    sets = resolve_articles(sets, _paths(collections))
    judged = {q.id: gains(q.right, q.partial) for q in sets.queries}
    ranked = dict(_ranked(kb, sets.queries, options, progress))
    runs = {LEGS[0]: {q.id: paths_of(ranked[q.id]) for q in sets.queries}}
    for leg in LEGS[1:] if options.legs and sets.queries else ():
        runs[leg] = dict(_leg(kb, sets.queries, options, leg, progress))
    answers = dict(_answers(kb, sets, options, progress))
    overlaps = {
        q.id: score_quotings(q, answers[q], ranked[q.id][0], options.numbering)
        for q in sets.queries
        if q.units and runs[LEGS[0]][q.id][:1] == (q.article,)
    }
    return Evaluation(
        sets=sets,
        locales=tuple(sorted({locale for c in collections for locale in c.locales})),
        views=tuple(sorted({view for c in collections for view in _views(c)})),
        judged=judged,
        runs=runs,
        scores={leg: score_rankings(run, judged) for leg, run in runs.items()} if judged else {},
        overlaps=overlaps,
        asked=tuple(_asked(sets, answers)),
        turns=tuple(_turns(sets, turn, progress)),
    )


def paths_of(ranked: Sequence[Ranked]) -> tuple[str, ...]:
    """Paths of the first articles, as far as a run goes."""
    return tuple(r.path for r in ranked[:DEPTH])


def _collections(kb: Knowledge, sets: EvalSet, options: EvalOptions) -> list[Collection]:
    """The collections that questions are asked of: each proposes something for any question."""
    texts = [(q.text, q.lang) for q in sets.queries] + [(q.text, q.lang) for q in sets.unanswerable]
    texts += [(turn.text, turn.lang) for chat in sets.chats for turn in chat.turns]
    if not texts:
        raise InputError("no query to evaluate; give at least one file of queries")
    found = {r.collection.name: r.collection for r in kb.rank(options.request(*texts[0]))}
    return [found[name] for name in sorted(found)]


def _paths(collections: Sequence[Collection]) -> set[str]:
    paths: dict[str, str] = {}
    for collection in collections:
        for path in {*collection.paths, *collection.bodies}:
            if path in paths:
                raise InputError(
                    f"article {path!r} is in the collections {paths[path]!r} and {collection.name!r}; "
                    "choose one of them with --collection"
                )
            paths[path] = collection.name
    return set(paths)


def _views(collection: Collection) -> Iterator[str]:
    for locale in (None, *collection.locales):
        yield from views_for(collection, locale)


def _ranked(
    kb: Knowledge, queries: Sequence[Query], options: EvalOptions, progress: Progress
) -> Iterator[tuple[str, list[Ranked]]]:
    if queries:
        progress.stage("ranking", len(queries))
    for query in queries:
        yield query.id, kb.rank(options.request(query.text, query.lang))
        progress.advance()


def _leg(
    kb: Knowledge, queries: Sequence[Query], options: EvalOptions, leg: Variant, progress: Progress
) -> Iterator[tuple[str, tuple[str, ...]]]:
    progress.stage(f"ranking, {leg}", len(queries))
    for query in queries:
        yield query.id, paths_of(kb.rank(options.request(query.text, query.lang), leg))
        progress.advance()


def _answers(
    kb: Knowledge, sets: EvalSet, options: EvalOptions, progress: Progress
) -> Iterator[tuple[Question, Answer]]:
    questions: tuple[Question, ...] = (*sets.queries, *sets.unanswerable)
    if questions:
        progress.stage("answering", len(questions))
    for question in questions:
        yield question, kb.draft(options.request(question.text, question.lang))
        progress.advance()


def _asked(sets: EvalSet, answers: Mapping[Question, Answer]) -> Iterator[Asked]:
    for query in sets.queries:
        answer = answers[query]
        quoted = next((c.article for c in answer.citations), None)
        yield Asked(query.id, "answerable", answer.confidence, answer.outcome, quoted in query.right)
    for question in sets.unanswerable:
        answer = answers[question]
        yield Asked(question.id, question.kind, answer.confidence, answer.outcome, False)


def _turns(sets: EvalSet, turn: Turn, progress: Progress) -> Iterator[TurnResult]:
    if sets.chats:
        progress.stage("conversations", sum(len(chat.turns) for chat in sets.chats))
    for result in replay(sets.chats, turn):
        yield result
        progress.advance()
