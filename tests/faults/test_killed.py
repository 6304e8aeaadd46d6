"""SIGKILL at any moment: what served goes on serving, the next run completes, and nothing is left behind."""

import os
import random
import signal
import time

import psutil
import pytest
from crashes import Crashes, crucial
from forked import Ended

from indexer.steps import STEPS, BuildStep

KILLS = 200
# of so many kills one meets a run that parses in several processes; every other of these kills one of those alone
POOL_EVERY = 8
KILLED = -signal.SIGKILL


def survived(crashes: Crashes, before: tuple[str | None, dict[str, bytes]], was: str, becomes: str) -> None:
    """After a kill: what was published before is what it was, or the new version is published and whole."""
    now = crashes.published()
    if now[0] == before[0]:
        assert now == before
        crashes.serves(was)
    else:
        crashes.serves(becomes)


def index(crashes: Crashes, version: str, many: bool) -> list[str]:
    """The command; few articles after many are meant."""
    return ["index", crashes.source(version, many=many), "--allow-shrink"]


def completes(crashes: Crashes, version: str, *, many: bool = False) -> None:
    done = crashes.forks.run(*index(crashes, version, many))
    assert done.status == 0, done.stderr
    if not many:
        crashes.serves(version)
    crashes.swept()


def killed_index(crashes: Crashes, **when: int | str) -> Ended:
    """A run of `kb index` that would put in the other version, killed, and everything that must hold then."""
    was = crashes.version()
    becomes = crashes.other(was)
    before = crashes.published()
    ended = crashes.forks.run("index", crashes.source(becomes), **when)  # type: ignore[arg-type]
    if ended.status != 0:
        assert ended.status == KILLED, ended.stderr
        survived(crashes, before, was, becomes)
        completes(crashes, becomes)
    return ended


@pytest.mark.suite
# a second encoder reads only beside the default model, and these runs name theirs
@pytest.mark.parametrize("step", [step for step in STEPS if step != BuildStep.SECOND])
def test_a_build_is_killed_at_every_named_step(crashes: Crashes, step: str) -> None:
    assert killed_index(crashes, die_at=step).status == KILLED


@pytest.mark.suite
def test_a_build_is_killed_before_each_change_of_its_publication(crashes: Crashes) -> None:
    clean = crashes.forks.run("index", crashes.source(crashes.other()))
    assert clean.status == 0
    for number in crucial(clean.changes):
        assert killed_index(crashes, die_before=number).status == KILLED


@pytest.mark.long
@pytest.mark.hours  # never in CI's tenth: one test of ten minutes
@pytest.mark.timeout(3600)
def test_a_build_is_killed_before_each_change_that_it_makes_to_the_disk(crashes: Crashes) -> None:
    number = 0
    while killed_index(crashes, die_before=number).status == KILLED:
        number += 1
    assert number > 60


@pytest.fixture(scope="module")
def seconds(crashes: Crashes) -> dict[bool, float]:
    """How long a run takes, with and without other processes that parse."""
    took = {}
    for many in (True, False):
        began = time.perf_counter()
        assert crashes.forks.run(*index(crashes, crashes.other(), many)).status == 0
        took[many] = time.perf_counter() - began
    return took


def children(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children()
    except psutil.NoSuchProcess:
        return []


@pytest.mark.long
@pytest.mark.parametrize("number", range(KILLS))
def test_a_build_is_killed_at_a_random_moment(
    crashes: Crashes, seconds: dict[bool, float], number: int
) -> None:
    dice = random.Random(number)
    many = number % POOL_EVERY == 0
    was = crashes.version()
    becomes = crashes.other(was)
    before = crashes.published()
    run = crashes.forks.start(*index(crashes, becomes, many))
    time.sleep(dice.uniform(0, seconds[many]))
    workers = children(run.pid) if number % (2 * POOL_EVERY) == 0 else []
    if workers:
        os.kill(dice.choice(workers).pid, signal.SIGKILL)
    else:
        run.kill()
    ended = run.wait()
    assert ended.status in (KILLED, 0, 1)
    if ended.status == 1:  # a working process alone was killed
        assert workers and "a working process was killed" in ended.stderr
        assert "Traceback" not in ended.stderr
    if crashes.published()[0] == before[0]:
        assert crashes.published() == before
        crashes.serves(was)
    elif not many:
        crashes.serves(becomes)
    completes(crashes, becomes)
