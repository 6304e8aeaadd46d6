"""The chat: a conversation, its streams, how a question was understood, and the way back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect
from portalpage import Portal

pytestmark = pytest.mark.suite
Open = Callable[..., Portal]

QUESTION = "VPN error 809 at home"
FOLLOW_UP = "and on the hotspot?"


def opened(portal: Open, **options: Any) -> Portal:
    here = portal(**options)
    here.page.get_by_role("button", name="Chat", exact=True).click()
    expect(here.question).to_be_focused()
    return here


def test_a_follow_up_is_understood_and_can_be_undone(portal: Open) -> None:
    here = opened(portal)
    first = here.say(QUESTION)
    expect(first.locator(".step").first).to_be_visible()
    expect(first.locator(".understood")).to_have_count(0)
    expect(here.question).to_have_value("")
    second = here.say(FOLLOW_UP)
    expect(second.locator(".understood")).to_contain_text("Understood as: ")
    with here.page.expect_request("**/chat") as sent:
        second.get_by_role("button", name="Take it as I wrote it").click()
    body = sent.value.post_data_json
    assert (body["question"], body["interpret"]) == (FOLLOW_UP, False)
    assert [turn["question"] for turn in body["history"]] == [QUESTION]
    expect(here.turns).to_have_count(2)
    expect(here.turns.last.locator(".understood")).to_have_text("Taken as you wrote it")
    here.page.get_by_role("button", name="New conversation").click()
    expect(here.turns).to_have_count(0)


def test_it_is_used_by_keyboard_and_gives_the_focus_back(portal: Open) -> None:
    here = portal()
    button = here.page.get_by_role("button", name="Chat", exact=True)
    button.focus()
    here.page.keyboard.press("Enter")
    expect(here.question).to_be_focused()
    here.page.keyboard.type("first line")
    here.page.keyboard.press("Shift+Enter")
    here.page.keyboard.type("/ second")
    expect(here.question).to_have_value("first line\n/ second")
    here.page.keyboard.press("Escape")
    expect(here.chat).to_have_count(0)
    expect(button).to_be_focused()
    here.page.keyboard.press("Enter")
    expect(here.question).to_have_value("first line\n/ second")


def test_an_answer_of_the_page_goes_on_in_the_chat(portal: Open) -> None:
    here = portal(f"/?q={QUESTION}")
    here.page.get_by_role("button", name="Ask a follow-up question").click()
    expect(here.turns).to_have_count(1)
    with here.page.expect_request("**/chat") as sent:
        here.say(FOLLOW_UP)
    assert sent.value.post_data_json["history"][0]["article"] == "vpn/error-809"


def test_a_citation_opens_the_article_beside_the_chat(portal: Open) -> None:
    here = opened(portal, viewport={"width": 1300, "height": 800})
    turn = here.say(QUESTION)
    turn.locator(".cite").nth(1).click()
    expect(here.cited.first).to_be_in_viewport()
    expect(here.turns).to_have_count(1)


def test_a_broken_stream_is_taken_up_where_it_broke(portal: Open) -> None:
    here = opened(portal)
    asked: list[str | None] = []
    whole: list[str] = []

    def torn(route: Route) -> None:
        asked.append(route.request.headers.get("last-event-id"))
        response = route.fetch()
        events = response.text().split("\n\n")
        whole.append(response.text())
        if len(asked) == 1:
            route.fulfill(response=response, body="\n\n".join(events[:3]) + "\n\n" + events[3][:20])
        else:
            route.fulfill(response=response)

    here.page.route("**/chat", torn)
    turn = here.say(QUESTION)
    expect(turn.locator(".step").first).to_be_visible()
    ids = [line[4:] for line in whole[0].splitlines() if line.startswith("id: ")]
    assert asked == [None, ids[2]]
    assert f"id: {ids[2]}\n" not in whole[1] and f"id: {ids[3]}\n" in whole[1]
    asked_twice = turn.locator(".step").count()
    plain = opened(portal).say(QUESTION)
    assert plain.locator(".step").count() == asked_twice


def test_a_stream_can_be_stopped_and_a_refusal_tried_again(portal: Open) -> None:
    here = opened(portal)
    here.page.route("**/chat", lambda _route: None)
    here.question.fill(QUESTION)
    here.question.press("Enter")
    here.page.get_by_role("button", name="Stop").click()
    expect(here.turns.first).to_contain_text("Stopped.")
    here.page.unroute("**/chat")

    problem = {"type": "about:blank", "title": "x", "status": 503, "instance": "/chat"}
    problem["detail"] = "the index <b>rests</b>"
    here.page.route(
        "**/chat",
        lambda route: route.fulfill(
            status=503, content_type="application/problem+json", body=json.dumps(problem)
        ),
    )
    turn = here.say("printer offline")
    expect(turn).to_contain_text("the index <b>rests</b>")
    here.page.unroute("**/chat")
    turn.get_by_role("button", name="Try again").click()
    expect(here.turns.last.locator(".step, .hit").first).to_be_visible()


def test_a_small_screen_gives_the_chat_all_of_it(portal: Open) -> None:
    here = opened(portal, viewport={"width": 320, "height": 640}, has_touch=True)
    here.say(QUESTION)
    assert here.chat.bounding_box() == {"x": 0, "y": 0, "width": 320, "height": 640}
    assert here.fits()
    turns = here.page.locator(".chat-turns")
    assert turns.evaluate("e => e.scrollWidth <= e.clientWidth")
