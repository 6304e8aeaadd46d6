"""Seconds of `kb index` after small changes: wall, and of all cores.

    PYTHONPATH=. python tests/bench/bench_incremental.py SRC… --work FOLDER [--locale nl-NL] [--packed] [--again]
                                                       [--served]

SRC are archives named after their locale (nl-NL.tar.gz). They are unpacked below the work folder and indexed there,
into FOLDER/home; each change is made to the copies and indexed by a process of its own. --packed: the
copies are given as archives, and the changed one is packed again. --again: goes on with a work folder that is there,
its index as it is. --served: `kb serve` runs on the home meanwhile; for changed texts the seconds from the command to
the first search that finds the new word come too.

Each line: the change, wall seconds, seconds of all cores, stages, what the report says has changed. On a machine that
does other work the second figure tells more. A running `kb serve --home FOLDER/home` lends its encoder.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tarfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
from processes import Kb

_TARGET = re.compile(r'(<span data-ttu-id="[^"]+">)([^<]{20,})(</span>)')
_SOURCE = re.compile(r'(<span data-stu-id="[^"]+">)([^<]{20,})(</span>)')


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", type=Path, nargs="+")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--locale", default="nl-NL")
    parser.add_argument("--packed", action="store_true")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--served", action="store_true")
    options = parser.parse_args()
    tree = Tree(options.work, options.packed)
    if not options.again:
        tree.unpack(options.sources)
        run("all of it, into a new home", tree)
    with Kb(tree.home).serving() if options.served else nullcontext() as address:
        changes(tree, options.locale, address)


def changes(tree: Tree, locale: str, address: str | None) -> None:
    run("nothing changed", tree)
    files = sorted((tree.root / locale).rglob("*.md"))
    changed = [file for file in files if _TARGET.search(file.read_text(encoding="utf-8"))]
    steps: list[tuple[str, Path, Callable[[Path, str], object]]] = [
        ("one target changed", changed[len(changed) // 3], lambda file, word: mark(file, _TARGET, word)),
        ("one source changed", changed[len(changed) // 2], lambda file, word: mark(file, _SOURCE, word)),
        ("one article moved", changed[2], lambda file, word: file.rename(file.with_name(f"{word}.md"))),
    ]
    for name, file, change in steps:
        word = f"quokka{time.time_ns() % 10**9}"
        change(file, word)
        tree.pack(locale)
        started = time.perf_counter()
        live = (
            threading.Thread(target=tell_live, args=(address, word, locale, file.stem, started))
            if address
            else None
        )
        if live is not None and name.endswith("changed"):
            live.start()
        run(name, tree)
        if live is not None and live.ident is not None:
            live.join()
    for name in [file.relative_to(tree.root / locale) for file in changed[10:110]]:
        for locale in tree.locales():
            (tree.root / locale / name).unlink(missing_ok=True)
    for locale in tree.locales():
        tree.pack(locale)
    run("100 articles deleted in every locale", tree)


def tell_live(address: str, word: str, locale: str, article: str, started: float) -> None:
    """Prints how long it took until a search for a word found the article that says it; after a minute, that it
    didn't. Searches begin when the service names another generation: they would take the run's processors before."""
    query = urllib.parse.urlencode({"q": word, "locale": locale, "top_k": 1})
    before = generation(address)
    while time.perf_counter() - started < 60:
        if generation(address) == before:
            time.sleep(0.1)
            continue
        with urllib.request.urlopen(f"{address}/search?{query}") as response:
            hits = json.load(response)["hits"]
        if hits and hits[0]["article"].endswith(f"/{article}"):
            print(f"{'  live, from the command on':40} {time.perf_counter() - started:7.1f} s", flush=True)
            return
        time.sleep(0.2)
    print(f"{'  not found by its word':40} {time.perf_counter() - started:7.1f} s", flush=True)


def generation(address: str) -> str:
    with urllib.request.urlopen(f"{address}/ready") as response:
        return str(json.load(response)["generation"])


class Tree:
    """Copies of the sources: a folder a locale, and archives of them where they are wanted."""

    def __init__(self, work: Path, packed: bool) -> None:
        self.home = work / "home"
        self.root = work / "unpacked"
        self._archives = work / "packed" if packed else None

    def unpack(self, sources: list[Path]) -> None:
        for source in sources:
            locale = source.name.split(".")[0]
            with tarfile.open(source) as archive:
                archive.extractall(self.root / locale, filter="data")
            self.pack(locale)

    def locales(self) -> list[str]:
        return sorted(folder.name for folder in self.root.iterdir())

    def pack(self, locale: str) -> None:
        if self._archives is not None:
            self._archives.mkdir(exist_ok=True)
            with tarfile.open(self._archives / f"{locale}.tar.gz", "w:gz", compresslevel=1) as archive:
                for file in sorted((self.root / locale).rglob("*.md")):
                    archive.add(file, file.relative_to(self.root / locale).as_posix())

    def sources(self) -> list[str]:
        folder = self._archives or self.root
        return [str(path) for path in sorted(folder.iterdir())]


def mark(file: Path, pattern: re.Pattern[str], word: str) -> None:
    """Adds a word to the first sentence of one side that is long enough."""
    text = file.read_text(encoding="utf-8")
    file.write_text(pattern.sub(rf"\1\2 {word}\3", text, count=1), encoding="utf-8")


def run(name: str, tree: Tree) -> None:
    command = [sys.executable, "-m", "api.cli", "index", *tree.sources(), "--home", str(tree.home), "--json"]
    before = _children()
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{name}: {done.stderr}")
    report = json.loads(done.stdout)
    stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in report["seconds"].items())
    print(
        f"{name:40} {wall:7.1f} s  {_children() - before:7.1f} s of all cores  ({stages})"
        f"  {report['changes']}  {report['embedded']} encoded",
        flush=True,
    )


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
