"""Questions, articles and answers that mean harm: nothing runs, nothing leaves its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from searchbox import Box

pytestmark = pytest.mark.suite
Open = Callable[..., Box]

QUERIES = [
    '<script>window.ran = "query"</script>',
    '"><img src=x onerror=window.ran="query">',
    "javascript:window.ran='query'",
    '<svg onload=window.ran="query"></svg>',
    "\u202etxet desrever\u2066 \u200f",
    "&#x; &nosuch; &lt;b&gt; &#xD800;",
    "{{constructor.constructor('window.ran=1')()}} ${window.ran=1}",
    "v" + "\u0301\u0316" * 80,
    "valve" * 300,
    "\ud83d\ude00\U000e0041\u0000\uffff",
]


def nothing_ran(page: Page) -> None:
    assert page.evaluate("window.ran") is None
    for tag in ("script", "img", "svg[onload]", "iframe", "style", "object"):
        found = page.locator(f"kb-search {tag}")
        assert found.count() == 0, tag
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"


def test_a_hostile_question_is_text(box: Open) -> None:
    here = box(context={"viewport": {"width": 360, "height": 640}})
    for query in QUERIES:
        here.search(query)
        expect(here.page.locator(".hit, .notice").first).to_be_visible()
        nothing_ran(here.page)
        here.page.get_by_role("button", name="Clear the search field").click()
        expect(here.page.locator("[part~=recent]").first).to_be_visible()
        nothing_ran(here.page)


@pytest.mark.parametrize("query", ["reset the flux valve", "endless flux valve"])
def test_a_hostile_article_is_text(box: Open, query: str) -> None:
    here = box(collection="hostile", context={"viewport": {"width": 360, "height": 640}})
    here.listen("kb-answer")
    here.type(query)
    here.field.press("Enter")
    here.wait_heard("kb-answer")
    expect(here.hits).to_have_count(2)
    nothing_ran(here.page)
    # a direction that an article turns ends with its text
    for bdi in here.page.locator("kb-search bdi").all():
        assert bdi.evaluate("e => getComputedStyle(e).unicodeBidi") == "isolate"
    shown = here.panel.bounding_box()
    for option in here.options.all():
        place = option.bounding_box()
        assert place and shown and place["width"] <= shown["width"]
        assert place["height"] < 300


HOSTILE_URLS = [
    "javascript:window.ran='url'",
    " java\nscript:window.ran='url'",
    "data:text/html,<script>parent.ran='url'</script>",
    "vbscript:window.ran=1",
    "blob:https://example.com/1",
    "file:///etc/passwd",
]


def test_an_address_that_is_none_is_no_link(box: Open) -> None:
    here = box()
    before = here.page.url
    for url in HOSTILE_URLS:
        poisoned = poisoning(url)
        here.page.route("**/search?*", poisoned)
        here.page.route("**/ask", poisoned)
        here.search("")
        here.search("vpn error 809")
        expect(here.answer).to_be_visible()
        assert here.page.locator("kb-search a[href]").count() == 0, url
        here.hits.first.click()
        here.field.press("ArrowDown")
        here.field.press("Enter")
        assert here.page.url == before, url
        nothing_ran(here.page)


def poisoning(url: str) -> Callable[[Route], None]:
    """Answers of the service in which each address is this one."""

    def poisoned(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, json=_with_urls(response.json(), url))

    return poisoned


def test_a_damaged_answer_of_the_service_breaks_nothing(box: Open) -> None:
    here = box()

    def torn(route: Route) -> None:
        response = route.fetch()
        body = response.json()
        for hit in body["hits"]:
            hit["highlights"] = [[5, 2], [-3, 4], [2, 10**9], [3, 3], [1, 2]]
            hit["locale"] = "x-\u202e-<b>"
        route.fulfill(response=response, json=body)

    here.page.route("**/search?*", torn)
    here.type("vpn error 809")
    expect(here.hits.first).to_contain_text("error 809")
    nothing_ran(here.page)


def _with_urls(value: Any, url: str) -> Any:
    if isinstance(value, dict):
        return {name: url if name == "url" else _with_urls(each, url) for name, each in value.items()}
    return [_with_urls(each, url) for each in value] if isinstance(value, list) else value
