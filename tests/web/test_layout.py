"""Right to left, narrow, zoomed, dark, still, by touch."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from searchbox import Box

pytestmark = pytest.mark.suite
Open = Callable[..., Box]


def test_right_to_left(box: Open) -> None:
    here = box(locale="ar-SA", page_lang="ar", page_dir="rtl")
    here.type("VPN error 809")
    expect(here.answer).to_be_visible()
    assert here.sticking_out() == []
    # marks of a hit stand right of its text, the clear button left of the field
    icon, text = here.hits.first.locator(".icon").bounding_box(), here.hits.first.locator(".hit-title bdi")
    place = text.bounding_box()
    assert icon and place and icon["x"] > place["x"] + place["width"] - 1
    expect(text).to_have_attribute("dir", "rtl")
    button = here.page.get_by_role("button", name="مسح حقل البحث").bounding_box()
    field = here.field.bounding_box()
    assert button and field and button["x"] < field["x"]
    # what is typed goes its own way
    assert here.field.evaluate("e => getComputedStyle(e).direction") == "ltr"


@pytest.mark.parametrize("locale", ["de-DE", "ar-SA", "ja-JP"])
def test_a_small_phone(box: Open, locale: str) -> None:
    phone = {"viewport": {"width": 320, "height": 568}, "has_touch": True, "is_mobile": True}
    here = box(locale=locale, context=phone)
    here.field.tap()
    here.type("VPN error 809")
    expect(here.answer).to_be_visible()
    assert here.sticking_out() == []
    for target in [*here.options.all(), *here.page.locator("kb-search button").all()]:
        place = target.bounding_box()
        assert place and place["height"] >= 44
    with here.page.expect_navigation():
        here.hits.first.tap()


def test_twice_the_text_size_on_a_laptop(box: Open) -> None:
    here = box(context={"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2})
    here.type("VPN error 809")
    expect(here.answer).to_be_visible()
    assert here.sticking_out() == []
    place = here.panel.bounding_box()
    assert place and place["height"] <= 400  # the page scrolls to its end


def test_a_wide_place_shows_answer_and_articles_side_by_side(box: Open) -> None:
    here = box(page_class="wide", context={"viewport": {"width": 1200, "height": 760}})
    here.type("VPN error 809")
    answer, articles = here.answer.bounding_box(), here.page.locator(".list").bounding_box()
    assert answer and articles and articles["x"] + articles["width"] <= answer["x"]


def test_the_answer_pushes_no_article_away_from_whoever_is_there(box: Open) -> None:
    here = box()
    here.type("VPN error 809")
    expect(here.hits.first).to_be_visible()
    here.field.press("ArrowDown")
    before = here.active().bounding_box()
    expect(here.answer).to_be_visible()
    assert here.active().bounding_box() == before


@pytest.mark.parametrize(
    ("scheme", "theme", "dark"), [("dark", "", True), ("light", "dark", True), ("dark", "light", False)]
)
def test_dark_and_light_by_the_system_or_the_attribute(
    box: Open, scheme: str, theme: str, dark: bool
) -> None:
    attributes = {"theme": theme} if theme else {}
    here = box(context={"color_scheme": scheme}, **attributes)
    ground = here.page.locator(".field").evaluate("e => getComputedStyle(e).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") is not dark


def test_nothing_moves_for_whoever_wants_no_motion(box: Open) -> None:
    here = box(answers="off", context={"reduced_motion": "reduce"})
    here.page.route("**/search?*", lambda _route: None)
    here.type("vpn")
    expect(here.panel).to_be_visible()
    moving = "e => e.getAnimations({ subtree: true }).filter(a => a.playState === 'running').length"
    assert here.page.locator(".kb").evaluate(moving) == 0


def test_it_follows_the_pages_colours_and_fonts(box: Open) -> None:
    here = box()
    here.page.evaluate(
        """() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync('kb-search { --kb-accent: rgb(1, 2, 3); --kb-font: monospace }'
                + 'kb-search::part(field) { border-radius: 0px }');
            document.adoptedStyleSheets = [sheet];
        }"""
    )
    here.field.focus()
    field = here.page.locator(".field")
    expect(field).to_have_css("border-color", "rgb(1, 2, 3)")
    expect(field).to_have_css("border-radius", "0px")
    expect(here.field).to_have_css("font-family", "monospace")


def test_each_link_of_an_answer_is_underlined(box: Open) -> None:
    here = box(locale="nl-NL")
    here.search("vpn fout 809 thuis")
    expect(here.answer).to_be_visible()
    links = here.answer.get_by_role("link").all()
    assert len(links) >= 2
    # an underline is not handed on into boxes of their own, such as a clipped title in a line
    drawn = """link => [link, ...link.querySelectorAll('*')].filter(e => {
        const { display, textDecorationLine } = getComputedStyle(e);
        return textDecorationLine === 'none' && display.startsWith('inline-');
    }).length"""
    assert [link.evaluate(drawn) for link in links] == [0] * len(links)
