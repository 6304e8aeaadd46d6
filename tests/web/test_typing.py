"""What people see while they type."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect
from searchbox import Box

pytestmark = pytest.mark.suite
Open = Callable[..., Box]


def test_results_come_while_one_types_and_not_for_every_letter(box: Open) -> None:
    here = box()
    asked: list[str] = []
    here.page.on("request", lambda r: asked.append(r.url) if "/search?" in r.url else None)
    here.field.press_sequentially("vpn error 809", delay=15)
    expect(here.hits.first).to_contain_text("Aster VPN fails with error 809")
    assert 1 <= len(asked) < len("vpn error 809")
    assert here.hits.count() <= 6
    expect(here.status).to_contain_text("articles found")


def test_titles_are_in_the_readers_language_and_say_which_it_is(box: Open) -> None:
    here = box(locale="nl-NL")
    here.type("vpn error 809")
    title = here.hits.first.locator(".hit-title bdi")
    expect(title).to_have_text("Aster VPN mislukt met fout 809")
    expect(title).to_have_attribute("lang", "nl-NL")
    expect(here.page.get_by_role("group", name="Artikelen")).to_be_visible()


def test_what_was_searched_is_marked_in_the_passages(box: Open) -> None:
    here = box()
    here.type("printer appears offline")
    expect(here.page.locator(".hit-text mark").first).to_be_visible()
    marked = {text.casefold() for text in here.page.locator(".hit-text mark").all_inner_texts()}
    assert marked & {"printer", "offline", "appears"}


def test_suggestions_complete_what_is_typed(box: Open) -> None:
    here = box(top_k="1")
    here.listen("kb-choose")
    here.type("mail")
    group = here.page.get_by_role("group", name="Suggestions")
    expect(group).to_be_visible()
    first = group.get_by_role("option").first
    text = first.inner_text().strip()
    first.click()
    expect(here.field).to_have_value(text)
    expect(here.field).to_be_focused()
    assert here.heard() == [("kb-choose", {"kind": "suggestion", "text": text})]


def test_a_slip_is_offered_right_and_can_be_chosen(box: Open) -> None:
    here = box()
    here.type("authentcator new phone")
    offer = here.page.get_by_role("option", name="Did you mean")
    expect(offer).to_contain_text("authenticator")
    offer.click()
    expect(here.field).to_have_value("authenticator new phone")
    expect(here.page.get_by_role("option", name="Did you mean")).to_have_count(0)


def test_a_question_gets_its_steps_with_numbers_and_source(box: Open) -> None:
    here = box(locale="nl-NL")
    here.type("VPN fout 809 thuis, op de hotspot werkt het wel")
    expect(here.answer).to_contain_text("Maak verbinding via een ander netwerk")
    expect(here.answer.locator(".step.essential").first).to_be_visible()
    assert "1." in here.answer.locator(".step-number").all_inner_texts()
    expect(here.answer.locator(".step-source")).to_have_count(0)

    here.page.get_by_role("button", name="Origineel tonen").click()
    source = here.answer.locator(".step-source bdi", has_text="Connect through another network")
    expect(source).to_have_attribute("lang", "en-US")
    shown = here.answer.locator(".step").count()
    here.page.get_by_role("button", name="Nog").click()
    assert here.answer.locator(".step").count() > shown
    expect(here.answer.locator(".answer-sources")).to_contain_text("vpn/error-809")


def test_a_machine_translation_says_so(box: Open) -> None:
    here = box(locale="ja-JP")
    here.type("VPN エラー 809")
    expect(here.answer.get_by_text("機械翻訳")).to_be_visible()


def test_feedback_on_an_answer_is_kept(box: Open) -> None:
    here = box()
    here.listen("kb-feedback")
    here.type("vpn error 809")
    with here.page.expect_response("**/feedback") as response:
        here.answer.get_by_role("button", name="Yes").click()
    assert response.value.json() == {"kept": True}
    sent = json.loads(response.value.request.post_data or "")
    assert (sent["question"], sent["article"], sent["helpful"]) == ("vpn error 809", "vpn/error-809", True)
    expect(here.answer.get_by_text("Thank you")).to_be_visible()
    assert [name for name, _ in here.heard()] == ["kb-feedback"]


def test_what_no_article_answers_is_said_with_what_to_try(box: Open) -> None:
    here = box()
    here.type("how do I bake sourdough bread")
    expect(here.notice).to_contain_text("No article seems to answer")
    expect(here.notice.get_by_role("listitem")).to_have_count(3)
    expect(here.page.get_by_role("group", name="Closest articles")).to_be_visible()
    expect(here.page.locator("[part~=correction]")).to_have_count(0)  # it was searched already
    expect(here.answer).to_have_count(0)
    expect(here.status).to_contain_text("No article seems to answer")


def test_a_word_that_articles_have_asks_for_a_list_and_gets_it(box: Open) -> None:
    here = box()
    here.listen("kb-answer")
    here.type("mail")
    here.wait_heard("kb-answer")
    expect(here.page.get_by_role("group", name="Articles")).to_be_visible()
    expect(here.notice).to_have_count(0)


def test_a_search_without_hits_says_so(box: Open) -> None:
    here = box(top_k="1", answers="off")

    def without_hits(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, json=response.json() | {"hits": []})

    here.page.route("**/search?*", without_hits)
    here.type("zzz")
    expect(here.notice).to_contain_text("Nothing found for zzz")
    expect(here.field).to_have_attribute("aria-expanded", "false")


def test_recent_searches_stay_in_this_browser_and_can_be_cleared(box: Open) -> None:
    here = box()
    here.type("vpn error 809")
    here.field.press("Enter")
    expect(here.hits.first).to_be_visible()
    here.page.get_by_role("button", name="Clear the search field").click()
    expect(here.page.get_by_role("option", name="vpn error 809")).to_be_visible()

    here.page.reload()
    here.field.click()
    expect(here.page.get_by_role("option", name="vpn error 809")).to_be_visible()
    assert "vpn error 809" in here.page.evaluate("JSON.stringify(localStorage)")
    here.page.get_by_role("button", name="Clear recent searches").click()
    expect(here.options).to_have_count(0)
    assert "809" not in here.page.evaluate("JSON.stringify(localStorage)")


def test_no_recent_search_is_kept_where_the_page_does_not_want_it(box: Open) -> None:
    here = box(recent="off")
    here.type("vpn error 809")
    here.field.press("Enter")
    expect(here.hits.first).to_be_visible()
    assert here.page.evaluate("localStorage.length") == 0
