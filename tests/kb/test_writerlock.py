"""One writer a home."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from kb.errors import KbError
from kb.writerlock import writer_lock

HOLD = """
import sys, time
from pathlib import Path
from kb.writerlock import writer_lock
with writer_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(home: Path) -> subprocess.Popen[str]:
    root = Path(__file__).resolve().parent.parent.parent
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    return process


def test_a_second_writer_is_told_who_holds_the_home_and_gets_it_when_that_one_is_killed(
    tmp_path: Path,
) -> None:
    other = holder(tmp_path)
    try:
        told = rf"another command is writing to {re.escape(str(tmp_path))} \(process {other.pid}, for \d+ s\)"
        with pytest.raises(KbError, match=told), writer_lock(tmp_path):
            pass
    finally:
        other.send_signal(signal.SIGKILL)
        other.communicate()
    with writer_lock(tmp_path):
        assert json.loads((tmp_path / "writer.pid").read_text(encoding="ascii"))["process"] == os.getpid()
    assert not (tmp_path / "writer.pid").exists()


def test_it_is_freed_when_the_block_fails(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), writer_lock(tmp_path / "new" / "home"):
        raise KeyboardInterrupt
    with writer_lock(tmp_path / "new" / "home"):
        pass


def test_one_process_can_not_write_twice_at_once(tmp_path: Path) -> None:
    with writer_lock(tmp_path), pytest.raises(KbError, match="another command"), writer_lock(tmp_path):
        pass
    with writer_lock(tmp_path):
        pass


def told(home: Path, **said: Any) -> str:
    """What a second writer is told when the first has said this of itself."""
    with writer_lock(home):
        file = home / "writer.pid"
        own = json.loads(file.read_text(encoding="ascii"))
        file.write_text(json.dumps(own | said), encoding="ascii")
        with pytest.raises(KbError) as refused, writer_lock(home):
            pass
    return str(refused.value).removeprefix(f"another command is writing to {home}").partition(";")[0]


def test_a_wall_clock_that_jumps_changes_no_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(time, "time", lambda: 86_400.0)
        assert re.fullmatch(rf" \(process {os.getpid()}, for \d s\)", told(tmp_path))


@pytest.mark.parametrize(
    ("ago", "age"), [(0, "0 s"), (119, "119 s"), (600, "10 min"), (10_800, "3 h"), (864_000, "240 h")]
)
def test_an_age_is_told_in_a_unit_that_fits(tmp_path: Path, ago: float, age: str) -> None:
    assert told(tmp_path, process=77, since=time.monotonic() - ago) == f" (process 77, for {age})"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"since": 1e12}, " (process 77)"),  # the future
        ({"boot": "another start of the machine"}, " (process 77)"),
        ({"host": "elsewhere"}, " (process 77 on elsewhere)"),
        ({"process": None}, ""),
        ({"since": "noon"}, ""),
    ],
)
def test_an_age_that_would_be_nonsense_is_left_out(tmp_path: Path, said: dict[str, Any], shown: str) -> None:
    assert told(tmp_path, **{"process": 77, **said}) == shown


@pytest.mark.parametrize("content", ["", "77", "[]", "{", "\x00\xff"])
def test_a_holder_that_says_nothing_readable_is_only_told_of(tmp_path: Path, content: str) -> None:
    with writer_lock(tmp_path):
        (tmp_path / "writer.pid").write_bytes(content.encode("latin-1"))
        with pytest.raises(KbError, match=r"another command is writing to .*; wait"), writer_lock(tmp_path):
            pass
