"""A disk that fills under any command that writes, or is read-only: told, and the index is what it was."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from crashes import VERSIONS, Crashes, Remembering, write_version
from forked import forks
from processes import small_disk
from served import leave_free, one_message

from kb.generation import generations
from kb.verify import verify

COMMANDS = ("index", "deepen", "import", "restore", "rollback")
# so much more room at each try
STEP = 96 * 1024


@pytest.fixture
def full(tmp_path: Path, model: str) -> Iterator[Crashes]:
    """A home on a small disk, which both versions have been in; the cache is elsewhere."""
    for version in VERSIONS:
        write_version(tmp_path / "few" / version, version, copies=1)
    with small_disk(tmp_path / "disk", "16m") as why_not:
        if why_not:
            pytest.skip(why_not)
        home = tmp_path / "disk" / "home"
        (tmp_path / "home").symlink_to(home)
        settings = {"KB_HOME": str(home), "KB_CACHE": str(tmp_path / "cache"), "KB_MODEL": model}
        with forks(tmp_path / "scratch", **settings) as forking:
            made = Crashes(forking, tmp_path, Remembering(Path(model)))
            for version in VERSIONS:
                done = forking.run("index", made.source(version))
                assert done.status == 0, done.stderr
            yield made


def arguments(full: Crashes, command: str) -> list[str]:
    """A command that has something to write."""
    backup, memory = full.root / "backup.tar", full.root / "memory.tmx"
    if command == "restore":
        assert full.forks.run("backup", str(backup)).status == 0
    if command == "import":
        assert full.forks.run("export", "tmx", "-o", str(memory)).status == 0
        text = memory.read_text(encoding="utf-8").replace("Sluit de klep.", "Doe de klep dicht.")
        memory.write_text(text, encoding="utf-8")
    return {
        "index": ["index", full.source(full.other())],
        "deepen": ["deepen"],
        "import": ["import", "tmx", str(memory)],
        "restore": ["restore", str(backup)],
        "rollback": ["rollback", "--to", generations(full.home)[1]],
    }[command]


@pytest.mark.long
@pytest.mark.parametrize("command", COMMANDS)
def test_with_more_and_more_room_a_command_fails_without_harm_until_it_completes(
    full: Crashes, tmp_path: Path, command: str
) -> None:
    given = arguments(full, command)
    if command == "deepen":
        assert full.forks.run(*given).status == 0  # its embeddings are cached
        assert full.forks.run("index", full.source(full.other())).status == 0
    answers = full.answers()
    free, failed = 0, 0
    while True:
        before = full.published()
        leave_free(tmp_path / "disk", free)
        done = full.forks.run(*given)
        assert verify(full.home).findings == []
        if done.status == 0:
            break
        message = one_message(done.stderr)
        assert any(word in message for word in ("No space left", "full", "written", "free")), message
        if command != "deepen" or full.published()[0] == before[0]:  # it publishes a generation a view
            assert full.published() == before
            assert full.answers() == answers
        assert not list(full.home.glob("building-*"))
        failed += 1
        free += STEP
    assert failed > 0
    (tmp_path / "disk" / "filler").unlink()
    assert full.forks.run("index", full.source("first")).status == 0
    full.swept()


@pytest.mark.suite
def test_on_a_read_only_disk_reading_works_and_writing_is_told(full: Crashes, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    commands = {command: arguments(full, command) for command in COMMANDS}
    before, answers = full.published(), full.answers()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    try:
        for command, given in commands.items():
            done = full.forks.run(*given)
            assert done.status == 1, command
            assert str(disk / "home") in one_message(done.stderr), command
            assert "Read-only file system" in done.stderr, command
        assert full.published() == before and full.answers() == answers
        assert full.forks.run("verify").status == 0
        assert full.forks.run("search", "paper", "--json").status == 0
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    assert full.forks.run(*commands["index"]).status == 0


@pytest.mark.suite
def test_a_home_that_may_no_longer_be_written_to_is_told(crashes: Crashes) -> None:
    """As another user, since root may write everywhere."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to run as somebody else")
    before = crashes.published()
    opened = [crashes.root.parent, *crashes.root.parents][:3]
    modes = {folder: folder.stat().st_mode for folder in opened}
    for folder in opened:
        folder.chmod(0o755)
    try:
        done = crashes.forks.run("rollback", as_nobody=True)
    finally:
        for folder, mode in modes.items():
            folder.chmod(mode)
    assert done.status == 1
    message = one_message(done.stderr)
    assert str(crashes.home) in message and "Permission denied" in message
    assert crashes.published() == before
