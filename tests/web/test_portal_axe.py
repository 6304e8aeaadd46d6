"""axe-core finds nothing on any of the portal's pages, light and dark, in both directions; all fit 320 px."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axecore import violations
from playwright.sync_api import expect
from portalpage import Portal

pytestmark = pytest.mark.suite
Open = Callable[..., Portal]
WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 640}  # also what 1280 px are at 400 %


@pytest.mark.parametrize("locale", ["nl-NL", "ar-SA"])  # translated, so that each answer has a source to show
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_no_violation_on_any_page(portal: Open, axe: str, locale: str, size: dict[str, int]) -> None:
    here = portal(locale=locale, reduced_motion="reduce", viewport=size)
    page = here.page
    found: dict[str, Any] = {}

    def check(state: str) -> None:
        found[state] = violations(page, axe) + ([] if here.fits() else ["scrolls sideways"])

    check("home")
    here.ask("VPN error 809")
    expect(here.answer).to_be_visible()
    expect(here.hits.first).to_be_visible()
    check("answer")
    here.answer.locator("[part=source-toggle]").click()
    expect(here.answer.locator(".step-source").first).to_be_visible()
    check("answer with source")
    here.answer.locator(".feedback button").last.click()
    expect(here.answer.locator(".comment")).to_be_visible()
    check("feedback")
    page.locator(".answer-actions button.quiet").last.click()
    expect(here.turns).to_have_count(1)
    here.say("and on the hotspot?")
    check("chat")
    page.keyboard.press("Escape")

    here.ask("how do I bake sourdough bread")
    expect(here.notice).to_be_visible()
    check("none")

    origin = page.evaluate("location.origin")
    page.goto(f"{origin}/a/vpn/error-809?locale=nl-NL#units=106,107")
    expect(here.article).to_be_visible()
    check("article")
    page.goto(f"{origin}/a/mail/mailbox-full-raise-quota?locale=ar-SA&source=1")
    expect(here.article.locator("[lang=en-US].side.source").first).to_be_visible()
    check("article with source")
    page.goto(f"{origin}/a/no/such")
    expect(here.notice).to_be_visible()
    check("missing")

    page.route("**/ask", lambda _route: None)
    here.ask("a slow question")
    expect(page.locator(".waiting")).to_be_visible()
    check("waiting")
    page.unroute("**/ask")
    page.context.set_offline(True)
    here.ask("a question offline")
    expect(page.get_by_role("alert")).to_be_visible()
    check("offline")
    page.context.set_offline(False)
    assert {state: each for state, each in found.items() if each} == {}


def test_a_page_zoomed_to_200_percent_fits(portal: Open) -> None:
    here = portal("/a/vpn/error-809?locale=nl-NL&source=1", viewport={"width": 640, "height": 400})
    expect(here.article).to_be_visible()
    here.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert here.fits()


def test_a_finger_finds_each_control_of_the_head(portal: Open) -> None:
    here = portal("/?q=VPN error 809", "nl-NL", viewport=NARROW, has_touch=True, is_mobile=True)
    expect(here.answer).to_be_visible()
    for control in here.page.locator("header").locator("select, button").all():
        place = control.bounding_box()
        assert place and place["height"] >= 44


def test_nothing_moves_where_motion_is_not_wanted(portal: Open) -> None:
    here = portal(reduced_motion="reduce")
    here.page.route("**/ask", lambda _route: None)
    here.ask("VPN")
    expect(here.page.locator(".skeleton")).to_be_visible()
    assert here.page.evaluate("document.getAnimations().length") == 0
    assert here.page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_landmarks_and_names_are_there(portal: Open) -> None:
    here = portal("/a/vpn/error-809?locale=en-US")
    expect(here.article).to_be_visible()
    page = here.page
    for role, count in {"banner": 1, "main": 1, "search": 1, "navigation": 2}.items():
        expect(page.get_by_role(role)).to_have_count(count)  # type: ignore[arg-type]
    tree = page.locator("article").aria_snapshot()
    assert "- list:" in tree and '- columnheader "Port"' in tree


def test_a_heading_is_named_by_its_text_alone(portal: Open) -> None:
    here = portal("/a/vpn/error-809?locale=nl-NL&source=1")
    title = here.page.get_by_role("heading", name="Het netwerk controleren", exact=True, level=2)
    expect(title).to_be_visible()
    link = here.page.locator(f"a[aria-describedby={title.get_attribute('id')}]")
    expect(link).to_have_accessible_name("Link to this section")
    expect(link).to_have_accessible_description("Het netwerk controleren")
    expect(here.article.locator(".section .source").first).to_contain_text("Check the network")
