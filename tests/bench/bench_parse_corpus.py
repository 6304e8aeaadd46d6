"""How many articles a second the parser reads from archives, and how its memory grows.

    python tests/bench/bench_parse_corpus.py ARCHIVE.tar.gz… [--processes 2] [--repeat 1]

Each archive is one task; the time includes reading and unpacking it. Memory is a worker's, after each task.
"""

from __future__ import annotations

import argparse
import tarfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import psutil

from indexer.parse import parse_article


def texts(path: Path) -> Iterator[tuple[str, str]]:
    with tarfile.open(path) as archive:
        for member in archive:
            if member.isfile() and member.name.endswith(".md") and (file := archive.extractfile(member)):
                yield member.name, file.read().decode()


def parse_archive(path: Path) -> tuple[int, int, float, float]:
    """(articles, units, seconds of processor time, MB of memory in use afterwards)."""
    start = time.process_time()
    articles = units = 0
    locale = path.name.split(".")[0]
    for name, text in texts(path):
        article = parse_article(text, name.removesuffix(".md"), locale)
        articles += 1
        units += sum(segment.unit is not None for block in article.blocks for segment in block.segments)
    return articles, units, time.process_time() - start, psutil.Process().memory_info().rss / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("archives", nargs="+", type=Path)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=1)
    options = parser.parse_args()
    start = time.perf_counter()
    articles = units = 0
    worked = 0.0
    with ProcessPoolExecutor(options.processes) as pool:
        for n, u, busy, megabytes in pool.map(parse_archive, options.archives * options.repeat):
            articles += n
            units += u
            worked += busy
            seconds = time.perf_counter() - start
            print(f"{seconds:7.1f} s  {articles:7} articles {units:8} units  {megabytes:6.0f} MB", flush=True)
    seconds = time.perf_counter() - start
    rate = articles / seconds
    print(f"{articles} articles in {seconds:.1f} s by {options.processes} processes: {rate:.0f} a second")
    print(f"{worked:.1f} s of processor time: {worked / articles * 1000:.2f} ms an article")


if __name__ == "__main__":
    main()
