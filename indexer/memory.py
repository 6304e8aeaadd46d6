"""Memory and processor time of this process and its children, for the report."""

from __future__ import annotations

import sys

try:
    import resource
except ImportError:  # Windows has no such module
    resource = None  # type: ignore[assignment]


def peak_memory_mb() -> float | None:
    """Largest resident memory that this process or one of its children has had; None where the system tells none."""
    if resource is None:
        return None
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


def cpu_seconds(since: float | None = 0.0) -> float | None:
    """Seconds of all cores, of this process and of its children that have ended; None where the system tells none."""
    if resource is None or since is None:
        return None
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return round(sum(each.ru_utime + each.ru_stime for each in used) - since, 2)
