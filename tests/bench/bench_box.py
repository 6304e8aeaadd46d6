"""Milliseconds from the end of the search box's debounce to drawn results, in real Chromium against `kb serve`.

    python tests/bench/bench_box.py HOME [--queries data/eval/queries.jsonl] [--locale nl-NL] [-n 100]

Each question is put into the field at once and counted until the browser has painted its results, encoder and network
(loopback) included; nothing of it is cached, as each question is different. The service's own share (`took_ms` of
/search) and the machine's load stand beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
from pathlib import Path

import numpy as np
import openvino
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from hostpage import HostPage, hosting
from processes import Kb

WARM_UP = 5
# kb-results comes when the results are in the page; the frame after it has them painted.
NOTE = """() => {
    window.drawn = [];
    document.addEventListener("kb-results", ({ detail }) => {
        const end = performance.now();
        requestAnimationFrame(() => setTimeout(() =>
            window.drawn.push([detail.query, detail.tookMs + performance.now() - end])));
    });
}"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("home", type=Path)
    parser.add_argument("--queries", type=Path, default=Path("data/eval/queries.jsonl"))
    parser.add_argument("--locale", default="nl-NL")
    parser.add_argument("-n", type=int, default=100)
    options = parser.parse_args()
    lines = options.queries.read_text("utf-8").splitlines()
    questions = sorted({json.loads(line)["query"] for line in lines})
    chosen = random.Random(7).sample(questions, min(options.n + WARM_UP, len(questions)))
    before = os.getloadavg()[0]
    with hosting() as host, Kb(options.home, settings={"KB_CORS_ORIGINS": host.origin}).serving() as address:
        host.service = address
        drawn, server = measure(host, options.locale, chosen)
    print(f"{len(drawn)} questions, {options.locale}, home {options.home}")
    report("end of the debounce to drawn", drawn)
    report("of which /search says", server)
    print(f"encoder: OpenVINO {openvino.__version__}, float32")
    print(f"load average {before:.1f} before, {os.getloadavg()[0]:.1f} after, {os.cpu_count()} cores")


def measure(host: HostPage, locale: str, questions: list[str]) -> tuple[list[float], list[float]]:
    """Milliseconds of each question but the first few, in the browser and of the service alone."""
    server: list[float] = []
    with sync_playwright() as playwright:
        program = shutil.which("chromium")
        assert program, "needs Debian's chromium: apt-get install chromium"
        browser = playwright.chromium.launch(
            executable_path=program, chromium_sandbox=False, args=["--disable-gpu"]
        )
        page = browser.new_page()
        page.goto(f"{host.origin}/?locale={locale}&answers=off")
        page.evaluate(NOTE)
        page.on("response", lambda r: server.append(r.json()["took_ms"]) if "/search?" in r.url else None)
        field = page.get_by_role("combobox")
        for n, question in enumerate(questions):
            field.fill(question)
            wait_drawn(page, n + 1)
        drawn = [ms for _, ms in page.evaluate("window.drawn")]
        browser.close()
    return drawn[WARM_UP:], server[WARM_UP:]


def wait_drawn(page: Page, count: int) -> None:
    """Waits in the page itself: asking it every few milliseconds would take the processor from the service."""
    page.wait_for_function("count => window.drawn.length >= count", arg=count, polling=200, timeout=60_000)


def report(name: str, values: list[float]) -> None:
    p50, p95 = np.percentile(values, [50, 95])
    print(f"{name}: p50 {p50:.0f} ms, p95 {p95:.0f} ms, most {max(values):.0f} ms")


if __name__ == "__main__":
    main()
