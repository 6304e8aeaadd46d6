"""Watching sources: builds once they have settled, waits for git and half-saved files, tries again what failed.

The clock is the test's own; the folder is real."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from indexer import watch as watching
from indexer.watch import Pace, Watch
from indexer.watched import Snapshot, git_at_work, snapshot

PACE = Pace(look_s=1, settle_s=2, patience_s=60, retry_s=5, retry_most_s=40)


class World:
    """A watched folder, a clock that a look takes no time of, and a build that does what it is told."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.now = 0.0
        self.builds: list[float] = []
        self.told: list[str] = []
        self.works = True
        self.during: Callable[[], object] | None = None
        (root / "nl-NL").mkdir(parents=True)
        self.save("muis", "# De muis\n")
        self.watch = Watch([root], self.build, self.told.append, PACE, lambda: self.now, self.sleep)

    def build(self) -> bool:
        self.builds.append(self.now)
        if self.during:
            during, self.during = self.during, None
            during()
        return self.works

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def save(self, name: str, text: str | bytes) -> Path:
        file = self.root / "nl-NL" / f"{name}.md"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def wait(self, seconds: int) -> int:
        """How many builds these seconds bring, looked at each second."""
        before = len(self.builds)
        for _ in range(seconds):
            self.watch.look()
            self.now += 1
        return len(self.builds) - before


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "articles")


def test_it_builds_at_once_and_then_only_when_something_has_changed(world: World) -> None:
    assert world.wait(1) == 1
    assert world.wait(50) == 0
    world.save("scherm", "# Het scherm\n")
    assert world.wait(10) == 1
    (world.root / "nl-NL" / "muis.md").unlink()
    assert world.wait(10) == 1
    (world.root / "nl-NL" / "scherm.md").rename(world.root / "nl-NL" / "beeld.md")
    assert world.wait(10) == 1
    (world.root / "nl-NL" / "picture.png").write_bytes(b"no article")
    assert world.wait(10) == 0


def test_it_waits_until_changes_have_settled_but_not_for_ever(world: World) -> None:
    world.wait(1)
    for n in range(20):
        world.save("muis", f"# De muis\n\n{'x' * n}\n")
        assert world.wait(1) == 0
    assert world.wait(3) == 1
    built = 0
    for n in range(100):
        world.save("muis", f"# De muis\n\n{'y' * n}\n")
        built += world.wait(1)
    assert built == 1


def test_a_change_during_a_build_brings_another_one(world: World) -> None:
    world.wait(1)
    world.save("muis", "# De muis\n\nLaad op.\n")
    world.during = lambda: world.save("muis", "# De muis\n\nLaad de muis op.\n")
    assert world.wait(20) == 2
    assert world.wait(20) == 0


def test_what_fails_is_tried_again_later_and_later_and_at_once_when_the_sources_change(world: World) -> None:
    world.works = False
    world.wait(200)
    waits = [round(b - a) for a, b in zip(world.builds, world.builds[1:], strict=False)]
    assert waits[:4] == [5, 10, 20, 40] and set(waits[4:]) == {40}
    assert world.told[:2] == [f"trying again in {n} s, or when the sources change" for n in (5, 10)]
    world.save("muis", "# De muis, beter\n")
    world.works = True
    assert world.wait(4) == 1
    assert world.wait(100) == 0


@pytest.mark.parametrize("half", [b"", b"# De m\xc3", b"\xff\xfe#\x00"], ids=["empty", "cut", "UTF-16"])
def test_a_half_saved_article_stays_as_it_is_indexed_until_it_is_whole(world: World, half: bytes) -> None:
    world.wait(1)
    file = world.save("muis", half)
    world.save("scherm", "# Het scherm\n")
    assert world.wait(300) == 0
    (told,) = world.told
    assert str(file) in told and told.endswith("the index stays as it is until they are whole, or removed")
    world.save("muis", "# De muis\n\nHeel.\n")
    assert world.wait(5) == 1
    world.save("muis", half)
    assert world.wait(10) == 0 and len(world.told) == 2
    file.unlink()
    assert world.wait(5) == 1


def test_what_could_not_be_read_from_the_start_holds_nothing_up(world: World) -> None:
    world.save("latin", b"# Gr\xf6\xdfe\n")
    assert world.wait(1) == 1
    world.save("muis", "# De muis\n\nLaad op.\n")
    assert world.wait(5) == 1
    world.save("latin", b"# Noch gr\xf6\xdfer\n")
    assert world.wait(5) == 1 and world.told == []


def test_a_source_that_is_away_is_told_once_and_waited_for(world: World, tmp_path: Path) -> None:
    world.wait(1)
    world.root.rename(tmp_path / "away")
    assert world.wait(30) == 0
    (told,) = world.told
    assert told.startswith(f"{world.root}: ") and "stays as it is until the source is back" in told
    (tmp_path / "away").rename(world.root)
    assert world.wait(10) == 0  # the very same files
    world.save("muis", "# Andere muis\n")
    assert world.wait(10) == 1


@pytest.mark.parametrize("linked", [False, True], ids=["checkout", "worktree"])
def test_nothing_is_built_while_git_is_at_work(world: World, linked: bool) -> None:
    git = world.root / ".git"
    if linked:
        git.write_text("gitdir: ../elsewhere\n", encoding="utf-8")
        git = world.root.parent / "elsewhere"
    git.mkdir()
    world.wait(1)
    (git / "index.lock").write_bytes(b"")
    assert git_at_work(world.root / "nl-NL")
    world.save("muis", "# Nieuw\n")
    assert world.wait(30) == 0
    (git / "index.lock").unlink()
    assert world.wait(5) == 1
    (git / "index.lock").write_bytes(b"")  # of a git that was killed
    world.save("muis", "# Nieuwer\n")
    assert world.wait(50) == 0 and world.wait(20) == 1


def test_archives_are_looked_at_too(world: World) -> None:
    world.wait(1)
    archive = world.root / "de-DE.zip"
    archive.write_bytes(b"PK")
    assert archive in snapshot([world.root]) and list(snapshot([archive])) == [archive]
    assert world.wait(5) == 1


def test_looking_takes_a_twentieth_of_the_time_at_most_however_long_a_build_takes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        world.sleep(seconds)
        if len(slept) == 3:
            raise KeyboardInterrupt

    def slow(sources: Sequence[Path]) -> Snapshot:
        world.now += 3.0
        return snapshot(sources)

    monkeypatch.setattr(world.watch, "_sleep", sleep)
    monkeypatch.setattr(watching, "snapshot", slow)
    world.during = lambda: world.sleep(1000.0)
    with pytest.raises(KeyboardInterrupt):
        world.watch.run()
    assert len(world.builds) == 1 and slept == [60.0, 60.0, 60.0]
