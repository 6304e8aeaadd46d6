"""An evaluation as one HTML page that needs nothing beside it, and as the files that others can recompute it from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from indexer.calibration import calibration, risk_coverage
from indexer.evalhtml import html_paths, html_table, html_text, page_head
from indexer.evalplots import languages_svg, legs_svg, reliability_svg, risk_svg
from indexer.evalsets import Query
from indexer.evalsummary import confidences
from indexer.evaluate import LEGS, Evaluation
from indexer.evalunits import QUOTINGS
from indexer.metrics import METRICS
from indexer.trec import qrels_lines, run_lines, write_lines

WORST = 50
_FOUND = 3
_GROUPS = ("all", "en", "installed", "not_installed")


def write_report(folder: Path, found: Evaluation, figures: Mapping[str, Any]) -> list[Path]:
    """Writes report.html, figures.json, and for judged questions qrels.trec and run-<leg>.trec; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    page, numbers = folder / "report.html", folder / "figures.json"
    write_lines(page, report_html(found, figures))
    write_lines(numbers, [json.dumps(figures, indent=1, ensure_ascii=False), "\n"])
    written = [page, numbers]
    if found.judged:
        written.append(folder / "qrels.trec")
        write_lines(written[-1], qrels_lines(found.judged))
        for leg, run in found.runs.items():
            written.append(folder / f"run-{leg}.trec")
            write_lines(written[-1], run_lines(run, f"kb-{leg}"))
    return written


def report_html(found: Evaluation, figures: Mapping[str, Any]) -> Iterator[str]:
    """The page's text, piece by piece; the same for the same evaluation, no date in it."""
    yield page_head("Evaluation")
    asked = len(found.sets.queries) + len(found.sets.unanswerable) + len(found.turns)
    yield f"<h1>Evaluation of {asked:,} questions</h1>\n"
    yield f"<p>Locales: {escape(', '.join(found.locales))}. Views: {escape(', '.join(found.views))}.</p>\n"
    if found.sets.queries:
        yield from _ranking(found, figures)
        yield from _worst(found)
        yield from _units(figures["units"])
    if "answerable" in figures:
        yield from _answerable(found, figures["answerable"])
    if found.turns:
        yield from _chat(found, figures["chat"])
    yield "</body></html>\n"


def _ranking(found: Evaluation, figures: Mapping[str, Any]) -> Iterator[str]:
    yield "<h2>Ranking</h2>\n<p>success and MRR count articles that answer; nDCG gives them 3 and partial ones 1.</p>\n"
    yield from _metric_table("group", {name: figures[name] for name in _GROUPS if name in figures})
    yield languages_svg(figures["by_lang"], found.locales)
    yield from _metric_table("language", figures["by_lang"])
    yield from _metric_table("style", figures["by_style"])
    if "legs" in figures:
        yield "<h2>Legs of the ranking</h2>\n"
        yield legs_svg(figures["legs"])
        for group in _GROUPS:
            rows = {leg: table[group] for leg, table in figures["legs"].items() if group in table}
            if rows:
                yield from _metric_table(f"{group}: leg", rows)


def _worst(found: Evaluation) -> Iterator[str]:
    scores, run = found.scores[LEGS[0]], found.runs[LEGS[0]]

    def badness(query: Query) -> tuple[float, float, str]:
        own = scores[query.id]
        return own["mrr@10"], own["ndcg@10"], query.id

    worst = [q for q in sorted(found.sets.queries, key=badness) if scores[q.id]["mrr@10"] < 1][:WORST]
    yield f"<h2>Worst questions</h2>\n<p>The {len(worst)} whose first right article stands lowest.</p>\n"
    rows = [
        (
            q.id,
            f"{q.lang}, {q.style}",
            html_text(q.text),
            html_paths([q.article, *q.also]),
            _place(run[q.id], q.right),
            html_paths(run[q.id][:_FOUND]),
        )
        for q in worst
    ]
    yield from html_table(("id", "language, style", "question", "right", "rank", "found first"), rows)


def _units(units: Mapping[str, Any]) -> Iterator[str]:
    yield "<h2>Quoted units</h2>\n<p>Where the first article is the judged one, means over questions.</p>\n"
    rows = []
    for way in QUOTINGS:
        table = units if way == QUOTINGS[0] else units[way]
        for group, row in (("all", table), ("en", table["en"]), ("rest", table["rest"])):
            if row["queries"]:
                rows.append((way, group, row["queries"], row["precision"], row["recall"], row["f1"]))
    yield from html_table(("quoted", "languages", "questions", "precision", "recall", "F1"), rows)


def _answerable(found: Evaluation, table: Mapping[str, Any]) -> Iterator[str]:
    low, high = table["ece_interval"]
    kinds = ", ".join(f"{kind} {value:.3f}" for kind, value in table["auroc_by_kind"].items())
    yield (
        f"<h2>Confidence</h2>\n<p>AUROC {table['auroc']:.3f} ({escape(kinds)}). Calibration error "
        f"{table['ece']:.3f} (95 % {low:.3f} to {high:.3f}); a perfectly calibrated model shows "
        f"{table['ece_perfect']:.3f} on as many questions. Answered at a tenth of false answers: "
        f"{table['coverage_at_10_false']:.1%} of the answerable.</p>\n"
    )
    everyone = confidences(found.asked)
    right = np.array([float(a.right) for a in found.asked])
    threshold = table["threshold_at_10_false"]
    yield reliability_svg(calibration(everyone, right))
    yield risk_svg(
        risk_coverage(everyone, right), {} if threshold is None else {"a tenth of false answers": threshold}
    )
    rows = [(group, *shares.values()) for group, shares in table["outcomes"].items()]
    yield from html_table(("questions", "answered", "related", "none"), rows)
    texts = {q.id: q.text for q in found.sets.unanswerable}
    false = sorted(
        (a for a in found.asked if a.kind != "answerable" and a.outcome == "answered"),
        key=lambda a: (-a.confidence, a.id),
    )
    yield f"<h3>Answered without an answer: {len(false)}</h3>\n"
    yield from html_table(
        ("id", "kind", "confidence", "question"),
        [(a.id, a.kind, a.confidence, html_text(texts[a.id])) for a in false[:WORST]],
    )


def _chat(found: Evaluation, table: Mapping[str, Any]) -> Iterator[str]:
    yield "<h2>Conversations</h2>\n"
    shown = {name: value for name, value in table.items() if isinstance(value, float)}
    yield from html_table(tuple(shown), [tuple(shown.values())])
    rows = [
        (
            f"{t.conversation}, {t.number}",
            t.lang,
            html_text(t.question),
            html_paths(sorted(t.right)),
            html_paths(t.reply.found[:1]),
        )
        for t in found.turns
        if t.right and not t.success
    ]
    yield f"<h3>Turns that found another article: {len(rows)}</h3>\n"
    yield from html_table(("turn", "language", "question", "right", "found first"), rows)


def _metric_table(name: str, tables: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    columns = ("queries", *METRICS, "misses@10")
    rows = [(key, *(table[column] for column in columns)) for key, table in tables.items()]
    yield from html_table((name, *columns), rows)


def _place(found: Sequence[str], right: frozenset[str]) -> str:
    return next((str(n) for n, path in enumerate(found, 1) if path in right), "–")
