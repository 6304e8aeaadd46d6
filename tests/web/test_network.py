"""Slow, out of order, offline, broken: what the box makes of its network."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect
from searchbox import Box

pytestmark = pytest.mark.suite
Open = Callable[..., Box]

# A browser that can't abort a request: whatever was asked is answered, the longer question last.
NEVER_ABORTS = """() => {
const real = window.fetch;
window.fetch = async (url, init) => {
    const { signal, ...rest } = init ?? {};
    const response = await real(url, rest);
    const q = new URL(url).searchParams.get("q");
    if (q === "printer appears offline") await new Promise(go => setTimeout(go, 1500));
    if (q === "printer appears offline") document.dispatchEvent(new CustomEvent("late"));
    return response;
};
}"""


def test_an_outdated_search_is_cancelled(box: Open) -> None:
    here = box(answers="off")
    held: list[Route] = []
    cancelled: list[str] = []
    here.page.on("requestfailed", lambda request: cancelled.append(request.url))
    here.page.route("**/search?*q=printer*", lambda route: held.append(route))
    with here.page.expect_request("**/search?*q=printer*"):
        here.field.fill("printer")
    here.field.fill("vpn error 809")
    expect(here.hits.first).to_contain_text("809")
    assert len(held) == 1 and any("q=printer" in url for url in cancelled)


def test_an_answer_that_comes_too_late_is_never_drawn(box: Open) -> None:
    here = box(answers="off")
    here.listen("late")
    here.page.evaluate(NEVER_ABORTS)
    with here.page.expect_request("**/search?*q=printer*"):
        here.field.fill("printer appears offline")
    here.field.fill("vpn error 809")
    expect(here.hits.first).to_contain_text("809")
    here.wait_heard("late")
    here.page.wait_for_timeout(100)
    expect(here.hits.first).to_contain_text("809")
    expect(here.field).to_have_value("vpn error 809")


def test_a_slow_service_is_waited_for(box: Open) -> None:
    here = box(answers="off")
    held: list[Route] = []
    here.page.route("**/search?*", lambda route: held.append(route))
    here.type("vpn error 809")
    expect(here.panel).to_contain_text("taking longer than usual")
    expect(here.status).to_contain_text("taking longer than usual")
    held[-1].continue_()
    expect(here.hits.first).to_contain_text("809")
    expect(here.panel).not_to_contain_text("taking longer")


def test_a_service_that_does_not_answer_is_given_up_and_can_be_tried_again(box: Open) -> None:
    here = box(timeout_ms="600", answers="off")
    here.listen("kb-error")
    here.page.route("**/search?*", lambda _route: None)
    here.type("vpn error 809")
    expect(here.notice).to_contain_text("The search takes too long")
    assert here.heard()[-1][1]["kind"] == "timeout"
    here.page.unroute("**/search?*")
    here.page.locator("kb-search").evaluate("box => box.setAttribute('timeout-ms', '60000')")
    here.page.get_by_role("button", name="Try again").click()
    expect(here.hits.first).to_contain_text("809")


def test_offline_it_says_so_and_goes_on_by_itself(box: Open) -> None:
    here = box(answers="off")
    here.page.context.set_offline(True)
    here.type("vpn error 809")
    expect(here.notice).to_contain_text("You are offline")
    expect(here.status).to_contain_text("You are offline")
    expect(here.field).to_have_value("vpn error 809")
    here.page.context.set_offline(False)
    expect(here.hits.first).to_contain_text("809")
    expect(here.notice).to_have_count(0)


def test_a_problem_of_the_service_is_told_in_its_words(box: Open) -> None:
    here = box(collection="nowhere")
    here.listen("kb-error")
    here.type("vpn")
    expect(here.notice).to_contain_text("The service can’t answer this")
    expect(here.notice.locator("[lang=en]")).to_contain_text("nowhere")
    problems = [detail for name, detail in here.heard() if name == "kb-error"]
    assert problems[-1]["problem"]["status"] == 404


def test_a_service_that_is_gone_is_told_apart_from_being_offline(box: Open) -> None:
    here = box()
    here.listen("kb-error")
    here.page.route("**/search?*", lambda route: route.abort("connectionrefused"))
    here.type("vpn")
    expect(here.notice).to_contain_text("can’t be reached")
    assert here.heard()[-1][1]["kind"] == "unreachable"


def test_results_stay_where_only_the_answer_or_the_suggestions_fail(box: Open) -> None:
    here = box()
    here.listen("kb-error", "kb-results")
    here.page.route("**/ask", lambda route: route.abort())
    here.page.route("**/suggest?*", lambda route: route.abort())
    here.type("vpn error 809")
    assert here.wait_heard("kb-error")["kind"] == "unreachable"
    here.wait_heard("kb-results")
    here.page.wait_for_timeout(600)
    expect(here.hits.first).to_contain_text("809")
    expect(here.notice).to_have_count(0)
