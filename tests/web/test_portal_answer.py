"""A question's page: its answer, where it is quoted from, the source beside it, and addresses that keep."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from portalpage import Portal

pytestmark = pytest.mark.suite
Open = Callable[..., Portal]

QUESTION = "VPN error 809 at home"


def test_a_question_is_answered_by_keyboard_alone(portal: Open) -> None:
    here = portal()
    page = here.page
    page.keyboard.press("/")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(here.answer).to_be_visible()
    expect(page).to_have_url(re.compile(r"/\?q=VPN\+error\+809\+at\+home$"))
    expect(page).to_have_title(f"{QUESTION} – Support")
    expect(here.heading).to_be_focused()
    numbers = [
        number for number in here.page.locator(".step-number").all_inner_texts() if number.endswith(".")
    ]
    assert numbers[:2] == ["1.", "2."]
    citation = page.get_by_role("link", name=re.compile(r"^Show in the article: line")).first
    citation.focus()
    page.keyboard.press("Enter")
    expect(here.article).to_be_visible()
    expect(here.cited.first).to_be_in_viewport()
    assert re.search(r"/a/vpn/error-809\?locale=en-US#units%3D\d+", page.url)
    page.go_back()
    expect(here.answer).to_be_visible()


def test_the_skip_link_leads_to_the_content(portal: Open) -> None:
    here = portal()
    here.page.keyboard.press("Tab")
    expect(here.page.get_by_text("Skip to the content")).to_be_focused()
    here.page.keyboard.press("Enter")
    assert here.focused()[0] == "MAIN"
    assert here.page.url.endswith("/")


def test_the_source_stands_beside_the_translation_and_in_the_address(portal: Open) -> None:
    here = portal("/?q=VPN fout 809 thuis", "nl-NL")
    page = here.page
    expect(here.answer).to_contain_text("Maak verbinding via een ander netwerk")
    expect(page.locator(".step-source")).to_have_count(0)
    page.get_by_role("button", name="Origineel tonen").click()
    hide = page.get_by_role("button", name="Origineel verbergen")
    expect(hide).to_be_focused()
    assert hide.get_attribute("aria-pressed") is None  # its words say it
    expect(page.locator(".step-source").first).to_contain_text("Check the network")
    assert page.url.endswith("&source=1")
    page.reload()
    source = page.locator(".step-source bdi").nth(1)
    expect(source).to_contain_text("Connect through another network")
    assert [source.get_attribute(name) for name in ("lang", "dir")] == ["en-US", "ltr"]
    target = page.locator(".step-text bdi").nth(1)
    assert target.get_attribute("lang") == "nl-NL"
    left, right = target.bounding_box(), source.bounding_box()
    assert left and right and left["x"] + left["width"] <= right["x"] and abs(left["y"] - right["y"]) < 8


def test_back_and_forward_find_each_page_as_it_was(portal: Open) -> None:
    here = portal(viewport={"width": 900, "height": 500})
    page = here.page
    here.ask(QUESTION)
    expect(here.answer).to_be_visible()
    expect(here.hits.first).to_be_attached()
    last = here.hits.last.get_by_role("link")
    last.scroll_into_view_if_needed()
    scrolled = page.evaluate("scrollY")
    assert scrolled > 100
    title = last.inner_text()
    last.click()
    expect(here.heading).to_have_text(title)
    assert page.evaluate("scrollY") == 0
    page.go_back()
    expect(here.answer).to_be_visible()
    here.scrolls_to(scrolled)
    page.go_back()
    expect(here.heading).to_have_text("How can we help?")
    page.go_forward()
    expect(here.answer).to_be_visible()
    page.go_forward()
    expect(here.heading).to_have_text(title)


def test_no_answer_says_so_and_leads_to_people_with_the_question(portal: Open) -> None:
    here = portal("/?q=how do I bake bread %26 rolls?")
    expect(here.notice).to_contain_text("The articles have no answer to this")
    contact = here.page.get_by_role("link", name="Ask the support team")
    asked = "how%20do%20I%20bake%20bread%20%26%20rolls%3F"
    assert contact.get_attribute("href") == f"https://help.example.com/new?subject={asked}"
    expect(here.answer).to_have_count(0)


def test_the_language_is_the_browsers_until_it_is_chosen_and_then_kept(portal: Open) -> None:
    here = portal(f"/?q={QUESTION}", "fr-CA")
    page = here.page
    expect(here.heading).to_contain_text("Réponse à")
    here.language.select_option("ar")
    expect(here.heading).to_contain_text("الإجابة عن")
    html = page.locator("html")
    expect(html).to_have_attribute("dir", "rtl")
    expect(html).to_have_attribute("lang", "ar")
    expect(page.locator(".step-text bdi").first).to_have_attribute("lang", "ar-SA")
    expect(page.locator(".answer-head .mark-mt")).to_have_text("ترجمة آلية")
    brand = page.locator(".brand").bounding_box()
    assert brand and brand["x"] > 450
    page.reload()
    expect(html).to_have_attribute("dir", "rtl")
    here.language.select_option("ja")
    expect(html).to_have_attribute("dir", "ltr")
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('kb-portal'))") == [
        "kb-portal:language"
    ]


@pytest.mark.parametrize("language", ["ar", "de", "en", "es", "fr", "ja", "nl"])
def test_every_language_has_its_texts(portal: Open, language: str) -> None:
    here = portal(locale=language)
    expect(here.page.locator("html")).to_have_attribute("lang", language)
    assert here.language.evaluate("e => e.value") == language
    assert here.fits()


def test_an_article_of_the_box_opens_in_the_page(portal: Open) -> None:
    here = portal()
    here.field.press_sequentially("mailbox full")
    here.page.get_by_role("option").filter(has_text="Mailbox is full").first.click()
    expect(here.article).to_be_visible()
    assert here.page.evaluate("performance.getEntriesByType('navigation').length") == 1
    assert "/a/mail/mailbox-full" in here.page.url


def test_feedback_is_taken_down(portal: Open) -> None:
    here = portal(f"/?q={QUESTION}")
    page = here.page
    with page.expect_response("**/feedback") as sent:
        page.get_by_role("button", name="Yes").click()
    assert sent.value.json() == {"kept": True}
    body = sent.value.request.post_data_json
    assert (body["question"], body["article"], body["helpful"]) == (QUESTION, "vpn/error-809", True)
    expect(page.locator(".feedback")).to_have_text("Thank you for the feedback.")

    page.reload()
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_label("What was missing or wrong?")).to_be_focused()
    page.keyboard.type("Step 2 is unclear")
    with page.expect_response("**/feedback") as sent:
        page.get_by_role("button", name="Send").click()
    assert sent.value.request.post_data_json["comment"] == "Step 2 is unclear"
    assert sent.value.ok
