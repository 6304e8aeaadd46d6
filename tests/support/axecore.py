"""axe-core on a page: what it finds against people who see, hear or move otherwise."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page


def violations(page: Page, axe: str) -> list[tuple[str, list[Any]]]:
    """Each rule that is broken, with its places. axe: the library's source."""
    page.evaluate(axe)
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
    return [
        (each["id"], [(node["target"], node["failureSummary"]) for node in each["nodes"]]) for each in found
    ]
