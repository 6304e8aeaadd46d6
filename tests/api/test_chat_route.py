"""POST /chat over a real server: its events, taking up a broken stream, kept conversations, going away."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from fastapi import routing

QUESTION = "descale coffee machine"


@dataclass(frozen=True)
class Event:
    name: str
    data: Any
    id: str | None


def events(text: str) -> Iterator[Event]:
    """What an event stream says, read by the rules of the HTML standard (9.2.6): comments dropped."""
    for block in text.replace("\r\n", "\n").split("\n\n"):
        fields: dict[str, list[str]] = {}
        for line in block.split("\n"):
            if line and not line.startswith(":"):
                name, _, value = line.partition(":")
                fields.setdefault(name, []).append(value.removeprefix(" "))
        if "data" in fields:
            yield Event(
                fields.get("event", ["message"])[0],
                json.loads("\n".join(fields["data"])),
                fields.get("id", [None])[0],
            )


def post(
    client: httpx2.Client, question: str = QUESTION, seen: str | None = None, **more: Any
) -> list[Event]:
    headers = {"Last-Event-ID": seen} if seen else {}
    response = client.post("/chat", json={"question": question, **more}, headers=headers).raise_for_status()
    assert response.headers["content-type"].startswith("text/event-stream")
    return list(events(response.text))


def test_an_answer_comes_as_events_each_citation_before_its_text(client: httpx2.Client) -> None:
    got = post(client, locale="nl-NL")
    assert [e.name for e in got] == ["meta", "citation", "delta", "citation", "delta", "done"]
    assert got[0].data["interpreted_query"] == QUESTION
    assert got[0].data["conversation"] is None
    assert got[1].data["n"] == got[2].data["citation"] == 1
    assert got[2].data["text"] == "1. Vul het reservoir met ontkalker.\n"
    asked = client.post("/ask", json={"question": QUESTION, "locale": "nl-NL"}).json()
    done = got[-1].data
    assert done.pop("interpreted_query") == QUESTION
    assert done == asked


def test_ids_count_the_events_of_one_stream(client: httpx2.Client) -> None:
    first, second = post(client), post(client)
    for got in (first, second):
        streams, numbers = zip(*(str(e.id).split("-") for e in got), strict=True)
        assert len(set(streams)) == 1
        assert [int(n) for n in numbers] == list(range(1, len(got) + 1))
    assert first[0].id != second[0].id


def test_a_broken_stream_is_taken_up_after_the_last_event_seen(client: httpx2.Client) -> None:
    whole = post(client, history=[{"question": "bike"}])
    for last in range(len(whole)):
        rest = post(client, seen=whole[last].id, history=[{"question": "bike"}])
        assert rest == whole[last + 1 :]


@pytest.mark.parametrize("seen", ["x", "1-1", "0" * 48 + "-2", "' OR 1=1 --"])
def test_an_unknown_event_id_starts_anew(client: httpx2.Client, seen: str) -> None:
    assert post(client, seen=seen)[0].name == "meta"


def test_another_question_or_another_index_starts_anew(own_client: httpx2.Client, small: Any) -> None:
    seen = post(own_client)[1].id
    assert post(own_client, "coffee machine gives no milk", seen=seen)[0].name == "meta"
    small.generation = small.published = 2
    assert post(own_client, seen=seen)[0].name == "meta"


def test_a_follow_up_is_told_and_can_be_undone(client: httpx2.Client) -> None:
    history = [{"question": QUESTION, "article": "coffee/descale"}]
    got = post(client, "clean?", history=history)
    assert got[0].data["follow_up"]
    assert got[-1].data["interpreted_query"] == got[0].data["interpreted_query"] == f"{QUESTION}: clean?"
    undone = post(client, "clean?", history=history, interpret=False)
    assert undone[-1].data["interpreted_query"] == "clean?"


def test_an_unanswered_question_cites_nothing(client: httpx2.Client) -> None:
    assert [e.name for e in post(client, "zebra")] == ["meta", "done"]


@pytest.mark.parametrize(
    ("body", "status"),
    [({"collection": "none"}, 404), ({"lang": "xx"}, 422), ({"question": "divide by zero"}, 500)],
)
def test_what_goes_wrong_is_an_error_event_with_a_problem(
    client: httpx2.Client, body: dict[str, str], status: int
) -> None:
    (error,) = post(client, **body)
    assert (error.name, error.data["status"], error.data["type"]) == ("error", status, "about:blank")
    assert error.data["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body.question"),
        ({"question": "x", "history": [{"question": ""}]}, "body.history.0.question"),
        ({"question": "x", "history": [{"question": "x"}] * 51}, "body.history"),
        ({"question": "x", "conversation": "../x"}, "body.conversation"),
        ({"question": "x", "store": "yes"}, "body.store"),
        ({"question": "x", "history": [], "conversation": "abc"}, "body"),
    ],
)
def test_a_body_that_does_not_fit_is_refused_before_any_event(
    client: httpx2.Client, body: object, field: str
) -> None:
    response = client.post("/chat", json=body)
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


def test_a_conversation_is_kept_only_if_asked_and_can_be_deleted(own_client: httpx2.Client) -> None:
    assert post(own_client)[0].data["conversation"] is None
    kept = post(own_client, store=True)[0].data["conversation"]
    second = post(own_client, "clean?", conversation=kept)
    assert second[0].data["conversation"] == kept
    assert second[0].data["interpreted_query"] == f"{QUESTION}: clean?"
    assert own_client.delete(f"/chat/{kept}").json() == {"deleted": kept}
    gone = own_client.post("/chat", json={"question": "clean?", "conversation": kept})
    assert gone.status_code == own_client.delete(f"/chat/{kept}").status_code == 404
    assert "expired" in gone.json()["detail"]


def test_a_kept_turn_that_is_taken_up_again_is_kept_once(own_client: httpx2.Client) -> None:
    whole = post(own_client, store=True)
    kept = whole[0].data["conversation"]
    for body in ({"store": True}, {"conversation": kept}):
        assert post(own_client, seen=whole[1].id, **body) == whole[2:]
    turn = post(own_client, "clean?", conversation=kept)
    assert post(own_client, "clean?", seen=turn[0].id, conversation=kept) == turn[1:]


def test_comments_keep_the_line_open_while_nothing_is_ready(
    own_client: httpx2.Client, small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routing, "_PING_INTERVAL", 0.02)
    small.answer_now.clear()
    with own_client.stream("POST", "/chat", json={"question": QUESTION}) as response:
        lines = response.iter_lines()
        assert next(line for line in lines if line.startswith(":"))
        small.answer_now.set()
        assert "event: done" in list(lines)


def test_a_client_that_goes_ends_the_work(own_client: httpx2.Client, small: Any) -> None:
    small.answer_now.clear()
    with own_client.stream("POST", "/chat", json={"question": QUESTION}) as response:
        assert next(response.iter_lines()) == "event: meta"
        assert small.stage_two.wait(30)
    small.answering.clear()
    small.answer_now.set()
    until = time.monotonic() + 30
    while not small.chats_ended:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert own_client.get("/health").status_code == 200


def test_a_client_that_goes_before_the_answer_is_begun_spares_it(
    own_client: httpx2.Client, small: Any
) -> None:
    small.go_on.clear()
    small.answering.clear()
    with own_client.stream("POST", "/chat", json={"question": QUESTION}):
        assert small.answering.wait(30)
    time.sleep(0.2)  # for the server to notice that the line is closed
    small.go_on.set()
    until = time.monotonic() + 30
    while not small.chats_ended:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert not small.stage_two.is_set()


@pytest.mark.suite
def test_a_served_conversation_survives_a_restart_and_its_stream_too(sample: Any, start_service: Any) -> None:
    with start_service(sample) as (_process, url), httpx2.Client(base_url=url, timeout=60) as client:
        whole = post(client, "VPN error 809", store=True)
        assert whole[1].name == "citation"
    kept = whole[0].data["conversation"]
    with start_service(sample) as (_process, url), httpx2.Client(base_url=url, timeout=60) as client:
        rest = post(client, "VPN error 809", seen=whole[1].id, store=True)
        assert rest[:-1] == whole[2:-1]
        later = post(client, "step 2?", conversation=kept)
        assert later[0].data["step"] == "2"
        assert [s["number"] for s in later[-1].data["steps"] if s["essential"]] == ["2"]
        assert client.delete(f"/chat/{kept}").status_code == 200
