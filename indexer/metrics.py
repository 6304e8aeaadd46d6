"""Scores of rankings against judgements, by ir-measures, and their means over groups of queries.

success@k   1 where an article of gain 3 is among the first k
mrr@10      1 / rank of the first article of gain 3, 0 beyond rank 10
recall@10   share of the articles of gain 3 that are among the first 10
ndcg@10     Järvelin and Kekäläinen 2002 with linear gains (3 and 1, not 2^gain − 1) and a log2(rank + 1) discount, as
            trec_eval computes it
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any, TypeVar

from indexer.evalsets import Query
from indexer.trec import GAIN_RIGHT, descending
from kb.errors import InputError
from kb.locales import lookup, script_of

Scores = dict[str, float]
T = TypeVar("T")
METRICS = ("success@1", "success@5", "success@10", "mrr@10", "ndcg@10", "recall@10")
_DIGITS = 4


def optional(module: str) -> Any:
    """A module of the extra `eval`; InputError that says what to install where it is missing."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise InputError(
            f"the package {error.name} is not installed, and evaluation needs it; "
            "install this project's extra `eval`: pip install 'kb-bilingual[eval]'"
        ) from error


def score_rankings(
    rankings: Mapping[str, Sequence[str]], judged: Mapping[str, Mapping[str, int]]
) -> dict[str, Scores]:
    """For each judged query its METRICS; a query without a ranking scores 0."""
    ir = optional("ir_measures")
    right = {"rel": GAIN_RIGHT}
    measures = {
        "success@1": ir.Success(**right) @ 1,
        "success@5": ir.Success(**right) @ 5,
        "success@10": ir.Success(**right) @ 10,
        "mrr@10": ir.RR(**right) @ 10,
        "ndcg@10": ir.nDCG @ 10,
        "recall@10": ir.R(**right) @ 10,
    }
    qrels = [ir.Qrel(query, path, gain) for query, by in judged.items() for path, gain in by.items()]
    run = [
        ir.ScoredDoc(query, path, float(score))
        for query, found in rankings.items()
        for path, score in zip(found, descending(len(found)), strict=True)
    ]
    names = {measure: name for name, measure in measures.items()}
    scores: dict[str, Scores] = {query: dict.fromkeys(METRICS, 0.0) for query in judged}
    for metric in ir.iter_calc(list(measures.values()), qrels, run):
        scores[metric.query_id][names[metric.measure]] = float(metric.value)
    return scores


def mean_scores(scores: Iterable[Scores]) -> dict[str, float]:
    """Means over queries, how many there are, and how many have nothing right in their first ten."""
    rows = list(scores)
    if not rows:
        return {"queries": 0}
    means = {name: mean(row[name] for row in rows) for name in METRICS}
    return {"queries": len(rows), **means, "misses@10": sum(row["success@10"] == 0 for row in rows)}


def mean(values: Iterable[float]) -> float:
    """The mean as a report has it, of at least one value."""
    found = list(values)
    return round(sum(found) / len(found), _DIGITS)


def score_table(
    queries: Sequence[Query], scores: Mapping[str, Scores], installed: Sequence[str]
) -> dict[str, Any]:
    """{"all", "en", "installed", "not_installed": means, "by_lang", "by_style": {name: means}}.

    English is neither installed nor not; a group without queries is left out.
    """

    def group(key: Callable[[Query], str]) -> dict[str, dict[str, float]]:
        return {name: mean_scores(scores[q.id] for q in found) for name, found in grouped(queries, key)}

    place = {q.lang: language_group(q.lang, installed) for q in queries}
    by_place = group(lambda q: place[q.lang])
    return {
        "all": mean_scores(scores[q.id] for q in queries),
        **{name: by_place[name] for name in ("en", "installed", "not_installed") if name in by_place},
        "by_lang": group(lambda q: q.lang),
        "by_style": group(lambda q: q.style),
    }


def grouped(items: Iterable[T], key: Callable[[T], str]) -> list[tuple[str, list[T]]]:
    """Items by key, keys in alphabetical order."""
    groups: dict[str, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return sorted(groups.items())


def language_group(lang: str, installed: Sequence[str]) -> str:
    """ "en", "installed" where a locale of that language and script is indexed, else "not_installed"."""
    if is_english(lang):
        return "en"
    locale = lookup(lang, installed)
    return "installed" if locale and script_of(locale) == script_of(lang) else "not_installed"


def is_english(lang: str) -> bool:
    return lang.lower().partition("-")[0] == "en"
