"""Want of memory: a working process that is killed, a parent that is killed, a limit on all that may be taken."""

import os
import signal
import time
from pathlib import Path

import psutil
import pytest
from processes import ROOT, Kb
from served import Served, one_message


def workers(pid: int) -> list[psutil.Process]:
    """A run's processes that parse, once there are any."""
    until = time.monotonic() + 100
    while True:
        found = [p for p in psutil.Process(pid).children() if "spawn_main" in " ".join(p.cmdline())]
        if len(found) > 1:
            return found
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture
def heavy(tmp_path: Path) -> Path:
    """Articles that take a while to parse."""
    folder = tmp_path / "heavy" / "nl-NL"
    folder.mkdir(parents=True)
    said = "\n\n".join(f"1. Stap {n} met *nadruk* en [een link](x.md)." for n in range(300))
    for n in range(600):
        (folder / f"stap-{n}.md").write_text(f"# Stap {n}\n\n{said}\n", encoding="utf-8")
    return folder


@pytest.mark.suite
def test_a_working_process_that_is_killed_is_told_and_nothing_is_lost(served: Served, heavy: Path) -> None:
    process = served.kb.start("index", str(heavy))
    workers(process.pid)[0].kill()
    out, err = process.communicate(timeout=120)
    assert process.returncode == 1 and out == ""
    message = one_message(err)
    assert "a working process was killed, most likely for want of memory" in message
    assert message.endswith("(the previous index is untouched)")


@pytest.mark.suite
@pytest.mark.parametrize("checked", ["translations", "terms"])
def test_other_commands_with_working_processes_tell_it(tmp_path: Path, heavy: Path, checked: str) -> None:
    process = Kb(tmp_path / "home").start("check", checked, str(heavy))
    workers(process.pid)[0].kill()
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "a working process was killed, most likely for want of memory" in one_message(err)


@pytest.mark.suite
def test_working_processes_end_with_a_parent_that_is_killed(tmp_path: Path, heavy: Path) -> None:
    process = Kb(tmp_path / "home").start("index", str(heavy))
    orphans = workers(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    assert psutil.wait_procs(orphans, timeout=60)[1] == []


@pytest.mark.long
@pytest.mark.parametrize("limit_mb", range(200, 2200, 200))
def test_under_any_limit_of_memory_a_build_completes_or_leaves_all_as_it_was(
    tmp_path: Path, limit_mb: int
) -> None:
    """A library may end the process where it gets no memory; that harms nothing either."""
    kb = Kb(tmp_path / "home")
    assert kb.run("index", str(ROOT / "data/articles/de-DE")).returncode == 0
    before = kb.tree()
    limited = Kb(kb.home, wrap=("prlimit", f"--as={limit_mb * 1_000_000}"))
    done = limited.run("index", str(ROOT / "data/articles/nl-NL"))
    if done.returncode != 0:
        assert {name: digest for name, digest in kb.tree().items() if name in before} == before
        assert kb.run("index", str(ROOT / "data/articles/nl-NL")).returncode == 0
    assert not list(kb.home.glob("building-*"))
    assert kb.run("verify").returncode == 0
