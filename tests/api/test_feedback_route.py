"""POST /feedback, and what the report makes of it."""

from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.commands.report import usage
from api.logged import Logged
from api.state import State
from kb.chat import ChatRequest
from kb.feedback import FILE, FeedbackStore
from kb.hit import SearchRequest
from kb.querylog import FILE as LOG
from kb.querylog import QueryLog

GIVEN = {"generation": "1", "question": "descale", "article": "coffee/descale", "step": 2, "helpful": False}


def test_feedback_is_kept_masked_and_reported(tmp_path: Path, small: Any, serve_state: Any) -> None:
    state = State(small, feedback=FeedbackStore(tmp_path / FILE))
    with serve_state(state) as url, httpx2.Client(base_url=url) as client:
        comment = "mail jan@example.org instead"
        assert client.post("/feedback", json=GIVEN | {"comment": comment}).json() == {"kept": True}
        assert client.post("/feedback", json=GIVEN | {"helpful": True}).status_code == 200
    told = usage(tmp_path, 5)
    assert told["feedback"] == {"helpful": 1, "unhelpful": 1}
    (worst,) = told["bad_feedback"]
    assert (worst["article"], worst["step"]) == ("coffee/descale", "2")
    assert worst["said"] == [{"question": "descale", "comment": "mail <email> instead"}]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"helpful": "yes"}, "body.helpful"),
        ({"comment": "x" * 2001}, "body.comment"),
        ({"question": " "}, "body.question"),
        ({"step": "x" * 21}, "body.step"),
        ({"stars": 5}, "body.stars"),
    ],
)
def test_feedback_that_does_not_fit_is_refused(
    client: httpx2.Client, change: dict[str, Any], field: str
) -> None:
    response = client.post("/feedback", json=GIVEN | change)
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


def test_the_query_log_holds_questions_and_outcomes_of_every_door(tmp_path: Path, small: Any) -> None:
    log = QueryLog(tmp_path / LOG)
    logged = Logged(small, log)
    logged.search(SearchRequest("zebra of jan@example.org"))
    logged.ask("Descale coffee machine")
    list(logged.chat(ChatRequest("descale coffee machine")))
    logged.ask("coffee zebra lion")
    assert logged.info() == small.info()
    told = usage(tmp_path, 5)
    assert told["query_log"] == 4
    assert (told["top"][0]["question"], told["top"][0]["count"]) == ("Descale coffee machine", 2)
    assert [q["question"] for q in told["without_results"]] == ["zebra of <email>"]
    assert told["low_confidence"][0]["question"] == "coffee zebra lion"
    log.close()


def test_a_log_that_cannot_be_written_fails_no_question(
    tmp_path: Path, small: Any, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / LOG).write_text("no database, but long enough to be told from an empty file" * 100)
    logged = Logged(small, QueryLog(tmp_path / LOG))
    assert logged.ask("descale coffee machine").outcome == "answered"
    assert "move it away" in caplog.text


def test_a_report_without_anything_kept_is_empty_and_leaves_no_file(here: Any, tmp_path: Path) -> None:
    done = here("report", "--json")
    assert done.returncode == 0
    assert '"query_log": 0' in done.stdout
    assert "KB_QUERY_LOG" in here("report").stdout
    assert not (tmp_path / "home").exists()
