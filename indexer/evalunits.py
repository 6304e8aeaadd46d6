"""How much of a quoted answer is the answer: translation units of what is quoted against those judged.

Four ways of quoting the same article are measured beside each other: the blocks that the answer marks as essential, the
whole answer, the best passage, the whole article.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from indexer.evalsets import Query
from indexer.metrics import is_english, mean
from kb.article import Article
from kb.hit import Answer, Step
from kb.ranked import Ranked
from kb.show import locale_with_passage, range_units, stored_article
from kb.unitalign import align_units
from kb.unittext import units_of

Quoting = Literal["essential", "answer", "passage", "article"]
QUOTINGS: tuple[Quoting, ...] = ("essential", "answer", "passage", "article")


@dataclass(frozen=True, slots=True)
class Overlap:
    """Shares of the quoted units that are wanted, and of the wanted ones that are quoted, and their harmonic mean."""

    precision: float
    recall: float
    f1: float


def overlap(quoted: frozenset[str], wanted: frozenset[str]) -> Overlap:
    """0 where nothing is quoted. wanted: at least one unit."""
    both = len(quoted & wanted)
    if not both:
        return Overlap(0.0, 0.0, 0.0)
    return Overlap(both / len(quoted), both / len(wanted), 2 * both / (len(quoted) + len(wanted)))


def score_quotings(
    query: Query, answer: Answer, best: Ranked, numbering: str | None = None
) -> dict[Quoting, Overlap]:
    """Each way of quoting `best`, the article that the answer quotes, against the query's units.

    Blocks of other articles count for nothing: their numbers mean other sentences.

    numbering  the locale whose files the judgements number; None: numbers mean the same in all of them
    """
    own = {c.n for c in answer.citations if c.article == best.path}
    steps = [step for step in answer.steps if step.citation in own]
    lead = [answer.lead] if answer.lead is not None and answer.lead.citation in own else []
    locale = next((c.locale for c in answer.citations if c.article == best.path), answer.locale)
    article, passage = _article_and_passage(best, locale)
    quoted: dict[Quoting, Iterable[str]] = {
        "essential": _units(step for step in steps if step.essential),
        "answer": _units([*lead, *steps]),
        "passage": passage,
        "article": [s.unit for block in article.blocks for s in block.segments if s.unit is not None],
    }
    covers = covered(article)
    if numbering in best.collection.locales_of(best.path):
        judged = stored_article(best.collection, best.path, numbering)
        if judged.variant != stored_article(best.collection, best.path, locale).variant:
            covers = renumbered(article, judged.article)
    return {way: overlap(numbers(units, covers), query.units) for way, units in quoted.items()}


def renumbered(article: Article, other: Article) -> dict[str, tuple[str, ...]]:
    """For each unit of an article the numbers that another variant's file gives to the same sentence; a unit that it
    lacks keeps a name that none of its numbers is equal to."""
    theirs, own = (list(units_of(each)) for each in (other, article))
    found: dict[str, tuple[str, ...]] = {}
    for row in align_units([theirs, own]):
        said = tuple(number for i in row.members.get(0, ()) for number in theirs[i].covers)
        for i in row.members.get(1, ()):
            if (unit := own[i].unit) is not None:
                found[unit] = said or (f"{unit}@{article.locale}",)
    return found


def covered(article: Article) -> dict[str, tuple[str, ...]]:
    """The numbers that each of an article's units stands for: its own, or those that a p-unit covers."""
    return {s.unit: s.covers for b in article.blocks for s in b.segments if s.unit is not None}


def numbers(units: Iterable[str], covers: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Numbers of the units, p-units as what they cover."""
    return frozenset(number for unit in units for number in (covers.get(unit) or (unit,)))


def unit_tables(
    queries: Sequence[Query], overlaps: Mapping[str, Mapping[Quoting, Overlap]]
) -> dict[str, Any]:
    """{"queries", "precision", "recall", "f1", "en", "rest", "answer", "passage", "article"}.

    The figures themselves are those of the essential blocks: means over the queries whose first article is the judged
    one; `en` and `rest` part them by language, and each further way of quoting has the same three groups.
    """
    measured = [q for q in queries if q.id in overlaps]
    en = [q for q in measured if is_english(q.lang)]
    rest = [q for q in measured if not is_english(q.lang)]

    def table(way: Quoting) -> dict[str, Any]:
        return {
            **_means([overlaps[q.id][way] for q in measured]),
            "en": _means([overlaps[q.id][way] for q in en]),
            "rest": _means([overlaps[q.id][way] for q in rest]),
        }

    first, *others = QUOTINGS
    return {**table(first), **{way: table(way) for way in others}}


def _means(rows: Sequence[Overlap]) -> dict[str, float]:
    if not rows:
        return {"queries": 0}
    return {
        "queries": len(rows),
        "precision": mean(row.precision for row in rows),
        "recall": mean(row.recall for row in rows),
        "f1": mean(row.f1 for row in rows),
    }


def _units(steps: Iterable[Step]) -> list[str]:
    return [unit for step in steps for unit in step.units]


def _article_and_passage(best: Ranked, locale: str) -> tuple[Article, list[str]]:
    """The article as quoted, and the units of its best passage."""
    collection = best.collection
    number = collection.numbers[best.row]
    article = stored_article(collection, best.path, locale).article
    found = collection.locales[locale].passage(best.path, number)
    if found is not None:
        return article, range_units(article, found.start, found.stop)
    other, found = locale_with_passage(collection, best.path, number)
    shown = stored_article(collection, best.path, other).article
    return article, range_units(shown, found.start, found.stop)
