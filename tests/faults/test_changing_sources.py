"""Sources that change while they are read: what is published is whole, and a source that goes away takes nothing."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from smallkb import DUTCH, Workshop, workshop, write_locale

from indexer.report import Quiet
from indexer.steps import BuildStep
from kb.errors import InputError
from kb.verify import verify


class Meddling(Quiet):
    """Does something as a step begins; parsing begins when the files have been listed and none has been read."""

    def __init__(self, deed: Callable[[], Any], at: BuildStep = BuildStep.PARSE) -> None:
        self.deed = deed
        self.at = at

    def stage(self, name: str, total: int | None) -> None:
        super().stage(name, total)
        if name == self.at:
            self.deed()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    return workshop(tmp_path, monkeypatch)


@pytest.mark.parametrize("indexed_before", [False, True])
@pytest.mark.parametrize("empty_mount", [False, True], ids=["gone", "unmounted"])
def test_a_folder_that_vanishes_midway_takes_no_article_out_of_the_index(
    shop: Workshop, tmp_path: Path, indexed_before: bool, empty_mount: bool
) -> None:
    source = write_locale(tmp_path / "src", "nl-NL", DUTCH)
    if indexed_before:
        shop.index(source)
    before = shop.tree() if indexed_before else {}

    def vanish() -> None:
        shutil.rmtree(source)
        if empty_mount:
            source.mkdir()

    with pytest.raises(InputError, match="has gone, or is empty, since the run began"):
        shop.index(source, progress=Meddling(vanish), allow_shrink=True)
    assert shop.tree() == before
    write_locale(tmp_path / "src", "nl-NL", DUTCH)
    assert shop.index(source).indexed == 3
    assert verify(shop.home).findings == []


def test_one_article_that_is_deleted_meanwhile_is_reported(shop: Workshop, tmp_path: Path) -> None:
    source = write_locale(tmp_path / "src", "nl-NL", DUTCH)
    last = source / "vpn" / "tunnel-drops.md"
    report = shop.index(source, progress=Meddling(last.unlink))
    assert report.indexed == 2
    assert [(p.file, p.reason) for p in report.skipped] == [(str(last), "gone since the run began")]
    assert verify(shop.home).findings == []


@pytest.mark.parametrize("step", BuildStep)
def test_an_article_that_is_edited_meanwhile_is_indexed_as_it_was_or_as_it_is(
    shop: Workshop, tmp_path: Path, step: BuildStep
) -> None:
    source = write_locale(tmp_path / "src", "nl-NL", DUTCH)
    edited = DUTCH | {word: f"{said} Nieuw." for word, said in DUTCH.items()}
    shop.index(source, progress=Meddling(lambda: write_locale(tmp_path / "src", "nl-NL", edited), step))
    assert verify(shop.home).findings == []
    knowledge = shop.open()
    for path in ("mail/mailbox-full", "printing/paper-jam", "vpn/tunnel-drops"):
        blocks = knowledge.article(path, locale="nl-NL")["blocks"]
        texts = [s["target"] for b in blocks for s in b["segments"] if s["unit"]]
        assert len({text.rstrip(".").endswith("Nieuw") for text in texts}) == 1, texts  # not half of each
    knowledge.close()
