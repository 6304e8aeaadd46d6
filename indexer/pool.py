"""Work on many things in several processes, results in the order of the things."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
CHUNK = 64
# Below this a pool's start costs more than it saves.
POOL_FROM = 256


def mapped(
    work: Callable[[list[T]], list[R]], things: Iterable[T], workers: int | None = None
) -> Iterator[R]:
    """Results of `work`, called with at most CHUNK things at a time, in order, whatever the number of processes.

    `work` must be picklable: a function of a module, or functools.partial of one. A few chunks wait at a time,
    so that memory doesn't grow with the things.
    """
    workers = workers or min(os.cpu_count() or 1, 8)
    rest = iter(things)
    first = list(islice(rest, POOL_FROM))
    if len(first) < POOL_FROM or workers == 1:
        for thing in chain(first, rest):
            yield from work([thing])
        return
    waiting: list[Future[list[R]]] = []
    # forked children would inherit locks of threads that they don't have
    context = multiprocessing.get_context("spawn")
    # Ctrl-C reaches every process of a terminal; this one alone answers it
    ignore = (signal.SIGINT, signal.SIG_IGN)
    with ProcessPoolExecutor(workers, context, initializer=signal.signal, initargs=ignore) as pool:
        try:
            for chunk in _chunks(chain(first, rest)):
                waiting.append(pool.submit(work, chunk))
                if len(waiting) > 4 * workers:
                    yield from waiting.pop(0).result()
            for future in waiting:
                yield from future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _chunks(things: Iterator[T]) -> Iterator[list[T]]:
    while chunk := list(islice(things, CHUNK)):
        yield chunk
