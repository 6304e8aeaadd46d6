"""A conversation's turns and the report on questions, as styled text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from rich.text import Text

from api.console import plain
from api.render import NOTHING, answer_lines
from kb.chat import Interpreted
from kb.hit import Answer

_INDENT = "   "


def turn_lines(question: str, interpreted: Interpreted, answer: Answer) -> Iterator[Text]:
    """How the question was understood, where that is not as it stands; then the answer."""
    if interpreted.interpreted_query != question:
        step = f", step {interpreted.step}" if interpreted.step else ""
        yield Text(f"understood as: {plain(interpreted.interpreted_query)}{step}  (/raw undoes it)", "dim")
    yield from answer_lines(answer)
    yield Text()


def usage_lines(report: dict[str, Any]) -> Iterator[Text]:
    """The report on questions and feedback."""
    if not report["query_log"]:
        yield Text("The query log holds nothing; KB_QUERY_LOG=true switches it on for `kb serve`.")
    for name, title in (
        ("top", "Asked most often"),
        ("without_results", "Without results"),
        ("low_confidence", "Answered with low confidence"),
    ):
        if report[name]:
            yield Text(title, "bold")
        for line in report[name]:
            yield Text.assemble(
                f"{_INDENT}{line['count']:5}  ", plain(line["question"]), (_detail(line), "dim")
            )
    counts = report["feedback"]
    yield Text(f"Feedback: {counts['helpful']:,} helpful, {counts['unhelpful']:,} not", "bold")
    for line in report["bad_feedback"]:
        step = f", step {line['step']}" if line["step"] else ""
        yield Text(f"{_INDENT}{line['unhelpful']:5}  {plain(line['article'] or NOTHING)}{step}")
        for said in line["said"]:
            comment = f": {said['comment']}" if said["comment"] else ""
            yield Text(f"{_INDENT * 3}{plain(said['question'] + comment)}", "dim")


def _detail(line: dict[str, Any]) -> str:
    if "confidence" in line:
        return f"  {line['confidence']:.2f}  {line['article'] or NOTHING}"
    return f"  last on {datetime.fromtimestamp(line['last'], UTC):%Y-%m-%d}"
