"""A disk without room: told with what to do, nothing left behind, and what served goes on."""

from pathlib import Path

import pytest
from processes import ROOT, Kb
from served import Served, answers, leave_free, one_message
from smallkb import DUTCH, Workshop, workshop, write_locale

from kb.errors import InputError


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
    for file in source.rglob("*.md"):  # or there would be next to nothing to write
        file.write_text(file.read_text(encoding="utf-8") + "\nOnce more.\n", encoding="utf-8")
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
