"""Articles and questions that mean harm, on the portal's pages: nothing runs, nothing leaves its place."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import expect
from portalpage import Portal

pytestmark = pytest.mark.suite
Open = Callable[..., Portal]

QUERIES = [
    '<script>window.ran = "query"</script>',
    '"><img src=x onerror=window.ran="query">',
    "javascript:window.ran='query'",
    "\u202etxet desrever\u2066 \u200f",
    "&#x; &nosuch; &lt;b&gt; {{7*7}} ${window.ran=1}",
    "v" + "\u0301\u0316" * 80,
    "valve" * 300,
    "\U0001f600\U000e0041\uffff",
]


def nothing_ran(here: Portal) -> None:
    page = here.page
    for hovered in page.locator("main a, main b, main strong").all()[:20]:
        hovered.hover(force=True)
    assert page.evaluate("window.ran") is None
    for tag in ("script", "img", "iframe", "style", "object", "form[action]", "details", "svg:not(.icon)"):
        assert page.locator(f"main {tag}").count() == 0, tag
    assert page.evaluate("[...document.scripts].every(s => s.src.startsWith(location.origin))")
    handlers = "[...document.querySelectorAll('main *')].flatMap(e => e.getAttributeNames()).filter(n => /^on/.test(n))"
    assert page.evaluate(handlers) == []
    for href in page.evaluate("[...document.querySelectorAll('main a[href]')].map(a => a.href)"):
        assert href.startswith(("http://", "https://", "mailto:")), href
    assert here.fits()


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_a_hostile_question_is_text(portal: Open, query: str) -> None:
    here = portal(f"/?q={quote(query)}", viewport={"width": 360, "height": 640})
    expect(here.notice.or_(here.answer).first).to_be_visible()
    expect(here.heading.locator("bdi")).to_have_text(query)
    nothing_ran(here)


@pytest.mark.parametrize(
    "address",
    [
        "/a/trap/everything?collection=trap&locale=en-US",
        "/a/trap/everything?collection=trap&locale=nl-NL&source=1#units=101,102",
        "/a/trap/everything?collection=trap&locale=en-US#<img src=x onerror=window.ran=1>",
        "/?q=close the trap door&collection=trap&source=1",
    ],
)
def test_a_hostile_article_is_text(portal: Open, address: str) -> None:
    here = portal(address, viewport={"width": 360, "height": 640})
    expect(here.article.or_(here.answer).or_(here.notice).first).to_be_visible()
    if "everything" in address:
        expect(here.heading).not_to_be_empty()
        for link in here.article.locator(".article-body a.external").all():
            assert link.get_attribute("href") == "https://example.com/safe"
            assert "noopener" in (link.get_attribute("rel") or "")
    nothing_ran(here)


def test_a_hostile_article_in_the_chat_is_text(portal: Open) -> None:
    here = portal("/?q=trap&collection=trap", viewport={"width": 360, "height": 640})
    expect(here.notice.or_(here.answer).first).to_be_visible()
    here.page.get_by_role("button", name="Chat", exact=True).click()
    here.say("How do I close the trap door?")
    here.say(QUERIES[1])
    nothing_ran(here)


def test_a_direction_that_an_article_turns_ends_with_its_text(portal: Open) -> None:
    here = portal("/a/trap/everything?collection=trap&locale=nl-NL&source=1")
    expect(here.article).to_be_visible()
    for text in here.page.locator("article bdi, article .side").all():
        isolated = text.evaluate("e => getComputedStyle(e).unicodeBidi")
        assert isolated in ("isolate", "isolate-override", "plaintext")
