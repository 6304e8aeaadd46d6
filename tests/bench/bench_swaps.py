"""Latency of a service under steady load, with and without a generation being swapped under it.

    python tests/bench/bench_swaps.py HOME [--swaps 20] [--every 6] [--clients 2] [--changed] [--kind search]

HOME is not written to: a second home is made of links to its files, with two generations of the same content, which
take turns. With --changed every file looks changed, so that all checksums are computed anew; otherwise one swap is
like that after a build which changed nothing. "during swaps" are the responses that overlap the time from a new
generation's publication until a second after the service names it; "without" are all others of the same run.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

import httpx2  # noqa: E402
from load import Ask, Told, under_load  # noqa: E402
from processes import Kb  # noqa: E402

from kb.articledb import ArticleReader  # noqa: E402
from kb.generation import generation_folder, manifest_text, read_manifest  # noqa: E402
from kb.publish import point_to  # noqa: E402
from kb.writerlock import writer_lock  # noqa: E402

SEED = 8


def two_generations(home: Path, into: Path, changed: bool) -> tuple[str, str]:
    """Makes a home of links (copies where files are to look changed) with the home's generation twice."""
    folder, manifest = read_manifest(home)
    names = (manifest.id, f"{manifest.id[:90]}.1")
    for name in names:
        target = generation_folder(into, name)
        for file in manifest.files:
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            (shutil.copyfile if changed else os.link)(folder / file, target / file)
        (target / "manifest.json").write_text(manifest_text(replace(manifest, id=name)), encoding="utf-8")
    return names


def asks(home: Path) -> Iterator[Ask]:
    """Requests of every kind, of titles of the home, in a fixed order."""
    dice = random.Random(SEED)
    folder, manifest = read_manifest(home)
    name, entry = next(iter(manifest.collections.items()))
    locales = [locale for locale in entry.locales if locale != entry.source_locale]
    titles = {}
    for locale in locales:
        reader = ArticleReader(folder / name / locale / "articles.sqlite")
        titles[locale] = (sorted(reader.titles()), sorted(reader.paths()))
        reader.close()
    for _ in range(15):
        locale, other = dice.choice(locales), dice.choice(locales)
        title, path = dice.choice(titles[locale][0]), dice.choice(titles[locale][1])
        yield Ask("search", "GET", "/search", {"q": title, "locale": locale})
        yield Ask("ask", "POST", "/ask", body={"question": title, "locale": locale})
        yield Ask("suggest", "GET", "/suggest", {"q": title[: dice.randint(2, 8)], "locale": locale})
        yield Ask("articles", "GET", f"/articles/{path}", {"locale": locale})
        yield Ask("parallel", "GET", "/parallel", {"article": path, "locales": f"{locale},{other}"})
        yield Ask("lookup", "GET", "/lookup", {"q": title, "from": locale, "to": f"{other},en-US"})
        yield Ask("chat", "POST", "/chat", body={"question": title, "locale": locale})


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] * 1000 if values else float("nan")


def line(label: str, told: Iterable[Told]) -> str:
    took = [t.took_s for t in told]
    shown = "  ".join(f"p{p} {percentile(took, p / 100):7.1f} ms" for p in (50, 95, 99))
    return f"{label:24} {len(took):6} responses  {shown}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("home", type=Path)
    parser.add_argument("--swaps", type=int, default=20)
    parser.add_argument("--every", type=float, default=6.0)
    parser.add_argument("--clients", type=int, default=2)
    parser.add_argument("--changed", action="store_true")
    parser.add_argument("--kind", help="requests of this kind alone, such as search")
    given = parser.parse_args()
    questions = [asked for asked in asks(given.home) if given.kind in (None, asked.kind)]
    with tempfile.TemporaryDirectory(prefix="kb-swaps-", dir=given.home.absolute().parent) as folder:
        home = Path(folder) / "home"
        names = two_generations(given.home, home, given.changed)
        point_to(home, list(names))
        swaps: list[tuple[float, float]] = []
        with Kb(home).serving() as address, httpx2.Client(base_url=address, timeout=120) as client:
            for question in questions:  # what is read when it is first asked for
                client.request(question.method, question.path, params=question.params, json=question.body)
            with under_load(address, questions, given.clients) as load:
                time.sleep(given.every)
                for number in range(given.swaps):
                    name = names[(number + 1) % 2]
                    if given.changed:
                        for file in generation_folder(home, name).rglob("*"):
                            os.utime(file)
                    with writer_lock(home):
                        began = time.monotonic()
                        point_to(home, [name, *(n for n in names if n != name)])
                    while client.get("/health").json()["generation"] != name:
                        time.sleep(0.02)
                    swaps.append((began, time.monotonic()))
                    time.sleep(given.every)
    report(load.told, swaps)


def report(told: list[Told], swaps: list[tuple[float, float]]) -> None:
    during = [
        t for t in told if any(t.began_s < end + 1 and t.began_s + t.took_s > begin for begin, end in swaps)
    ]
    chosen = set(map(id, during))
    without = [t for t in told if id(t) not in chosen]
    print(line("without", without))
    print(line("during swaps", during))
    for kind in sorted({t.kind for t in told}):
        parts = [[t for t in some if t.kind == kind] for some in (without, during)]
        for label, some in zip(("without", "during swaps"), parts, strict=True):
            print(line(f"  {kind} {label}", some))
        print(f"  {kind}: p99 {ratio_of_p99(parts[1], parts[0]):.2f} times that without")
    taken = [end - begin for begin, end in swaps]
    print(
        f"p99 during swaps is {ratio_of_p99(during, without):.2f} times that without; {len(swaps)} swaps, "
        f"taken up after {percentile(taken, 0.5):.0f} ms (median), {max(taken) * 1000:.0f} ms at most; "
        f"{sum(t.failed for t in told)} failed of {len(told)}"
    )


def ratio_of_p99(some: list[Told], others: list[Told]) -> float:
    return percentile([t.took_s for t in some], 0.99) / percentile([t.took_s for t in others], 0.99)


if __name__ == "__main__":
    main()
