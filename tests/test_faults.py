"""Bad input, a full disk, Ctrl-C: a clear message, a proper exit status, and what served goes on serving."""

import os
import random
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from damage import flipped
from processes import ROOT, Kb, ask, small_disk
from smallkb import DUTCH, Workshop, workshop, write_locale

from kb import modelstore
from kb.errors import InputError
from kb.generation import generations

QUESTIONS = (
    ("Windows asks for the BitLocker recovery key", None),
    ("my account is locked after too many wrong passwords", "nl-NL"),
    ("drucker druckt nicht", "de-DE"),
)
Told = list[dict[str, Any]]


@dataclass
class Served:
    """A `kb serve` on a home, and what it answered before anything went wrong."""

    kb: Kb
    address: str
    said: Told
    tree: dict[str, str]

    def unharmed(self) -> None:
        assert self.kb.tree() == self.tree
        assert not list(self.kb.home.glob("building-*"))
        assert answers(self.address) == self.said


def answers(address: str) -> Told:
    return [ask(address, question, locale) for question, locale in QUESTIONS]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The service over part of the sample articles, for the whole module."""
    kb = Kb(tmp_path_factory.mktemp("faults") / "home")
    done = kb.run("index", str(ROOT / "data/articles/nl-NL"), str(ROOT / "data/articles/de-DE"))
    assert done.returncode == 0, done.stderr
    with kb.serving() as address:
        said = answers(address)
        assert said[0]["outcome"] == "answered"
        yield Served(kb, address, said, kb.tree())


@pytest.fixture
def served(running: Served) -> Iterator[Served]:
    """The service, which must be unharmed after the test."""
    yield running
    running.unharmed()


@pytest.fixture(scope="module")
def model() -> str:
    return str(modelstore.default_folder(modelstore.default_cache()))


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """So many articles that they are parsed by several processes, and their encoding takes a while."""
    folder = tmp_path / "many" / "nl-NL"
    folder.mkdir(parents=True)
    for n in range(400):
        said = " ".join(f"Schroef {n} past op moer {n * k % 97} van rek {k}." for k in range(1, 12))
        (folder / f"schroef-{n}.md").write_text(f"# Schroef {n}\n\n{said}\n", encoding="utf-8")
    return folder


def one_message(stderr: str) -> str:
    """The one line that is for people; no traceback."""
    assert "Traceback" not in stderr
    told = [line for line in stderr.splitlines() if line.startswith("kb: ")]
    assert len(told) == 1, stderr
    return told[0]


def folder_with(root: Path, **files: bytes | None) -> Path:
    """A folder of article files; None makes one that can't be read: a link that leads to itself."""
    root.mkdir()
    for name, content in files.items():
        file = root / f"{name}.md"
        if content is None:
            file.symlink_to(file.name)
        else:
            file.write_bytes(content)
    return root


# --- bad input


@pytest.mark.suite
@pytest.mark.parametrize(
    ("files", "told"),
    [
        (None, "found nothing there"),
        ({}, "found no article in the folder"),
        (
            {"latin": "# Größe\n".encode("latin-1")},
            "latin.md: not UTF-8: found byte 0xF6 at offset 4, line 1",
        ),
        ({"blank": b""}, "blank.md: empty"),
        ({"loop": None}, "loop.md: "),
        (
            {"huge": b"# Huge\n" + b"word " * 10_000_000},
            "huge.md: 50,000,007 bytes; at most 8,000,000 are read",
        ),
    ],
    ids=["missing folder", "no articles", "not UTF-8", "empty file", "unreadable file", "50 MB file"],
)
def test_a_source_without_any_good_article_is_refused(
    served: Served, tmp_path: Path, files: dict[str, bytes | None] | None, told: str
) -> None:
    source = tmp_path / "nl-NL"
    if files is not None:
        folder_with(source, **files)
    done = served.kb.run("index", str(source))
    assert done.returncode == 1 and done.stdout == ""
    message = one_message(done.stderr)
    assert str(source) in message and told in message


@pytest.mark.suite
@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_read_permission_is_named(served: Served, tmp_path: Path) -> None:
    source = folder_with(tmp_path / "nl-NL", secret=b"# Secret\n")
    (source / "secret.md").chmod(0)
    done = served.kb.run("index", str(source))
    assert done.returncode == 1 and "secret.md: " in one_message(done.stderr)


@pytest.mark.suite
def test_bad_files_among_good_ones_are_reported_and_the_rest_is_indexed(tmp_path: Path) -> None:
    source = folder_with(
        tmp_path / "nl-NL",
        good=b"# De muis\n\nLaad de muis op.\n",
        yaml=b"---\ntitle: [broken\n---\n# Het scherm\n\nZet het scherm aan.\n",
        latin="# Größe\n".encode("latin-1"),
        blank=b" \n",
        loop=None,
        huge=b"# Huge\n" + b"word " * 10_000_000,
    )
    kb = Kb(tmp_path / "home")
    done = kb.run("index", str(source))
    assert done.returncode == 0 and "Traceback" not in done.stderr
    assert "6 files: 2 indexed, 0 excluded (0 units), 4 skipped" in done.stdout
    for name in ("latin", "blank", "loop", "huge"):
        assert str(source / f"{name}.md") in done.stdout
    assert f"{source}/yaml.md:3: front matter is not YAML" in done.stdout
    found = kb.run("search", "zet het scherm aan", "--json")
    assert '"article":"yaml"' in found.stdout.replace(" ", "")


@pytest.mark.suite
@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("index",), 2),
        (("index", "somewhere", "--no-such-option"), 2),
        (("index", "data/articles/nl-NL", "--collection", "../out"), 1),
        (("index", "data/articles/nl-NL", "--model", "/no/such/model"), 1),
    ],
)
def test_wrong_use_is_told(served: Served, arguments: tuple[str, ...], status: int) -> None:
    done = served.kb.run(*arguments)
    assert done.returncode == status and done.stdout == "" and "Traceback" not in done.stderr


@pytest.mark.suite
def test_a_home_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a folder", encoding="utf-8")
    done = Kb(tmp_path / "home").run("index", str(ROOT / "data/articles/nl-NL"))
    assert done.returncode == 1 and str(tmp_path / "home") in one_message(done.stderr)


# --- a full disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", "24m") as why_not:
        if why_not:
            pytest.skip(why_not)
        yield tmp_path / "disk"


def leave_free(disk: Path, free_bytes: int) -> None:
    """Fills a disk up to so many bytes."""
    filler = disk / "filler"
    filler.unlink(missing_ok=True)
    filler.write_bytes(b"\0" * max(0, shutil.disk_usage(disk).free - free_bytes))


@pytest.mark.suite
def test_wherever_a_build_runs_out_of_disk_it_says_so_and_leaves_nothing(
    disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Again and again with a little more space, so that every writer in turn meets the full disk."""
    shop = workshop(tmp_path, monkeypatch)
    monkeypatch.setattr(Workshop, "home", disk / "home")
    source = write_locale(tmp_path / "src", "nl-NL", DUTCH)
    shop.index(source)
    before = shop.tree()
    failed, free = 0, 0
    while True:
        leave_free(disk, free)
        try:
            shop.index(source)
        except InputError as error:
            told = str(error)
            assert str(disk / "home") in told and "the previous index is untouched" in told
            assert any(word in told for word in ("No space left", "full", "written")), told
            assert shop.tree() == before and not list((disk / "home").glob("building-*"))
            failed += 1
        else:
            break
        free += 16_384
    assert failed > 10
    assert shop.tree() != before


@pytest.mark.suite
def test_a_full_disk_under_the_home_is_told_and_the_service_goes_on(disk: Path) -> None:
    kb = Kb(disk / "home")
    assert kb.run("index", str(ROOT / "data/articles/nl-NL")).returncode == 0
    with kb.serving() as address:
        served = Served(kb, address, answers(address), kb.tree())
        for free in (0, 400_000):
            leave_free(disk, free)
            done = kb.run("index", str(ROOT / "data/articles/de-DE"))
            assert done.returncode == 1 and done.stdout == ""
            assert str(disk / "home") in one_message(done.stderr)
            served.unharmed()


@pytest.mark.suite
def test_a_full_disk_under_the_cache_is_told(served: Served, disk: Path, model: str) -> None:
    leave_free(disk, 8_192)
    done = served.kb.run(
        "index", str(ROOT / "data/articles/nl-NL"), "--cache", str(disk / "cache"), "--model", model
    )
    assert done.returncode == 1
    message = one_message(done.stderr)
    assert str(disk / "cache") in message and "--cache" in message


# --- Ctrl-C


@pytest.mark.suite
@pytest.mark.parametrize("whole_group", [False, True], ids=["process", "terminal"])
@pytest.mark.parametrize(
    "stage", ["Parsing articles", "Cutting passages", "Indexing words", "Encoding passages"]
)
def test_ctrl_c_ends_a_build_without_a_trace(
    served: Served, tmp_path: Path, many: Path, model: str, stage: str, whole_group: bool
) -> None:
    process = served.kb.start("index", str(many), "--cache", str(tmp_path / "cache"), "--model", model)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(f"{stage}: ") or line.strip() == stage:
            break
    (os.killpg if whole_group else os.kill)(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert out == "" and one_message(err) == "kb: interrupted; the previous index is untouched"
    assert "KeyboardInterrupt" not in err


@pytest.mark.suite
def test_a_build_that_was_killed_is_swept_up_by_the_next_one(tmp_path: Path, many: Path, model: str) -> None:
    kb = Kb(tmp_path / "home", settings={"KB_CACHE": str(tmp_path / "cache"), "KB_MODEL": model})
    process = kb.start("index", str(many))
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("Indexing words"):
            break
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    assert list(kb.home.glob("building-*"))
    small = folder_with(tmp_path / "de-DE", maus=b"# Die Maus\n\nLaden Sie die Maus.\n")
    done = kb.run("index", str(small))
    assert done.returncode == 0, done.stderr
    assert {p.name for p in kb.home.iterdir()} <= {"current", "generations", "writer.lock"}


# --- bits that flip


@pytest.mark.suite
def test_a_service_is_not_started_on_a_flipped_bit_and_goes_back_when_told_to(tmp_path: Path) -> None:
    """What serves already goes on with what it has read; who starts on a damaged file is told what to run."""
    kb = Kb(tmp_path / "home")
    for locale in ("de-DE", "nl-NL"):
        assert kb.run("index", str(ROOT / "data/articles" / locale)).returncode == 0
    first, second = generations(kb.home)[::-1]
    dice = random.Random(5)
    for name in ("source.view", "tokens/codes.npy", "nl-NL/articles.sqlite", "nl-NL/lexical/rows.npy"):
        with flipped(kb.home / "generations" / second / "default" / name, dice) as where:
            refused = kb.run("search", "drucker", "--json")
            assert refused.returncode == 1 and refused.stdout == "", where
            assert name in one_message(refused.stderr) and "kb index" in refused.stderr
            found = kb.run("verify")
            assert found.returncode == 1 and name in found.stdout and "kb rollback" in found.stdout
    (kb.home / "generations" / second / "default" / "means.npz").write_bytes(b"")
    assert kb.run("rollback").returncode == 0
    found = kb.run("search", "drucker", "--json")
    assert found.returncode == 0 and f'"generation":"{first}"' in found.stdout.replace(" ", "")
