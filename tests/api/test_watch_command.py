"""`kb watch` as a process: what is saved is found a moment later, half-saved files harm nothing, Ctrl-C ends it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from processes import Kb
from smallkb import DUTCH, write_locale

from kb.verify import verify


@pytest.mark.suite
def test_it_keeps_up_with_a_git_checkout_until_ctrl_c(tmp_path: Path) -> None:
    source = write_locale(tmp_path / "articles", "nl-NL", DUTCH).parent
    git(source, "init", "-q")
    commit(source, "first")
    kb = Kb(tmp_path / "home")
    process = kb.start("watch", str(source), "--every", "0.2", "--settle", "0.3", "--json")
    told: list[str] = []
    listener = threading.Thread(target=lambda: told.extend(process.stderr or ()), daemon=True)
    listener.start()
    try:
        assert report(process)["indexed"] == 3

        write_locale(source, "nl-NL", DUTCH | {"Open the archive.": "Open het oude archief."})
        commit(source, "second")
        (source / "nl-NL" / "muis.md").write_text("# De muis\n\nLaad de muis op.\n", encoding="utf-8")
        commit(source, "third")
        while report(process)["indexed"] != 4:
            pass
        assert "Laad de muis op." in kb.run("search", "muis opladen", "--json").stdout

        git(source, "checkout", "-q", "HEAD~2")  # as git pull does it: many files at once
        while report(process)["indexed"] != 3:
            pass
        half = source / "nl-NL" / "mail" / "mailbox-full.md"
        whole = half.read_bytes()
        half.write_bytes(whole[:40] + b"\xc3")
        until = time.monotonic() + 400
        while not any("mailbox-full.md: not UTF-8" in line for line in told):
            assert time.monotonic() < until
            time.sleep(0.05)
        half.write_bytes(whole + b"\nNog een zin.\n")
        assert report(process)["indexed"] == 3
        os.killpg(process.pid, signal.SIGINT)  # as a terminal sends it
        process.wait(60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    listener.join(30)
    assert process.stdout is not None and process.stdout.read() == ""
    process.stdout.close()
    if process.stderr is not None:
        process.stderr.close()
    assert process.returncode == 130
    assert told[-1] == "kb: stopped; the index is as the last run left it\n"
    assert "Traceback" not in "".join(told)
    assert verify(kb.home).findings == []


@pytest.mark.suite
def test_a_source_that_is_not_there_is_told_at_once(tmp_path: Path) -> None:
    done = Kb(tmp_path / "home").run("watch", str(tmp_path / "nothing"))
    assert done.returncode == 1 and "found nothing there" in done.stderr


def report(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The next run's."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "kb watch has ended"
    found: dict[str, Any] = json.loads(line)
    return found


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)
