"""Whether what is to be installed fits on the disks that it goes to."""

import shutil
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

GB = 1_000_000_000


@dataclass(frozen=True)
class Place:
    """A folder that something is written to; `device` tells disks apart, `free` is in bytes."""

    what: str
    path: Path
    device: int
    free: int
    needed_gb: float


def place(what: str, path: Path, needed_gb: float) -> Place:
    """Read from the disk; for a folder still to be made, from the nearest one above it."""
    there = path.absolute()
    while not there.exists():
        there = there.parent
    return Place(what, path, there.stat().st_dev, shutil.disk_usage(there).free, needed_gb)


def shortages(places: Iterable[Place]) -> list[str]:
    """A message for each disk that has too little; places on one disk are added up."""
    disks: dict[int, list[Place]] = defaultdict(list)
    for each in places:
        disks[each.device].append(each)
    messages = []
    for shared in disks.values():
        needed = sum(each.needed_gb for each in shared)
        free = min(each.free for each in shared)
        if free < needed * GB:
            what = ", ".join(f"{each.what} ({each.path}) about {each.needed_gb:.1f} GB" for each in shared)
            messages.append(
                f"found {free / GB:.1f} GB of free disk, expected at least {needed:.1f} GB for: {what}; "
                "free that much, or put the checkout, TMPDIR or PIP_CACHE_DIR on another disk"
            )
    return messages
