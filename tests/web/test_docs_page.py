"""The page /docs: Swagger UI works under the Content-Security-Policy that it is given."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.suite


def test_swagger_ui_shows_every_route_and_tries_one(open_page: Callable[..., Page], service: str) -> None:
    page = open_page(f"{service}/docs")
    expect(page.locator(".opblock").first).to_be_visible()
    page.locator("#operations-health-health_health_get .opblock-summary-control").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator("td.response-col_status:not(.col_header)").first).to_contain_text("200")
