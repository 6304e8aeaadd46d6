"""One writer a home: every command that writes is refused while another one does, and told who, and for how long."""

import os
import re
from pathlib import Path

import pytest
from crashes import Crashes
from processes import Kb
from served import one_message
from smallkb import DUTCH, write_locale

from kb.verify import verify
from kb.writerlock import writer_lock


@pytest.mark.suite
@pytest.mark.parametrize("command", ["index", "index --keep 5", "deepen", "import", "rollback", "restore"])
def test_a_second_writer_is_refused(crashes: Crashes, backup: Path, memory: Path, command: str) -> None:
    source = crashes.source(crashes.other())
    arguments = {
        "index": ["index", source],
        "index --keep 5": ["index", source, "--keep", "5"],
        "deepen": ["deepen"],
        "import": ["import", "tmx", str(memory)],
        "rollback": ["rollback"],
        "restore": ["restore", str(backup)],
    }[command]
    before = crashes.published(), sorted(f.name for f in crashes.home.rglob("*"))
    with writer_lock(crashes.home):
        done = crashes.forks.run(*arguments)
    assert done.status == 1
    assert re.search(rf"is writing to .* \(process {os.getpid()}, for \d+ s\)", one_message(done.stderr))
    assert (crashes.published(), sorted(f.name for f in crashes.home.rglob("*"))) == before


@pytest.mark.suite
def test_of_two_builds_at_once_one_is_refused_or_waits_its_turn_in_order(tmp_path: Path) -> None:
    kb = Kb(tmp_path / "home")
    source = write_locale(tmp_path / "src", "nl-NL", DUTCH)
    both = [kb.start("index", str(source)) for _ in range(2)]
    told = [process.communicate(timeout=200)[1] for process in both]
    assert 0 in [process.returncode for process in both], told
    for process, said in zip(both, told, strict=True):
        assert process.returncode == 0 or "another command is writing" in one_message(said)
    assert verify(kb.home).findings == []
    assert not list(kb.home.glob("building-*"))
