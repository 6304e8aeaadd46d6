"""The set-up's decisions: what is installed, from where, whether it fits, and when it is redone."""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

import check
import disk
import environment
import lock
import torch_build
import up
from environment import ROOT, Marker, SetupError, fingerprint, work_to_do

PYPROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
PINS = (ROOT / "constraints.txt").read_text("utf-8")
DONE = Marker("abc", ("dev",), complete=True)


def of(pyproject: str = PYPROJECT, pins: str = PINS, python: str = "3.11.7", root: Path = ROOT) -> str:
    return fingerprint(pyproject, pins, python, root)


# When the environment is made anew


@pytest.mark.parametrize(
    "changed",
    [
        of(pins=PINS.replace("typer==", "typer==9")),
        of(pyproject=PYPROJECT.replace('"rich>=', '"rich>=99')),
        of(python="3.12.1"),
        of(root=ROOT.parent / "moved"),
    ],
    ids=["pin", "dependency", "python", "place"],
)
def test_what_decides_the_packages_changes_the_fingerprint(changed: str) -> None:
    assert changed != of()


@pytest.mark.parametrize(
    "same",
    [
        of(pyproject=PYPROJECT.replace("line-length = 110", "line-length = 90")),
        of(pins=f"# a remark\n{PINS}\n"),
    ],
    ids=["setting of a tool", "comment"],
)
def test_what_does_not_decide_them_keeps_it(same: str) -> None:
    assert same == of()


@pytest.mark.parametrize(
    ("marker", "extras", "work"),
    [
        (None, [], "create"),
        (DONE, [], "nothing"),
        (DONE, ["dev"], "nothing"),
        (Marker("abc", (), complete=True), ["dev"], "add extras"),
        (Marker("abc", ("dev",), complete=False), ["dev"], "create"),
        (Marker("older", ("dev",), complete=True), ["dev"], "create"),
    ],
)
def test_work_to_do(marker: Marker | None, extras: list[str], work: str) -> None:
    assert work_to_do(marker, "abc", extras) == work


def test_a_marker_is_read_as_written() -> None:
    assert Marker.from_json(DONE.to_json()) == DONE


@given(st.text() | st.integers(0, len(DONE.to_json()) - 1).map(lambda end: DONE.to_json()[:end]))
def test_a_torn_or_foreign_marker_is_an_unfinished_set_up(text: str) -> None:
    assert work_to_do(Marker.from_json(text), "abc", []) == "create"


def test_an_environment_of_the_users_own_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / ".venv" / "pyvenv.cfg"
    own.parent.mkdir()
    own.write_text("theirs")
    monkeypatch.setattr(environment, "VENV", own.parent)
    with pytest.raises(SetupError, match="did not make"):
        environment.ensure()
    assert own.read_text() == "theirs"


def test_one_set_up_at_a_time(tmp_path: Path) -> None:
    with (tmp_path / "lock").open("a+b") as second:
        with lock.locked(tmp_path / "lock", on_wait=lambda: pytest.fail("nobody holds it")):
            assert not lock.try_lock(second)
        assert lock.try_lock(second)


@pytest.mark.parametrize("version", [(3, 10, 14), (3, 15, 0)])
def test_another_python_is_refused_with_what_to_run(version: tuple[int, int, int]) -> None:
    argv = ["scripts/up.py", "--port", "1"]
    code = f"import sys; sys.version_info = {version}; sys.argv = {argv}; import environment"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "scripts", capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert f"found Python 3.{version[1]}, expected 3.11 to 3.14" in ran.stderr
    assert "python3.13 scripts/up.py --port 1" in ran.stderr


# Pins


def requirements() -> list[str]:
    table = tomllib.loads(PYPROJECT)
    extras = table["project"]["optional-dependencies"].values()
    return [
        *table["build-system"]["requires"],
        *table["project"]["dependencies"],
        *(r for e in extras for r in e),
    ]


@pytest.mark.parametrize("line", requirements())
def test_every_requirement_is_pinned_within_its_range(line: str) -> None:
    requirement = Requirement(line)
    pin = environment.pinned(requirement.name, PINS)
    assert requirement.specifier.contains(pin), f"constraints.txt pins {requirement.name} {pin}"


def test_a_missing_pin_is_named() -> None:
    with pytest.raises(SetupError, match="no line torch=="):
        environment.pinned("torch", "torchvision==1.0\n")


# Which build of PyTorch


def never() -> bool:
    pytest.fail("asked for something that doesn't matter here")


def yes() -> bool:
    return True


def no() -> bool:
    return False


@pytest.mark.parametrize(
    ("platform", "wheelhouse", "cpu_index", "options", "label", "cost"),
    [
        ("darwin", never, never, (), "", torch_build.CPU),
        ("win32", never, never, (), "", torch_build.CPU),
        ("linux", yes, never, ("--no-index", "--no-deps"), "+cpu", torch_build.CPU),
        ("linux", no, yes, ("--index-url", torch_build.CPU_INDEX, "--no-deps"), "+cpu", torch_build.CPU),
        ("linux", no, no, (), "", torch_build.CUDA),
    ],
)
def test_the_smallest_build_within_reach_is_taken(
    platform: str,
    wheelhouse: Callable[[], bool],
    cpu_index: Callable[[], bool],
    options: tuple[str, ...],
    label: str,
    cost: torch_build.Cost,
) -> None:
    build = torch_build.choose(platform, wheelhouse, cpu_index)
    assert (build.options, build.label, build.cost) == (options, label, cost)


def test_the_large_build_comes_with_its_size_and_the_way_round_it() -> None:
    told = torch_build.choose("linux", no, no).explanation
    assert "2,700 MB" in told
    assert "PIP_FIND_LINKS" in told


@pytest.mark.parametrize(("wheel", "found"), [("99.1.0+cpu", True), ("99.1.0", False), ("99.1.1+cpu", False)])
def test_pip_is_asked_for_the_cpu_build(wheel: str, found: bool, tmp_path: Path) -> None:
    (tmp_path / f"torch-{wheel}-py3-none-any.whl").touch()
    options = ["--no-index", "--find-links", str(tmp_path)]
    assert torch_build.offered([sys.executable, "-m", "pip"], options, "99.1.0") is found


# Disk


def place(what: str, device: int, free_gb: float, needed_gb: float) -> disk.Place:
    return disk.Place(what, Path("/", what), device, int(free_gb * disk.GB), needed_gb)


def test_places_on_one_disk_are_added_up() -> None:
    found = disk.shortages([place("environment", 1, 2.0, 1.5), place("cache", 1, 2.0, 1.0)])
    assert len(found) == 1
    assert "found 2.0 GB of free disk, expected at least 2.5 GB" in found[0]
    assert "environment" in found[0]
    assert "cache" in found[0]


def test_each_short_disk_is_named_and_a_large_one_is_not() -> None:
    found = disk.shortages(
        [place("environment", 1, 9, 1), place("temporary", 2, 1, 3), place("cache", 3, 1, 2)]
    )
    assert [message.split(" GB")[0] for message in found] == ["found 1.0", "found 1.0"]
    assert "environment" not in "".join(found)


def test_a_folder_still_to_be_made_counts_on_the_disk_above_it(tmp_path: Path) -> None:
    found = disk.place("cache", tmp_path / "not" / "yet", 1.0)
    assert found.device == tmp_path.stat().st_dev
    assert disk.shortages([found]) == [] or found.free < disk.GB


# Whether the articles are indexed anew


def test_sources_hash_follows_names_and_bytes_only(tmp_path: Path) -> None:
    article = tmp_path / "nl-NL" / "a.md"
    article.parent.mkdir()
    article.write_text("# Printer")
    before = up.sources_hash(tmp_path)
    os.utime(article, (1, 1))
    assert up.sources_hash(tmp_path) == before
    article.write_text("# Drucker")
    changed = up.sources_hash(tmp_path)
    article.rename(tmp_path / "nl-NL" / "b.md")
    assert len({before, changed, up.sources_hash(tmp_path)}) == 3


# Tiers, and what check.py makes of pytest's output

SAMPLE = """
import pytest

def test_plain():
    pass

@pytest.mark.suite
def test_suite():
    pass

@pytest.mark.long
@pytest.mark.parametrize("n", range(200))
def test_long(n):
    assert n != 7
"""


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with this one's settings and conftest.py, and 202 tests of which one long one fails."""
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path / "tests")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "tests" / "test_sample.py").write_text(SAMPLE)
    monkeypatch.delenv("KB_LONG_FRACTION", raising=False)
    return tmp_path


def collected(project: Path, *options: str) -> set[str]:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *options]
    ran = subprocess.run(command, cwd=project, capture_output=True, text=True, check=True)
    return {line.split("::")[1] for line in ran.stdout.splitlines() if "::" in line}


@pytest.mark.suite
def test_tiers_contain_each_other(sample: Path) -> None:
    assert collected(sample) == collected(sample, "--tier", "quick") == {"test_plain"}
    assert collected(sample, "--tier", "suite") == {"test_plain", "test_suite"}
    assert len(collected(sample, "--tier", "long")) == 202


@pytest.mark.suite
def test_a_tenth_of_the_long_tests_is_always_the_same_tenth(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_LONG_FRACTION", "0.1")
    tenth = collected(sample, "--tier", "suite")
    assert tenth == collected(sample, "--tier", "suite")
    assert 8 < len(tenth) < 40
    monkeypatch.setenv("KB_LONG_FRACTION", "0.5")
    assert tenth < collected(sample, "--tier", "suite")


@pytest.mark.suite
def test_a_fraction_that_is_none_is_refused(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_LONG_FRACTION", "10%")
    with pytest.raises(subprocess.CalledProcessError) as refused:
        collected(sample, "--tier", "suite")
    assert "expected a number from 0 to 1" in refused.value.stderr


def test_all_but_the_long_tier_runs_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    for processors, processes in {2: "2", 64: "4"}.items():
        monkeypatch.setattr(os, "cpu_count", lambda found=processors: found)
        assert check.side_by_side("suite") == ["-n", processes, "--dist", "loadfile"]
        assert check.side_by_side("long") == []
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert check.side_by_side("quick") == []


@pytest.mark.suite
@pytest.mark.parametrize("options", [[], ["-n", "2", "--dist", "loadfile"]], ids=["one", "side by side"])
def test_pytests_closing_line_and_status_are_kept(
    sample: Path,
    options: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    monkeypatch.setattr(check, "ROOT", sample)
    status, closing_line = check.run_pytest(sys.executable, "long", ["-p", "no:cacheprovider", *options])
    assert status == 1
    assert "1 failed, 201 passed in" in closing_line
    assert closing_line.encode() in capfdbinary.readouterr().out
