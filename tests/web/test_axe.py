"""axe-core finds nothing in any state of the box, light and dark, in both directions, wide and narrow; all fits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axecore import violations
from playwright.sync_api import Route, expect
from searchbox import Box

pytestmark = pytest.mark.suite
Open = Callable[..., Box]
WIDE = {"width": 1200, "height": 800}
NARROW = {"width": 320, "height": 640}
# translated, so that each answer has a source to show; what the box says of a slow service
READERS = {"nl-NL": ("ltr", "Dit duurt langer"), "ar-SA": ("rtl", "يستغرق هذا وقتًا أطول")}


@pytest.mark.parametrize("locale", list(READERS))
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_no_violation_in_any_state(box: Open, axe: str, locale: str, size: dict[str, int]) -> None:
    direction, slow = READERS[locale]
    here = box(
        locale=locale,
        page_lang=locale,
        page_dir=direction,
        page_class="wide",
        context={"reduced_motion": "reduce", "viewport": size},
    )
    page = here.page
    found: dict[str, list[Any]] = {}
    held: list[Route] = []

    def check(state: str) -> None:
        sticking_out = here.sticking_out()
        found[state] = [*violations(page, axe), *([sticking_out] if sticking_out else [])]

    check("closed")
    page.route("**/ask", lambda route: held.append(route))
    with page.expect_request("**/ask"):
        here.search("VPN error 809")
    expect(here.hits.first).to_be_visible()
    check("results")
    held.pop().continue_()
    page.unroute("**/ask")
    expect(here.answer).to_be_visible()
    check("answer")
    page.locator("[part=source-toggle]").click()
    page.locator("[part=more-steps]").click()
    expect(here.answer.locator(".step-source").first).to_be_visible()
    check("all steps with their source")
    here.answer.locator("[part=feedback] button").first.click()
    expect(here.answer.locator("p[part=feedback]")).to_be_visible()
    check("feedback")
    here.field.press("ArrowDown")
    check("option")

    here.set("top-k", "1")
    here.search("mail")
    expect(page.locator("[part~=suggestion]").first).to_be_visible()
    check("suggestions")
    here.set("top-k", "6")
    here.search("authentcator new phone")
    expect(page.locator("[part~=correction]")).to_be_visible()
    check("did you mean")

    page.route("**/search?*", lambda _route: None)
    here.search("mailbox")
    expect(here.panel).to_contain_text(slow)
    check("slow, over earlier results")
    page.unroute("**/search?*")

    here.search("how do I bake sourdough bread")
    expect(here.notice).to_be_visible()
    check("none")
    here.search("")
    expect(page.locator("[part~=recent]").first).to_be_visible()
    check("recent")

    page.route("**/search?*", lambda _route: None)
    here.search("mailbox")
    expect(page.locator("[part=waiting]")).to_be_visible()
    check("waiting")
    page.unroute("**/search?*")
    here.set("collection", "nowhere")
    here.search("printer")
    expect(page.locator("[part=error] [lang=en]")).to_be_visible()
    check("problem")
    page.route("**/search?*", lambda route: route.abort())
    here.search("printer offline")
    expect(page.locator("[part=error]")).to_be_visible()
    expect(page.locator("[part=error] [lang=en]")).to_have_count(0)
    check("unreachable")
    page.context.set_offline(True)
    here.search("printers")
    expect(page.locator("[part=offline]")).to_be_visible()
    check("offline")
    assert {state: each for state, each in found.items() if each} == {}


def test_what_is_hard_to_read_in_the_dark_alone_is_found(box: Open, axe: str) -> None:
    page = box().page
    page.evaluate("document.querySelector('h1').style.setProperty('color', 'light-dark(#000, #222)')")
    assert [rule for rule, _ in violations(page, axe)] == ["color-contrast in the dark"]
