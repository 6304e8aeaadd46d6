"""axe-core on a page: what it finds against people who see, hear or move otherwise."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

Violation = tuple[str, list[Any]]
# What a colour scheme changes; the document is the same in both.
COLOUR_RULES = ("color-contrast", "link-in-text-block")


def violations(page: Page, axe: str) -> list[Violation]:
    """Each rule that is broken, with its places: all rules in the light, those of colours in the dark, too.

    axe: the library's source, which a document reads once. The page is left in the light.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    page.emulate_media(color_scheme="light")
    light = _broken(page, {"resultTypes": ["violations"]})
    page.emulate_media(color_scheme="dark")
    dark = _broken(page, {"resultTypes": ["violations"], "runOnly": list(COLOUR_RULES)})
    page.emulate_media(color_scheme="light")
    return light + [(f"{rule} in the dark", places) for rule, places in dark]


def _broken(page: Page, options: dict[str, Any]) -> list[Violation]:
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [
        (each["id"], [(node["target"], node["failureSummary"]) for node in each["nodes"]]) for each in found
    ]
