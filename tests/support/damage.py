"""Ways to damage a generation, and to make its manifest agree with what was done to its files."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from kb.checked import checksum
from kb.generation import Manifest, current_id, manifest_text, read_manifest


def rewrite(home: Path, change: Callable[[Manifest], Manifest]) -> None:
    """Replaces the manifest of the generation that serves, sealed like any other."""
    folder, manifest = read_manifest(home, current_id(home))
    (folder / "manifest.json").write_text(manifest_text(change(manifest)), encoding="utf-8")


def claim(home: Path, name: str) -> None:
    """Makes the manifest say of a file what it is now, so that only its content can be wrong."""
    folder, _ = read_manifest(home, current_id(home))
    rewrite(home, lambda m: replace(m, files={**m.files, name: checksum(folder / name)}))


@contextmanager
def truncated(file: Path, size: int) -> Iterator[None]:
    """A file has lost all but so many bytes meanwhile."""
    whole = file.read_bytes()
    file.write_bytes(whole[:size])
    try:
        yield
    finally:
        file.write_bytes(whole)


@contextmanager
def flipped(file: Path, dice: random.Random) -> Iterator[str]:
    """One bit of a file, somewhere, is the other one meanwhile; gives where."""
    whole = file.read_bytes()
    place, bit = dice.randrange(len(whole)), dice.randrange(8)
    changed = bytearray(whole)
    changed[place] ^= 1 << bit
    stamp = file.stat()
    file.write_bytes(changed)
    try:
        yield f"bit {bit} of byte {place} of {file}"
    finally:
        file.write_bytes(whole)
        assert file.stat().st_size == stamp.st_size
