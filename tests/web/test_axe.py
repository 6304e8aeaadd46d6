"""axe-core finds nothing, in any state, light and dark, in both directions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axecore import violations
from playwright.sync_api import expect
from searchbox import Box

pytestmark = pytest.mark.suite
Open = Callable[..., Box]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("locale", "direction"), [("en-US", "ltr"), ("ar-SA", "rtl")])
def test_no_violation_in_any_state(box: Open, axe: str, scheme: str, locale: str, direction: str) -> None:
    here = box(
        locale=locale,
        page_lang=locale,
        page_dir=direction,
        context={"color_scheme": scheme, "reduced_motion": "reduce"},
    )
    page = here.page
    found = {"closed": violations(page, axe)}

    here.field.fill("VPN error 809")
    here.field.press("Enter")
    expect(here.answer).to_be_visible()
    found["answer"] = violations(page, axe)
    page.locator("[part=source-toggle]").or_(page.locator("[part=more-steps]")).first.click()
    found["source"] = violations(page, axe)
    here.field.press("ArrowDown")
    found["option"] = violations(page, axe)

    here.field.fill("authentcator new phone")
    expect(here.page.locator("[part~=correction]")).to_be_visible()
    found["did you mean"] = violations(page, axe)

    here.field.fill("how do I bake sourdough bread")
    expect(here.notice).to_be_visible()
    found["none"] = violations(page, axe)

    here.field.fill("")
    expect(page.locator("[part~=recent]")).to_have_count(1)
    found["recent"] = violations(page, axe)

    page.route("**/search?*", lambda _route: None)
    here.field.fill("mailbox")
    expect(page.locator(".waiting")).to_be_visible()
    page.wait_for_timeout(1600)
    found["slow"] = violations(page, axe)
    page.unroute("**/search?*")

    page.route("**/search?*", lambda route: route.abort())
    here.field.fill("printer")
    expect(here.notice).to_be_visible()
    found["unreachable"] = violations(page, axe)
    page.context.set_offline(True)
    here.field.fill("printers")
    expect(page.locator("[part=offline]")).to_be_visible()
    found["offline"] = violations(page, axe)
    assert {state: each for state, each in found.items() if each} == {}
