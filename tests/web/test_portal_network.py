"""The portal offline, with a slow or failing service, and with answers that come out of order."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect
from portalpage import Portal

pytestmark = pytest.mark.suite
Open = Callable[..., Portal]


def first_of(here: Portal, held: list[Route]) -> Route:
    """The first request that is held back, once it has come."""
    until = time.monotonic() + 30
    while not held:
        assert time.monotonic() < until, "no request has come"
        here.page.wait_for_timeout(20)
    return held[0]


def test_offline_says_so_and_goes_on_by_itself(portal: Open) -> None:
    here = portal()
    here.page.context.set_offline(True)
    here.ask("VPN error 809")
    expect(here.notice).to_contain_text("You are offline")
    here.page.context.set_offline(False)
    expect(here.answer).to_be_visible()


def test_a_slow_service_is_waited_for(portal: Open) -> None:
    here = portal()
    held: list[Route] = []
    here.page.route("**/ask", lambda route: held.append(route))
    here.ask("VPN error 809")
    expect(here.page.locator(".waiting")).to_contain_text("This is taking longer than usual…")
    for route in held:
        route.continue_()
    expect(here.answer).to_be_visible()
    expect(here.page.locator(".waiting")).to_have_count(0)


def test_a_failing_service_can_be_asked_again(portal: Open) -> None:
    here = portal()
    here.page.route("**/articles/**", lambda route: route.abort())
    here.page.evaluate("history.pushState(null, '', '/a/vpn/error-809?locale=de-DE')")
    here.page.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
    expect(here.page.get_by_role("alert")).to_be_visible()
    here.page.unroute("**/articles/**")
    here.page.get_by_role("button", name="Try again").click()
    expect(here.article).to_be_visible()


def test_the_latest_question_counts_whatever_comes_first(portal: Open) -> None:
    here = portal()
    held: list[Route] = []

    def slow_first(route: Route) -> None:
        if "VPN" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    here.page.route("**/ask", slow_first)
    here.ask("VPN error 809")
    expect(here.heading).to_contain_text("VPN error 809")
    here.ask("The mailbox is full")
    expect(here.answer).to_contain_text("quota")
    for route in held:
        route.abort()
    expect(here.heading).to_contain_text("The mailbox is full")
    expect(here.answer).to_contain_text("quota")


def test_whoever_goes_on_typing_keeps_text_and_focus(portal: Open) -> None:
    here = portal()
    held: list[Route] = []
    here.page.route("**/ask", lambda route: held.append(route))
    here.ask("VPN error 809")
    expect(here.page.locator(".waiting")).to_be_visible()
    expect(here.heading).to_be_focused()
    here.field.focus()  # and before the first letter is typed, the answer comes
    first_of(here, held).continue_()
    expect(here.answer).to_be_visible()
    here.page.keyboard.press("ControlOrMeta+a")
    here.page.keyboard.insert_text("printer off")
    expect(here.field).to_have_value("printer off")
    here.page.keyboard.press("Enter")
    expect(here.heading).to_contain_text("printer off")


def test_what_is_typed_while_an_article_comes_stays(portal: Open) -> None:
    here = portal("/?q=VPN error 809", "en-US")
    expect(here.answer).to_be_visible()
    held: list[Route] = []
    here.page.route("**/articles/**", lambda route: held.append(route))
    here.hits.first.get_by_role("link").first.click()
    here.field.fill("printer off")
    first_of(here, held).continue_()
    expect(here.article).to_be_visible()
    expect(here.field).to_be_focused()
    expect(here.field).to_have_value("printer off")
