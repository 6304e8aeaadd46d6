"""kb report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.options import Home, Json, command_app, print_json, print_lines, read_settings
from api.renderchat import usage_lines
from kb import feedback, querylog

app = command_app()


@app.command()
def report(
    top_k: Annotated[int, typer.Option("--top-k", min=1, max=1000, help="Lines of each list.")] = 20,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Tell what people ask, what finds nothing and what did not help.

    From the query log, which is off unless KB_QUERY_LOG is true for `kb serve`, and from feedback. Personal data is
    masked in both before it is kept.
    """
    told = usage(read_settings(home=home).home, top_k)
    if as_json:
        print_json(told)
    else:
        print_lines(usage_lines(told))


def usage(home: Path, top_k: int) -> dict[str, Any]:
    """What the home's query log and feedback say; `query_log`: how many questions it holds."""
    log = querylog.QueryLog(home / querylog.FILE)
    given = feedback.FeedbackStore(home / feedback.FILE)
    told = {
        "query_log": log.total(),
        "top": log.top(top_k),
        "without_results": log.top(top_k, outcome="none"),
        "low_confidence": log.unsure(top_k),
        "feedback": given.counts(),
        "bad_feedback": given.worst(top_k),
    }
    log.close()
    given.close()
    return told
