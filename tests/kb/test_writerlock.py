"""One writer a home."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

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
        told = rf"another build is writing to {re.escape(str(tmp_path))} \(process {other.pid}, for \d+ s\)"
        with pytest.raises(KbError, match=told), writer_lock(tmp_path):
            pass
    finally:
        other.send_signal(signal.SIGKILL)
        other.communicate()
    with writer_lock(tmp_path):
        assert (tmp_path / "writer.pid").read_text(encoding="ascii") == str(os.getpid())
    assert not (tmp_path / "writer.pid").exists()


def test_it_is_freed_when_the_block_fails(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), writer_lock(tmp_path / "new" / "home"):
        raise KeyboardInterrupt
    with writer_lock(tmp_path / "new" / "home"):
        pass


def test_one_process_can_not_write_twice_at_once(tmp_path: Path) -> None:
    with writer_lock(tmp_path), pytest.raises(KbError, match="another build"), writer_lock(tmp_path):
        pass
    with writer_lock(tmp_path):
        pass
