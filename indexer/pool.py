"""Work on many things in several processes, results in the order of the things."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain, islice
from typing import TypeVar

from kb.errors import OutOfMemory

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

    Errors: OutOfMemory where a process was killed.
    """
    workers = workers or min(os.cpu_count() or 1, 8)
    rest = iter(things)
    first = list(islice(rest, POOL_FROM))
    if len(first) < POOL_FROM or workers == 1:
        for thing in chain(first, rest):
            yield from work([thing])
        return
    waiting: list[Future[list[R]]] = []
    with _pool(workers) as pool:
        for chunk in _chunks(chain(first, rest)):
            waiting.append(pool.submit(work, chunk))
            if len(waiting) > 4 * workers:
                yield from waiting.pop(0).result()
        for future in waiting:
            yield from future.result()


def each(work: Callable[[T], R], things: Sequence[T], size: int) -> Iterator[R]:
    """Results of `work` on a few large things as they are done, in several processes where it pays.

    size  what is to be done in all, counted as for POOL_FROM

    Errors: OutOfMemory where a process was killed.
    """
    workers = min(os.cpu_count() or 1, 8, len(things))
    if workers < 2 or size < POOL_FROM:
        yield from map(work, things)
        return
    with _pool(workers) as pool:
        for future in as_completed([pool.submit(work, thing) for thing in things]):
            yield future.result()


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Processes, of which none outlives the block, nor this process."""
    # forked children would inherit locks of threads that they don't have
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_begin) as pool:
        try:
            yield pool
        except BrokenProcessPool as error:
            _drop_waiting(pool)
            raise OutOfMemory(
                "a working process was killed, most likely for want of memory; close other programs and run again"
            ) from error
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _drop_waiting(pool: ProcessPoolExecutor) -> None:
    """Closes the end of the pipe that nobody reads any more. Before Python 3.11.5, as in Debian 12, a broken pool waits
    for ever for the thread that writes more into it than the pipe holds (python/cpython#94777), as where a process was
    killed while it was starting; later ones close it themselves, and a second time may close another file."""
    calls = getattr(pool, "_call_queue", None)
    if calls is not None and sys.version_info < (3, 11, 5):
        calls._reader.close()


def _begin() -> None:
    """What a working process does first."""
    # Ctrl-C reaches every process of a terminal; the one that waits for the results alone answers it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A process that waits for work holds both ends of its pipe, so it would outlive a parent that was killed."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _chunks(things: Iterator[T]) -> Iterator[list[T]]:
    while chunk := list(islice(things, CHUNK)):
        yield chunk
