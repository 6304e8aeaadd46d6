"""The search box on a page in a browser, by what people find in it; and what a page did that it must not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import ConsoleMessage, Locator, Page

# The machine of the tests may be busy; what is waited for comes when it comes.
PATIENCE_MS = 60_000
# Chromium reports each failed request itself; whether the page copes is what the tests look at.
_NETWORK = re.compile(r"Failed to load resource|net::ERR_|blocked by CORS policy")


@dataclass
class Watched:
    """A page, and what it did that it must not: scripts refused, errors that nobody caught."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        self.page.on("dialog", lambda dialog: (self.complaints.append("a dialog opened"), dialog.dismiss()))
        self.page.on("console", self._heard)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not _NETWORK.search(message.text):
            self.complaints.append(f"console: {message.text}")


class Box:
    """The search box on a page, by what people find in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.field = page.get_by_role("combobox")
        self.options = page.get_by_role("option")
        self.hits = page.locator(".hit")
        self.answer = page.locator(".answer")
        self.notice = page.locator(".notice")
        self.panel = page.locator(".panel")
        self.status = page.locator("kb-search [aria-live=polite]")

    def type(self, text: str) -> None:
        self.field.press_sequentially(text)

    def search(self, text: str) -> None:
        """Puts a text into the field, in place of what was there, and presses Enter."""
        self.field.fill(text)
        self.field.press("Enter")

    def set(self, attribute: str, value: str) -> None:
        self.page.locator("kb-search").evaluate(
            "(box, [name, value]) => box.setAttribute(name, value)", [attribute, value]
        )

    def sticking_out(self) -> list[str]:
        """What sticks out sideways, of the page or of the panel; classes of elements."""
        found: list[str] = self.page.evaluate(
            """() => {
                const wide = document.documentElement.scrollWidth > innerWidth ? ["the page"] : [];
                const panel = document.querySelector("kb-search").shadowRoot.querySelector(".panel");
                if (!panel) return wide;
                const outer = panel.getBoundingClientRect();
                const out = [...panel.querySelectorAll("*")].filter(e => {
                    const { width, left, right } = e.getBoundingClientRect();
                    return width && !e.closest(".unseen") && (left < outer.left - 1 || right > outer.right + 1);
                });
                return [...wide, ...out.map(e => e.className)];
            }"""
        )
        return found

    def active(self) -> Locator:
        return self.page.locator("kb-search [role=option][aria-selected=true]")

    def listen(self, *names: str) -> None:
        """Notes these events of the element, to be read by `heard`."""
        self.page.evaluate(
            """names => {
                window.heard = [];
                for (const name of names)
                    document.addEventListener(name, e => window.heard.push([name, e.detail]));
            }""",
            list(names),
        )

    def heard(self) -> list[tuple[str, dict[str, Any]]]:
        return [(name, detail) for name, detail in self.page.evaluate("window.heard")]

    def wait_heard(self, name: str) -> dict[str, Any]:
        """The detail of the first such event, once there is one.

        Not by wait_for_function, which evaluates strings in the page: its policy refuses that.
        """
        for _ in range(PATIENCE_MS // 50):
            for heard, detail in self.heard():
                if heard == name:
                    return detail
            self.page.wait_for_timeout(50)
        raise AssertionError(f"heard {self.heard()}, expected {name}")
