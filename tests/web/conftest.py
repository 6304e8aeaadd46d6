"""Real Chromium against `kb serve` on the articles in `data/`, from a page of another origin.

A test is skipped where there is no browser, and fails in CI, which has to have one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlencode

import pytest
from hostpage import HostPage, hosting
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from portalpage import Portal
from processes import ROOT, Kb
from samplehome import copy_home, sample_home
from searchbox import PATIENCE_MS, Box, Watched

WEB = ROOT / "api" / "web"
ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_HOSTILE = Path(__file__).parent / "hostile"
_HOSTILE_PAGES = Path(__file__).parent / "hostile_pages"
CONTACT = "https://help.example.com/new?subject={question}"


def lacking(reason: str) -> NoReturn:
    """Skips, but fails in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        lacking("needs Debian's chromium: apt-get install chromium")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, chromium_sandbox=False, args=list(ARGUMENTS)
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The packages of api/web, as its lock file has them."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        lacking("needs node and npm, to build api/web: apt-get install nodejs npm")
    modules = WEB / "node_modules"
    installed, lock = modules / ".package-lock.json", WEB / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        done = subprocess.run([npm, "ci"], cwd=WEB, capture_output=True, text=True, check=False, timeout=300)
        if done.returncode:
            lacking(
                f"needs the npm packages of api/web, which npm ci could not install: {done.stderr[-500:]}"
            )
    return modules


@pytest.fixture(scope="session")
def host() -> Iterator[HostPage]:
    """A page of another origin that embeds the box."""
    with hosting() as page:
        yield page


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory, host: HostPage) -> Iterator[str]:
    """The address of `kb serve` over `data/` and, as collections `hostile` and `trap`, over articles that mean harm."""
    home = copy_home(sample_home(tmp_path_factory.getbasetemp()), tmp_path_factory.mktemp("web") / "home")
    for collection, articles in {"hostile": _HOSTILE, "trap": _HOSTILE_PAGES}.items():
        done = Kb(home).run("index", str(articles), "--collection", collection, "--json")
        assert done.returncode == 0, done.stderr
    settings = {"KB_CORS_ORIGINS": host.origin, "KB_CONTACT_URL": CONTACT}
    with Kb(home, settings=settings).serving() as address:
        host.service = address
        yield address


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page in a browser profile of its own; options are those of playwright's new_context.

    The test fails at its end where the page broke its Content-Security-Policy or let an error go uncaught.
    """
    contexts: list[BrowserContext] = []
    pages: list[Watched] = []

    def open_page(address: str, **options: Any) -> Page:
        context = browser.new_context(**({"viewport": {"width": 900, "height": 760}} | options))
        contexts.append(context)
        watched = Watched(context.new_page())
        pages.append(watched)
        watched.watch()
        watched.page.goto(address)
        return watched.page

    yield open_page
    for context in contexts:
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")  # requests that a test holds for ever
        context.close()
    assert [complaint for page in pages for complaint in page.complaints] == []


@pytest.fixture
def box(open_page: Callable[..., Page], host: HostPage, service: str) -> Callable[..., Box]:
    """Opens the page with the search box; attributes are the element's, with `_` for `-`."""

    def box(*, context: dict[str, Any] | None = None, **attributes: str) -> Box:
        given = {"locale": "en-US", "timeout_ms": str(PATIENCE_MS)} | attributes
        assert host.service == service
        query = urlencode({name.replace("_", "-"): value for name, value in given.items()})
        page = open_page(f"{host.origin}/?{query}", **(context or {}))
        found = Box(page)
        expect(found.field).to_be_visible()
        return found

    return box


@pytest.fixture
def portal(open_page: Callable[..., Page], service: str) -> Callable[..., Portal]:
    """Opens one of the portal's pages in a browser of this language; options are those of playwright's new_context."""

    def portal(path: str = "/", locale: str = "en-US", **context: Any) -> Portal:
        found = Portal(open_page(service + path, locale=locale, **context))
        expect(found.field).to_be_visible()
        return found

    return portal


@pytest.fixture(scope="session")
def axe(node_modules: Path) -> str:
    """axe-core's source; evaluated, it works under a policy that lets no script in."""
    return (node_modules / "axe-core" / "axe.min.js").read_text("utf-8")
