"""The portal page in a browser, by what people find in it."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Locator, Page, expect


class Portal:
    """One open portal page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.field = page.locator("kb-search").get_by_role("combobox")
        self.heading = page.locator("main h1")
        self.answer = page.locator("main .answer")
        self.steps = page.locator("main .answer .step")
        self.hits = page.locator("main .hit")
        self.article = page.locator("article")
        self.cited = page.locator("article .cited-text")
        self.notice = page.locator("main .notice")
        self.language = page.locator("header select")
        self.chat = page.get_by_role("dialog")
        self.question = page.locator("#chat-question")
        self.turns = page.locator(".turn")

    def ask(self, question: str) -> None:
        self.field.fill(question)
        self.field.press("Enter")

    def say(self, question: str) -> Locator:
        """Asks in the chat, and gives the turn once its answer is there."""
        before = self.turns.count()
        self.question.fill(question)
        self.question.press("Enter")
        turn = self.turns.nth(before)
        expect(turn.locator(".turn-answer[aria-busy=false]")).to_be_visible()
        return turn

    def focused(self) -> Any:
        """Tag and text of what has the focus."""
        return self.page.evaluate("[document.activeElement.tagName, document.activeElement.innerText]")

    def scrolls_to(self, place: float) -> None:
        """Waits until the page is there; no function of playwright's can, under a policy that forbids eval."""
        until = time.monotonic() + 30
        while abs(self.page.evaluate("scrollY") - place) > 3:
            assert time.monotonic() < until, f"at {self.page.evaluate('scrollY')}, expected {place}"
            self.page.wait_for_timeout(50)

    def fits(self) -> bool:
        """Whether nothing makes the page scroll sideways."""
        fits: bool = self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        return fits
