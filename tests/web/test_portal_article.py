"""An article's page: its structure, its languages, what is cited in it, and paper."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from portalpage import Portal

pytestmark = pytest.mark.suite
Open = Callable[..., Portal]

VPN = "/a/vpn/error-809?locale=nl-NL"


def test_a_deep_link_points_out_what_is_cited(portal: Open) -> None:
    here = portal(f"{VPN}#units=106,121", viewport={"width": 900, "height": 420})
    expect(here.cited).to_have_count(2)
    expect(here.cited.first).to_contain_text("Maak verbinding via een ander netwerk")
    expect(here.cited.first).to_be_in_viewport()
    expect(here.cited.last).to_contain_text("Maak opnieuw verbinding")
    here.page.goto(here.page.url.replace("units%3D106%2C121", "").split("#")[0] + "#lines=19-21")
    expect(here.page.locator("article .cited")).to_have_count(2)


def test_headings_have_anchors_and_a_list_of_contents(portal: Open) -> None:
    here = portal(VPN, "en-US")
    page = here.page
    contents = page.get_by_role("navigation", name="On this page")
    contents.get_by_role("link").nth(1).click()
    expect(page.locator("#allow-a-server-behind-nat-l2tp-ipsec-only")).to_be_focused()
    assert page.url.endswith("#allow-a-server-behind-nat-l2tp-ipsec-only")
    page.locator("a[aria-describedby=check-the-network]").click()
    assert page.url.endswith("#check-the-network")
    page.go_back()
    assert page.url.endswith("#allow-a-server-behind-nat-l2tp-ipsec-only")
    page.reload()
    expect(page.locator("#allow-a-server-behind-nat-l2tp-ipsec-only")).to_be_in_viewport()


def test_structure_is_kept(portal: Open) -> None:
    here = portal(VPN, "nl-NL")
    page = here.page
    steps = page.locator("article > .article-columns ol.list").first.locator("> li")
    expect(steps).to_have_count(2)
    expect(steps.first.locator("ul > li")).to_have_count(2)
    expect(page.locator("article strong").first).to_have_text("IPsec-passthrough")
    assert page.get_by_role("columnheader").all_inner_texts() == ["Poort", "Gebruikt voor"]
    assert page.locator("pre").inner_text().startswith("New-ItemProperty -Path 'HKLM:")
    assert page.locator("article .side").first.get_attribute("lang") == "nl-NL"
    assert page.locator("article h1").count() == 1


def test_languages_and_source_are_one_click_away(portal: Open) -> None:
    here = portal(VPN, "de-DE")
    page = here.page
    page.get_by_role("button", name="Original: Englisch", pressed=False).click()
    expect(page.get_by_role("button", name="Original: Englisch", pressed=True)).to_be_focused()
    expect(page.locator(".source-title")).to_have_text("Aster VPN fails with error 809")
    assert page.locator(".side.source[lang]").first.get_attribute("lang") == "en-US"
    assert "source=1" in page.url
    page.get_by_role("link", name="العربية").click()
    expect(here.heading.locator("bdi")).to_have_attribute("dir", "rtl")
    expect(page.locator("article .side[lang]").first).to_have_attribute("dir", "rtl")
    expect(page.locator(".machine-note")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("dir", "ltr")  # the page's own language stays
    page.get_by_role("link", name="English", exact=True).click()
    expect(here.heading).to_have_text("Aster VPN fails with error 809")
    expect(page.get_by_role("button", name="Original")).to_have_count(0)
    page.go_back()
    expect(here.heading.locator("bdi")).to_have_attribute("lang", "ar-SA")


def test_links_between_articles_lead_to_them_and_pictures_to_their_words(portal: Open) -> None:
    here = portal("/a/mail/mailbox-full-raise-quota?locale=en-US")
    here.article.get_by_role("link", name="A shared mailbox does not appear in Outlook").click()
    expect(here.heading).to_contain_text("shared mailbox")
    assert "/a/mail/shared-mailbox-missing-in-outlook?locale=en-US" in here.page.url
    here.page.goto(here.page.url.replace("mail/shared-mailbox-missing-in-outlook", "vpn/drops-every-hour"))
    expect(here.page.locator("article .picture").first).to_contain_text("[Picture: ")
    assert here.page.locator("article img").count() == 0


def test_an_article_that_is_not_there_says_so(portal: Open) -> None:
    here = portal("/a/vpn/no-such-article", "es-ES")
    expect(here.heading).to_have_text("Este artículo no está aquí")
    here.ask("VPN error 809")
    expect(here.answer).to_be_visible()


def test_paper_has_the_article_and_no_tools(portal: Open) -> None:
    here = portal(f"{VPN}&source=1", "nl-NL", color_scheme="dark")
    expect(here.article).to_be_visible()
    here.page.emulate_media(media="print")
    for gone in ("header.site-head", ".contents", ".about .actions", ".feedback", ".anchor", ".languages"):
        for found in here.page.locator(gone).all():
            expect(found).to_be_hidden()
    expect(here.article).to_contain_text("Connect through another network")
    assert here.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    expect(here.page.get_by_text(re.compile("Vertaald|vertaald")).first).to_be_visible()
    assert here.page.pdf(format="A4")[:5] == b"%PDF-"


def test_an_articles_feedback_names_it(portal: Open) -> None:
    here = portal(VPN, "en-US")
    with here.page.expect_response("**/feedback") as sent:
        here.page.get_by_role("button", name="Yes").click()
    assert sent.value.ok
    assert sent.value.request.post_data_json["article"] == "vpn/error-809"
