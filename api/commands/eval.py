"""kb eval."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.commands.options import (
    Cache,
    Collection,
    Home,
    Json,
    Model,
    command_app,
    print_json,
    print_lines,
    read_settings,
)
from api.console import progress, say
from api.figures import figure_lines
from indexer.evalbounds import Bound, Limit, missed, read_bound
from indexer.evalchat import chat_turn
from indexer.evalplots import require_plots
from indexer.evalreport import write_report
from indexer.evalsets import read_evalsets
from indexer.evalsummary import summary
from indexer.evaluate import EvalOptions, evaluate
from kb.errors import InputError
from kb.knowledge import KnowledgeBase

app = command_app()


@app.command()
def eval_(
    queries: Annotated[
        list[Path],
        typer.Argument(
            metavar="QUERIES...",
            help="Files of judged questions, questions without an answer, or conversations (JSON lines).",
        ),
    ],
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="DIR", help="Write an HTML report and TREC files there."),
    ] = None,
    legs: Annotated[bool, typer.Option("--legs", help="Measure each leg of the ranking as well.")] = False,
    least: Annotated[
        list[str] | None,
        typer.Option(
            "--min",
            metavar="[GROUP:]METRIC=VALUE",
            help="Exit status 1 where a figure is lower, as in en:mrr@10=0.8; repeatable.",
        ),
    ] = None,
    most: Annotated[
        list[str] | None,
        typer.Option(
            "--max",
            metavar="[GROUP:]METRIC=VALUE",
            help="Exit status 1 where a figure is higher, as in answerable:ece=0.1; repeatable.",
        ),
    ] = None,
    tell_language: Annotated[
        bool,
        typer.Option("--tell-language", help="Send each question's judged language; else it is detected."),
    ] = False,
    numbering: Annotated[
        str | None,
        typer.Option(
            "--numbering", help="Locale whose files the judged units are numbered in.  [default: any]"
        ),
    ] = None,
    collection: Collection = None,
    home: Home = None,
    model: Model = None,
    cache: Cache = None,
    as_json: Json = False,
) -> None:
    """Measure ranking, answers, confidence and chat on judged questions."""
    bounds = [*_bounds(least, "least"), *_bounds(most, "most")]
    sets = read_evalsets(queries)
    for warning in sets.warnings:
        say(f"kb: {warning}")
    if report is not None:
        require_plots()
    settings = read_settings(home=home, cache=cache, model=model)
    options = EvalOptions(collection, legs, tell_language, numbering)
    knowledge = KnowledgeBase.open(settings.home, model=settings.model, cache=settings.cache)
    with progress() as shown:
        found = evaluate(knowledge, sets, options, chat_turn(knowledge, collection), shown)
    knowledge.close()
    figures = summary(found)
    if as_json:
        print_json(figures)
    else:
        print_lines(figure_lines(figures))
    if report is not None:
        write_report(report, found, figures)
        say(f"kb: report in {report / 'report.html'}")
    if lines := missed(figures, bounds):
        say("\n".join(f"kb: {line}" for line in lines))
        raise typer.Exit(1)


def _bounds(texts: Sequence[str] | None, limit: Limit) -> list[Bound]:
    try:
        return [read_bound(text, limit) for text in texts or ()]
    except InputError as error:
        raise typer.BadParameter(str(error)) from error
