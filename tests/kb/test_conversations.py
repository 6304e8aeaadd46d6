"""Conversations kept in a file: only what was added, for as long as it may be."""

from pathlib import Path

import pytest

from kb.chat import MAX_HISTORY, HistoryItem
from kb.conversations import Conversations, new_id
from kb.errors import KbError, NotFound

ONE, TWO = HistoryItem("one", "one", "a/b", "nl-NL"), HistoryItem("two", "one: two")


def test_nothing_is_written_before_something_is_kept(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="start a new one"):
        Conversations(tmp_path / "home" / "c.sqlite").history("x")
    assert not (tmp_path / "home").exists()


def test_turns_come_back_in_order_also_to_another_process_of_the_service(tmp_path: Path) -> None:
    kept, other = Conversations(tmp_path / "c.sqlite"), Conversations(tmp_path / "c.sqlite")
    kept.add("x", "s1", ONE)
    other.add("x", "s2", TWO)
    other.add("y", "s3", TWO)
    assert kept.history("x") == (ONE, TWO)
    assert (tmp_path / "c.sqlite").stat().st_mode & 0o077 == 0
    kept.close()
    other.close()


def test_a_stream_is_kept_once_and_leads_to_what_came_before_it() -> None:
    kept = Conversations()
    for stream, turn in (("s1", ONE), ("s2", TWO), ("s2", TWO), ("s1", ONE)):
        kept.add("x", stream, turn)
    assert kept.history("x") == (ONE, TWO)
    assert kept.before("s2", "two") == ("x", (ONE,))
    assert kept.before("s2", "another question") is None
    assert kept.before("s9", "two") is None


def test_a_conversation_expires_by_its_last_turn_and_leaves_the_file(tmp_path: Path) -> None:
    now = [1000.0]
    kept = Conversations(tmp_path / "c.sqlite", expire_s=60, clock=lambda: now[0])
    kept.add("x", "s1", ONE)
    kept.add("y", "s2", ONE)
    now[0] += 50
    kept.add("x", "s3", TWO)
    now[0] += 20
    assert len(kept.history("x")) == 2
    with pytest.raises(NotFound, match="60 seconds"):
        kept.history("y")
    kept.add("z", "s4", ONE)
    now[0] = 1000.0
    with pytest.raises(NotFound):
        kept.history("y")
    kept.close()


def test_the_one_idle_longest_makes_room() -> None:
    now = [0.0]
    kept = Conversations(most=2, clock=lambda: now[0])
    for n, name in enumerate(("a", "b", "a", "c")):
        now[0] = float(n)
        kept.add(name, f"s{n}", ONE)
    assert len(kept.history("a")) == 2
    with pytest.raises(NotFound):
        kept.history("b")


def test_only_the_latest_turns_are_kept() -> None:
    kept = Conversations()
    for n in range(MAX_HISTORY + 5):
        kept.add("x", f"s{n}", HistoryItem(str(n)))
    assert [t.question for t in kept.history("x")] == [str(n) for n in range(5, MAX_HISTORY + 5)]


def test_a_deleted_conversation_is_gone() -> None:
    kept = Conversations()
    kept.add("x", "s1", ONE)
    kept.delete("x")
    with pytest.raises(NotFound):
        kept.delete("x")


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "c.sqlite").write_bytes(b"no database " * 500)
    with pytest.raises(KbError, match="move it away"):
        Conversations(tmp_path / "c.sqlite").add("x", "s1", ONE)


def test_ids_are_not_to_be_guessed() -> None:
    assert len({new_id() for _ in range(100)}) == 100
    assert len(new_id()) == 24
