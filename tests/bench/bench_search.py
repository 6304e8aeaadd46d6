"""Milliseconds of a search, and of the encoders that it waits for by themselves.

    PYTHONPATH=. python tests/bench/bench_search.py HOME [--queries data/eval/queries.jsonl] [-n 200]

Everything in one process, set as `kb serve` sets its own. Question by question, in turn: the search, its language told
by nobody, then the encoders' reading of the same text (both at once where it is in English; what the second one reads
of another language, a gloss or names, counts among what the search takes more). No question comes twice, so nothing of
it is cached.
Lines by language: median and 95th percentile of both, and the median of what the search takes more.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from api.tuning import tune
from kb.hit import SearchRequest
from kb.knowledge import KnowledgeBase
from kb.lazyencoder import LazyEncoder
from kb.modelstore import default_cache, resolve, resolve_second

WARM_UP = 10


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("home", type=Path)
    parser.add_argument("--queries", type=Path, default=Path("data/eval/queries.jsonl"))
    parser.add_argument("-n", type=int, default=200)
    options = parser.parse_args()
    lines = [json.loads(line) for line in options.queries.read_text("utf-8").splitlines()]
    questions = sorted({(line["query"], line["lang"]) for line in lines})
    chosen = random.Random(7).sample(questions, min(options.n + WARM_UP, len(questions)))
    second = resolve_second(None, default_cache())
    first, other = LazyEncoder(resolve(None, default_cache())), LazyEncoder(second) if second else None
    knowledge = KnowledgeBase(options.home, first, other)
    knowledge.warm()
    tune()
    searched: list[float] = []
    read: list[float] = []
    with ThreadPoolExecutor(1) as aside:

        def encode(question: str, english: bool) -> None:
            again = aside.submit(other.encode_tokens, [question], "query") if english and other else None
            first.encode_tokens([question], "query")
            if again is not None:
                again.result()

        for question, lang in chosen:
            request = SearchRequest(question)
            searched.append(milliseconds(lambda request=request: knowledge.search(request)))
            read.append(milliseconds(lambda q=question, lang=lang: encode(q, lang == "en")))
    knowledge.close()
    languages = np.array([lang for _, lang in chosen[WARM_UP:]])
    for name, here in (
        ("all", np.ones(len(languages), dtype=bool)),
        ("English", languages == "en"),
        ("others", languages != "en"),
    ):
        report(name, np.array(searched[WARM_UP:])[here], np.array(read[WARM_UP:])[here])
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")


def report(name: str, searched: np.ndarray, read: np.ndarray) -> None:
    if not len(searched):
        return
    (p50, p95), (r50, r95) = (np.percentile(ms, [50, 95]) for ms in (searched, read))
    more = np.percentile(searched - read, 50)
    print(
        f"{name:8} {len(searched):4}  search p50 {p50:5.1f} p95 {p95:5.1f}"
        f"  encoders p50 {r50:5.1f} p95 {r95:5.1f}  more, p50 {more:5.1f}"
    )


def milliseconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
