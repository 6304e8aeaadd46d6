"""A home that the articles in `data/` are indexed in, once a test run: whoever changes it copies it first."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from processes import ROOT, Kb


@cache
def sample_home(base: Path) -> Path:
    """base: pytest's folder for this run. Embeddings come from the user's cache, or go there."""
    home = Path(mkdtemp(prefix="sample", dir=base))
    done = Kb(home).run("index", str(ROOT / "data" / "articles"), "--json")
    assert done.returncode == 0, done.stderr
    return home


def copy_home(home: Path, to: Path) -> Path:
    """The home again, in no further space: files of generations never change. A new generation lets the old be."""
    subprocess.run(["cp", "-al", f"{home}/.", str(to)], check=True)
    return to
