"""What a build leaves for the next one, and for which one."""

from pathlib import Path

import pytest

from indexer import buildstate
from indexer.buildstate import ArchiveRecord, BuildState, FileFacts, read_state, set_about, write_state
from kb.errors import IndexDamaged

STATE = BuildState(
    {"stamp": "s", "overlay": "o"},
    {
        "k1": FileFacts("nl-NL", "mail/quota", False, 3, 1, ((4, "a span without its source"),)),
        "k2": FileFacts("", "", True, 0, 0, (), "no locale found"),
        "k3": FileFacts("th-TH", "mail/quota", False, 3, 0, ()),
    },
    {"a1": [ArchiveRecord("mail/quota.md", "k1"), ArchiveRecord("empty.md", None, 1, "empty")]},
    similar=[("mail/quota", "mail/quota-2")],
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_state(tmp_path, STATE)
    assert read_state(tmp_path) == STATE
    set_about(tmp_path, {"overlay": "another"})
    assert read_state(tmp_path).about == {"stamp": "s", "overlay": "another"}


def test_what_another_program_has_left_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_state(tmp_path, STATE)
    monkeypatch.setattr(buildstate, "program_stamp", lambda: "another")
    assert read_state(tmp_path) == BuildState()


def test_damage_is_told(tmp_path: Path) -> None:
    write_state(tmp_path, STATE)
    (tmp_path / buildstate.FILE).write_bytes(b"SQLite format 3\0 and no more")
    with pytest.raises(IndexDamaged, match=r"build\.sqlite can't be read"):
        read_state(tmp_path)
