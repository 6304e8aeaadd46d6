"""`kb chat`: questions from standard input, one answer each, and its commands."""

import io
import json
import sys
from typing import Any

import pytest

from api.commands import chat as command


class Input(io.TextIOWrapper):
    """Standard input as a pipe gives it."""

    def __init__(self, text: str) -> None:
        super().__init__(io.BytesIO(text.encode("utf-8")), encoding="utf-8")


@pytest.fixture
def piped(here: Any, small: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `kb chat` over the small knowledge base with these lines on standard input."""

    def run(text: str, *options: str) -> Any:
        monkeypatch.setattr(sys, "stdin", Input(text))
        monkeypatch.setattr(command.KnowledgeBase, "open", lambda *_a, **_k: small)
        return here("chat", *options)

    return run


def test_each_line_is_a_turn_and_json_is_a_line_each(piped: Any) -> None:
    done = piped("descale coffee machine\nclean?\n\n/new\nclean?\n", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["interpreted_query"] for line in lines] == [
        "descale coffee machine",
        "descale coffee machine: clean?",
        "clean?",
    ]
    assert lines[0]["outcome"] == "answered"


def test_an_interpretation_is_shown_and_undone(piped: Any) -> None:
    done = piped("descale coffee machine\nclean?\n/raw\n")
    assert done.stdout.count("understood as: descale coffee machine: clean?") == 1
    assert "\x1b" not in done.stdout
    assert done.returncode == 0


def test_quit_ends_before_what_follows(piped: Any, small: Any) -> None:
    assert piped("/quit\ndescale coffee machine\n").stdout == ""
    assert small.closed


def test_a_line_that_fails_is_told_and_the_rest_goes_on(piped: Any) -> None:
    done = piped("/help\n" + "x" * 20_001 + "\ndescale coffee machine\n", "--json")
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 1
    assert "/help is no command" in done.stderr
    assert "at most 20000 characters" in done.stderr
