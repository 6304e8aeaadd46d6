"""Homes, what they answered before anything went wrong, and disks to fill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from crashes import COPIES, VERSIONS, Crashes, Remembering, write_version
from forked import forks
from processes import ROOT, Kb, small_disk
from served import Served, answers
from smallkb import detector

from kb import leases, modelstore


@pytest.fixture(scope="session")
def model() -> str:
    return str(modelstore.default_folder(modelstore.default_cache()))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The service over part of the sample articles, for a whole module."""
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


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """So many articles that they are parsed by several processes, and their encoding takes a while."""
    folder = tmp_path / "many" / "nl-NL"
    folder.mkdir(parents=True)
    for n in range(400):
        said = " ".join(f"Schroef {n} past op moer {n * k % 97} van rek {k}." for k in range(1, 12))
        (folder / f"schroef-{n}.md").write_text(f"# Schroef {n}\n\n{said}\n", encoding="utf-8")
    return folder


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", "24m") as why_not:
        if why_not:
            pytest.skip(why_not)
        yield tmp_path / "disk"


@pytest.fixture(scope="module")
def crashes(tmp_path_factory: pytest.TempPathFactory, model: str) -> Iterator[Crashes]:
    """A home that both versions have been in; their embeddings are in a cache of their own."""
    root = tmp_path_factory.mktemp("crashes")
    for version in VERSIONS:
        write_version(root / "few" / version, version, copies=1)
        write_version(root / "many" / version, version, copies=COPIES)
    settings = {"KB_HOME": str(root / "home"), "KB_CACHE": str(root / "cache"), "KB_MODEL": model}
    with forks(root / "scratch", **settings) as forking, pytest.MonkeyPatch.context() as patch:
        made = Crashes(forking, root, Remembering(Path(model)))
        # read once: unpacking its model takes longer than a small build
        patch.setattr(leases, "LanguageDetector", lambda languages: detector(tuple(languages)))
        for version in VERSIONS:
            done = forking.run("index", made.source(version))
            assert done.status == 0, done.stderr
            made.serves(version)
        yield made


@pytest.fixture(scope="module")
def backup(crashes: Crashes) -> Path:
    """A backup of the home."""
    file = crashes.root / "backup.tar"
    done = crashes.forks.run("backup", str(file))
    assert done.status == 0, done.stderr
    return file


@pytest.fixture(scope="module")
def memory(crashes: Crashes) -> Path:
    """A translation memory of the home, with a corrected text."""
    file = crashes.root / "memory.tmx"
    done = crashes.forks.run("export", "tmx", "-o", str(file))
    assert done.status == 0, done.stderr
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("Sluit de klep.", "Doe de klep dicht."), encoding="utf-8")
    return file
