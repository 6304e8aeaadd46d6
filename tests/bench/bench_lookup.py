"""Milliseconds of `parallel` and `lookup` over a home that is indexed, the encoder's own time left out.

    PYTHONPATH=. python tests/bench/bench_lookup.py HOME [--from nl-NL] [--to en-US,de-DE] [-n 200]

Texts are stretches of 1, 2, 3 and 5 words of the articles' own sentences, drawn with a fixed seed. Wall and processor
time are both printed: on a machine that does other work the second tells more.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from kb.embedded import Generation
from kb.lookup import LookupRequest, lookup
from kb.meaning import Encoding
from kb.parallel import ParallelRequest, parallel
from kb.units import UnitReader
from kb.vectors import Floats


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("home", type=Path)
    parser.add_argument("--from", dest="from_locale", default="nl-NL")
    parser.add_argument("--to", default="", help="locales; all by default")
    parser.add_argument("-n", type=int, default=200)
    options = parser.parse_args()
    generation = Generation(options.home)
    name, collection = next(iter(generation.collections.items()))
    draw = random.Random(5)
    paths = draw.sample(sorted(collection.locales[options.from_locale].paths), options.n)
    reader = UnitReader(generation)
    texts = [stretch(reader, name, options.from_locale, path, draw) for path in paths]
    to = tuple(filter(None, options.to.split(",")))
    dim = collection.source.all().shape[1]
    encoding = Encoding(
        lambda _text: np.full(dim, dim**-0.5, np.float32), lambda ts: no_meaning(len(ts), dim)
    )
    cold = UnitReader(generation)
    report("parallel, all locales", (lambda p=p: parallel(cold, ParallelRequest(p)) for p in paths))
    cold = UnitReader(generation)
    language = options.from_locale.split("-")[0]
    report(
        f"lookup, {options.from_locale} to {options.to or 'all'}",
        (
            lambda t=t: lookup(cold, LookupRequest(t, options.from_locale, to), language, encoding)
            for t in texts
        ),
    )


def stretch(reader: UnitReader, collection: str, locale: str, path: str, draw: random.Random) -> str:
    """Some words in a row of one of an article's sentences."""
    article = reader.article(collection, locale, path)
    assert article is not None
    words = draw.choice(article.units).text.split() or ["-"]
    size = draw.choice([1, 2, 3, 5])
    start = draw.randrange(max(1, len(words) - size + 1))
    return " ".join(words[start : start + size])


def no_meaning(rows: int, dim: int) -> Floats:
    return np.full((rows, dim), dim**-0.5, np.float32)


def report(what: str, calls: Iterable[Callable[[], object]]) -> None:
    wall, cpu = [], []
    for call in calls:
        started = time.perf_counter(), time.thread_time()
        call()
        wall.append((time.perf_counter() - started[0]) * 1000)
        cpu.append((time.thread_time() - started[1]) * 1000)
    for kind, taken in (("wall", wall), ("processor", cpu)):
        print(
            f"{what}: {kind} p50 {statistics.median(taken):.1f} ms, "
            f"p95 {np.percentile(taken, 95):.1f} ms, {len(taken)} calls"
        )


if __name__ == "__main__":
    main()
