"""How processes are set: the one that answers many people at once, small things each, and the one that builds."""

from __future__ import annotations

import gc
import sys

from threadpoolctl import threadpool_limits

# Each call into a library gives up the interpreter's lock, and a thread that is busy in Python, as one that opens a
# generation is, gives it back only after so long: with Python's 5 ms a question of a hundred calls waits half a second.
_SWITCH_S = 0.0005


# Allocations more than frees after which garbage is looked for, by default a few hundred. A build keeps several objects
# for each of 35,000 files.
_BUILD_THRESHOLD = 100_000


def tune_build() -> None:
    """For a process that builds an index: what it keeps is not walked through again and again for garbage."""
    gc.set_threshold(_BUILD_THRESHOLD)


def tune() -> None:
    """For the whole process, once its index is open and its models are loaded."""
    sys.setswitchinterval(_SWITCH_S)
    # products of some thousand rows take a millisecond on one core; two threads wait for each other as long, and ten
    # times as long where something else runs
    threadpool_limits(1, user_api="blas")
    gc.collect()
    exempt_from_garbage()


def exempt_from_garbage() -> None:
    """Leaves what is in memory now out of cyclic garbage collections: one that walks through a whole index halts every
    request for 0.1 to 0.3 s. Whatever isn't part of a ring is freed all the same."""
    gc.freeze()
