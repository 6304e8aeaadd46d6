"""Generations stay for as long as somebody reads them, in this process or another, alive or killed."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from smallkb import DUTCH, Workshop, workshop, write_locale

from kb import retention
from kb.embedded import Generation
from kb.errors import IndexDamaged
from kb.generation import generation_folder, generations
from kb.hit import SearchRequest
from kb.knowledge import KnowledgeBase
from kb.lookup import LookupRequest
from kb.retention import Hold, remove_unread, sweep

READ = """
import sys, time
from pathlib import Path
from kb.retention import Hold
hold = Hold(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""
needs_flock = pytest.mark.skipif(sys.platform == "win32", reason="open files hold a folder there, not locks")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    made = workshop(tmp_path, monkeypatch)
    made.index(write_locale(tmp_path, "nl-NL", DUTCH))
    return made


def folder(home: Path, name: str) -> Path:
    """A generation of one file, as far as holding it goes."""
    made = generation_folder(home, name)
    made.mkdir(parents=True)
    (made / "manifest.json").write_text("{}", encoding="utf-8")
    return made


def reading(place: Path) -> subprocess.Popen[str]:
    root = Path(__file__).resolve().parent.parent.parent
    process = subprocess.Popen(
        [sys.executable, "-c", READ, str(place)],
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    return process


def everything(knowledge: KnowledgeBase) -> dict[str, Any]:
    """Answers that between them read every file of a generation, some for the first time."""
    return {
        "ask": [s.text for s in knowledge.ask("the paper jams", locale="nl-NL").steps],
        "search": [h.passage for h in knowledge.search(SearchRequest("tunnel valt weg")).hits],
        "article": knowledge.article("mail/mailbox-full", locale="nl-NL")["blocks"],
        "suggest": knowledge.suggest("de tun", locale="nl-NL").suggestions,
        "lookup": knowledge.lookup(LookupRequest("Close the lid.", "en-US", ("nl-NL",))).matches,
    }


@needs_flock
def test_a_reader_of_the_first_generation_is_unharmed_while_five_more_are_published(shop: Workshop) -> None:
    reader, quiet = shop.open(), shop.open()  # `quiet` has read nothing yet that is read when it is asked for
    first, before = reader.info()["generation"], everything(reader)
    for _ in range(5):
        shop.index_changed(shop.root / "nl-NL")
    assert first in generations(shop.home) and len(generations(shop.home)) == 4
    again: list[dict[str, Any]] = []
    thread = threading.Thread(target=lambda: again.extend([everything(quiet), everything(reader)]))
    thread.start()
    thread.join()
    assert again == [before, before]
    reader.close()
    shop.index_changed(shop.root / "nl-NL")
    assert first in generations(shop.home)  # one of its two readers is still there
    assert quiet.refresh()
    shop.index_changed(shop.root / "nl-NL")
    assert first not in generations(shop.home)
    quiet.close()


@needs_flock
def test_another_process_holds_a_generation_until_it_is_killed(tmp_path: Path) -> None:
    old = folder(tmp_path, "g1")
    process = reading(old)
    try:
        assert remove_unread(tmp_path, [old]) == [old]
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert remove_unread(tmp_path, [old]) == []
    assert list((tmp_path / "generations").iterdir()) == []


@needs_flock
def test_a_generation_that_is_forgotten_is_let_go(tmp_path: Path) -> None:
    old = folder(tmp_path, "g1")
    hold = Hold(old)
    assert remove_unread(tmp_path, [old]) == [old]
    hold.close()
    hold.close()
    Hold(old)  # nobody keeps it
    assert remove_unread(tmp_path, [old]) == []


def test_one_that_is_gone_or_removed_while_it_waits_can_not_be_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(IndexDamaged, match=r"manifest\.json can't be opened"):
        Hold(tmp_path / "g0")
    old = folder(tmp_path, "g1")
    lock = retention._lock

    def removed_first(descriptor: int, *, exclusive: bool) -> bool:
        old.rename(tmp_path / "removing-g1")
        return lock(descriptor, exclusive=exclusive)

    monkeypatch.setattr(retention, "_lock", removed_first)
    with pytest.raises(IndexDamaged, match="has been removed meanwhile"):
        Hold(old)


def test_where_the_file_system_refuses_locks_only_the_number_protects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform != "win32":
        import fcntl

        def refused(_descriptor: int, _how: int) -> None:
            raise OSError(37, "No locks available")

        monkeypatch.setattr(fcntl, "flock", refused)
    old = folder(tmp_path, "g1")
    hold = Hold(old)
    assert remove_unread(tmp_path, [old]) == []
    hold.close()


def test_what_can_not_be_renamed_stays_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows while a file in it is open."""

    def refused(_self: Path, _target: Path) -> Path:
        raise PermissionError(13, "in use")

    old = folder(tmp_path, "g1")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", refused)
        assert remove_unread(tmp_path, [old]) == [old]
    assert (old / "manifest.json").exists()


def test_what_a_killed_removal_has_left_is_swept_by_the_next_build(shop: Workshop) -> None:
    (shop.home / "removing-g0" / "default").mkdir(parents=True)
    shop.index_changed(shop.root / "nl-NL")
    assert not list(shop.home.glob("removing-*"))
    (shop.home / "removing-g0").mkdir()
    sweep(shop.home)
    assert not list(shop.home.glob("removing-*"))


def test_a_generation_without_a_manifest_is_removed(tmp_path: Path) -> None:
    old = folder(tmp_path, "g1")
    (old / "manifest.json").unlink()
    assert remove_unread(tmp_path, [old]) == []


@needs_flock
def test_opening_holds_and_a_failure_to_open_lets_go(shop: Workshop) -> None:
    opened = Generation(shop.home)
    assert remove_unread(shop.home, [opened.folder]) == [opened.folder]
    opened.close()
    (opened.folder / "default" / "means.npz").write_bytes(b"")
    with pytest.raises(IndexDamaged):
        Generation(shop.home)
    assert remove_unread(shop.home, [opened.folder]) == []
