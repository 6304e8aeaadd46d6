"""Work in several processes: in order, whatever their number, and never waited for in vain."""

import threading
import time
from functools import partial

import psutil
import pytest

from indexer.pool import CHUNK, POOL_FROM, mapped
from kb.errors import OutOfMemory


def lengths(texts: list[str]) -> list[int]:
    return [len(text) for text in texts]


def is_worker(process: psutil.Process) -> bool:
    try:
        return "spawn_main" in " ".join(process.cmdline())
    except psutil.Error:  # it has no name yet, or has ended
        return False


def kill_one(before: set[int]) -> None:
    """Kills a working process while it is still starting, once both have been given work."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = [child for child in psutil.Process().children() if child.pid not in before]
        working = [child for child in found if is_worker(child)]
        if len(working) > 1:
            time.sleep(0.02)
            working[0].kill()
            return
        time.sleep(0.001)


@pytest.mark.suite
@pytest.mark.parametrize("workers", [1, 3])
def test_results_come_in_order_whatever_the_number_of_processes(workers: int) -> None:
    texts = ["x" * (n % 7) for n in range(POOL_FROM + CHUNK + 1)]
    assert list(mapped(lengths, texts, workers)) == lengths(texts)


@pytest.mark.suite
@pytest.mark.timeout(100)
def test_a_process_killed_at_its_start_is_told_though_more_waits_than_a_pipe_holds() -> None:
    before = {child.pid for child in psutil.Process().children()}
    killer = threading.Thread(target=partial(kill_one, before))
    killer.start()
    with pytest.raises(OutOfMemory, match="a working process was killed"):
        list(mapped(lengths, [f"{n:10000}" for n in range(20 * CHUNK)], 2))
    killer.join()
