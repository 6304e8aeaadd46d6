"""The whole box by keyboard, and as a screen reader has it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from searchbox import Box

pytestmark = pytest.mark.suite
Open = Callable[..., Box]


def test_arrows_move_through_the_options_while_the_field_keeps_the_focus(box: Open) -> None:
    here = box(answers="off")
    here.type("vpn error 809")
    expect(here.field).to_have_attribute("aria-expanded", "true")
    assert here.field.get_attribute("aria-activedescendant") is None
    count = here.options.count()

    here.field.press("ArrowDown")
    expect(here.active()).to_have_attribute("id", here.field.get_attribute("aria-activedescendant") or "")
    first = here.active().get_attribute("id")
    expect(here.field).to_be_focused()
    here.field.press("ArrowUp")
    last = here.active().get_attribute("id")
    assert count > 2 and first != last
    here.field.press("ArrowDown")
    expect(here.active()).to_have_attribute("id", first or "")
    expect(here.active()).to_be_in_viewport()


def test_enter_opens_the_option_and_going_back_finds_what_was_typed(box: Open, service: str) -> None:
    here = box(answers="off")
    here.listen("kb-open")
    here.type("vpn error 809")
    expect(here.hits.first).to_be_visible()
    here.field.press("ArrowDown")
    while "hit" not in (here.active().get_attribute("class") or ""):
        here.field.press("ArrowDown")
    with here.page.expect_navigation():
        here.field.press("Enter")
    assert here.page.url.startswith(f"{service}/a/vpn/error-809")

    here.page.go_back()
    expect(here.field).to_have_value("vpn error 809")
    here.field.focus()
    expect(here.hits.first).to_contain_text("error 809")


def test_enter_without_an_option_searches_at_once(box: Open) -> None:
    here = box()
    here.listen("kb-submit", "kb-results", "kb-answer")
    here.type("vpn error 809")
    here.field.press("Enter")
    expect(here.answer).to_be_visible()
    told = here.heard()
    assert told[0][0] == "kb-submit" and told[0][1] == {"query": "vpn error 809"}
    assert dict(told)["kb-answer"]["outcome"] == "answered"
    assert dict(told)["kb-results"]["hits"] == here.hits.count()


def test_escape_closes_then_clears(box: Open) -> None:
    here = box(answers="off")
    here.type("vpn")
    expect(here.panel).to_be_visible()
    here.field.press("Escape")
    expect(here.panel).to_have_count(0)
    expect(here.field).to_have_value("vpn")
    here.field.press("ArrowDown")
    expect(here.panel).to_be_visible()
    here.field.press("Escape")
    here.field.press("Escape")
    expect(here.field).to_have_value("")


def test_tab_leads_through_the_answer_and_escape_back_to_the_field(box: Open) -> None:
    here = box(locale="nl-NL")
    here.type("vpn fout 809 thuis")
    expect(here.answer).to_be_visible()
    here.field.press("Tab")
    here.page.keyboard.press("Tab")
    expect(here.answer.get_by_role("link").first).to_be_focused()
    here.page.keyboard.press("Tab")
    here.page.keyboard.press("Enter")
    expect(here.answer.locator(".step-source").first).to_be_visible()
    here.page.keyboard.press("Escape")
    expect(here.field).to_be_focused()
    expect(here.panel).to_have_count(0)
    here.page.keyboard.press("Tab")
    here.page.keyboard.press("Tab")
    expect(here.page.locator("#after")).to_be_focused()


def test_leaving_the_box_closes_it(box: Open) -> None:
    here = box(answers="off")
    here.type("vpn")
    expect(here.panel).to_be_visible()
    here.page.locator("#before").focus()
    expect(here.panel).to_have_count(0)


@pytest.mark.parametrize("keys", ["/", "Control+k"])
def test_a_shortcut_leads_to_the_field_and_escape_back(box: Open, keys: str) -> None:
    here = box()
    here.page.locator("#before").focus()
    here.page.keyboard.press(keys)
    expect(here.field).to_be_focused()
    expect(here.field).to_have_value("")
    here.page.keyboard.press("Escape")
    expect(here.page.locator("#before")).to_be_focused()


def test_a_shortcut_is_text_in_other_fields_and_can_be_switched_off(box: Open) -> None:
    here = box()
    here.page.locator("#other").press_sequentially("a/b")
    here.page.keyboard.press("Control+k")
    expect(here.page.locator("#other")).to_be_focused()
    expect(here.page.locator("#other")).to_have_value("a/b")

    off = box(shortcut="off")
    off.page.locator("#before").focus()
    off.page.keyboard.press("/")
    off.page.keyboard.press("Control+k")
    expect(off.page.locator("#before")).to_be_focused()


def test_keys_of_an_input_method_are_its_own(box: Open) -> None:
    here = box(locale="ja-JP", answers="off")
    here.listen("kb-submit")
    here.field.focus()
    session = here.page.context.new_cdp_session(here.page)
    session.send("Input.imeSetComposition", {"text": "ぷりんた", "selectionStart": 4, "selectionEnd": 4})
    here.page.wait_for_timeout(200)
    expect(here.hits).to_have_count(0)
    session.send("Input.insertText", {"text": "プリンター"})
    expect(here.hits.first).to_be_visible()
    assert here.heard() == []


def test_a_button_whose_words_change_with_its_state_says_it_by_them_alone(box: Open) -> None:
    here = box(locale="nl-NL")
    here.search("vpn fout 809 thuis")
    for part, before, after in (
        ("source-toggle", "Origineel tonen", "Origineel verbergen"),
        ("more-steps", re.compile("^Nog "), re.compile("^Minder ")),
    ):
        button = here.answer.locator(f"[part={part}]")
        expect(button).to_have_accessible_name(before)
        button.press("Enter")
        expect(button).to_have_accessible_name(after)
        expect(button).to_be_focused()
        assert [button.get_attribute(name) for name in ("aria-pressed", "aria-expanded")] == [None, None]


def test_the_tree_that_a_screen_reader_has(box: Open) -> None:
    here = box(answers="off")
    expect(here.page.get_by_role("search")).to_match_aria_snapshot(
        """
        - search "Search the knowledge base":
          - combobox "Search the knowledge base"
        """
    )
    here.type("vpn error 809")
    expect(here.hits.first).to_be_visible()
    expect(here.page.locator("kb-search")).to_match_aria_snapshot(
        """
        - search "Search the knowledge base":
          - combobox "Search the knowledge base" [expanded]: vpn error 809
          - button "Clear the search field"
        - listbox "Articles":
          - group "Articles":
            - option /^Aster VPN fails with error 809/
        - status: /\\d+ articles found/
        """
    )
    here.field.press("ArrowDown")
    expect(here.page.get_by_role("option", selected=True)).to_have_count(1)
