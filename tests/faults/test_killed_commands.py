"""SIGKILL in every other command that writes: what served goes on serving, and the same command completes."""

import shutil
import signal
from pathlib import Path

import pytest
from crashes import VERSIONS, Crashes, crucial

from kb.generation import current_id, generations
from kb.verify import verify

KILLED = -signal.SIGKILL
COMMANDS = ("deepen", "import", "restore", "rollback")


@pytest.fixture
def arguments(crashes: Crashes, backup: Path, memory: Path, command: str) -> list[str]:
    """The command, on a home that it has something to do in."""
    version = crashes.other()
    if command == "import":  # where the memory is of the other version, all that differs would be corrections
        text = memory.read_text(encoding="utf-8")
        (version,) = (version for version in VERSIONS if f"De {version} stap" in text)
    done = crashes.forks.run("index", crashes.source(version))
    assert done.status == 0, done.stderr
    (crashes.home / "overlays" / "default.sqlite").unlink(missing_ok=True)
    return {
        "deepen": ["deepen"],
        "import": ["import", "tmx", str(memory)],
        "restore": ["restore", str(backup)],
        "rollback": ["rollback", "--to", generations(crashes.home)[1]],
    }[command]


def snapshot(home: Path, copy: Path) -> None:
    """Makes one home what another one is."""
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(home, copy)


def killed(crashes: Crashes, arguments: list[str], number: int) -> bool:
    """A run killed before its n-th change, and what must hold then; False where it ended before that."""
    (name, files), answers = crashes.published(), crashes.answers()
    ended = crashes.forks.run(*arguments, die_before=number)
    assert ended.status in (0, KILLED), ended.stderr
    assert verify(crashes.home).findings == []
    if current_id(crashes.home) == name:
        assert crashes.published()[1] == files
        assert crashes.answers() == answers
    return ended.status == KILLED


def completes(crashes: Crashes, arguments: list[str], command: str) -> None:
    done = crashes.forks.run(*arguments)
    assert done.status == 0, done.stderr
    assert verify(crashes.home).findings == []
    if command != "rollback":  # which builds nothing, and so sweeps nothing
        left = [
            f.name for pattern in ("building-*", "removing-*", "*.new") for f in crashes.home.glob(pattern)
        ]
        assert left == []
    match command:
        case "deepen":
            assert "every view was there already" in crashes.forks.run("deepen").stdout
        case "import":
            told = str(crashes.answers())
            assert "Doe de klep dicht." in told and "Sluit de klep." not in told
        case "rollback":
            assert current_id(crashes.home) == arguments[-1]


@pytest.mark.suite
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_killed_around_its_publication(
    crashes: Crashes, arguments: list[str], command: str, tmp_path: Path
) -> None:
    saved = tmp_path / "home"
    snapshot(crashes.home, saved)
    clean = crashes.forks.run(*arguments)
    assert clean.status == 0, clean.stderr
    numbers = crucial(clean.changes)
    assert len(numbers) > 2
    for number in numbers[:12]:
        snapshot(saved, crashes.home)
        assert killed(crashes, arguments, number)
        completes(crashes, arguments, command)


@pytest.mark.suite
@pytest.mark.parametrize("command", ["import"])
def test_corrections_are_imported_with_their_generation_or_not_at_all(
    crashes: Crashes, arguments: list[str], tmp_path: Path
) -> None:
    """The next `kb index` applies what is kept: it has the corrections where they were published, and only there."""
    saved = tmp_path / "home"
    snapshot(crashes.home, saved)
    source = crashes.source(crashes.version())
    clean = crashes.forks.run(*arguments)
    assert clean.status == 0, clean.stderr
    renames = [n for n, change in enumerate(clean.changes) if change.startswith("os.rename")]
    seen = set()
    for number in sorted({n + d for n in renames for d in (0, 1) if n + d < len(clean.changes)}):
        snapshot(saved, crashes.home)
        before = current_id(crashes.home)
        assert crashes.forks.run(*arguments, die_before=number).status == KILLED
        published = current_id(crashes.home) != before
        done = crashes.forks.run("index", source)
        assert done.status == 0, done.stderr
        assert ("Doe de klep dicht." in str(crashes.answers())) == published, clean.changes[number]
        crashes.swept()
        seen.add(published)
    assert seen == {True, False}
    snapshot(saved, crashes.home)


@pytest.mark.long
@pytest.mark.hours
@pytest.mark.timeout(3600)  # ten minutes for deepen where nothing else runs
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_killed_before_each_change_that_it_makes_to_the_disk(
    crashes: Crashes, arguments: list[str], command: str, tmp_path: Path
) -> None:
    saved = tmp_path / "home"
    snapshot(crashes.home, saved)
    number = 0
    while killed(crashes, arguments, number):
        completes(crashes, arguments, command)
        snapshot(saved, crashes.home)
        number += 1
    assert number > 2
