"""Messages and progress: a bar on a terminal, lines elsewhere."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.console import LineProgress, duration, pace, plain, progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.04, "0.0 s"), (59.94, "59.9 s"), (60, "1:00 min"), (185.4, "3:05 min"), (3720, "1:02:00 h")],
)
def test_durations_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_pace_tells_rate_and_time_left_as_far_as_they_are_known() -> None:
    assert pace(done=50, total=200, elapsed_s=10) == "5.0/s, 30.0 s left"
    assert pace(done=50, total=None, elapsed_s=10) == "5.0/s"
    assert pace(done=200, total=200, elapsed_s=10) == "20.0/s"
    assert pace(done=0, total=200, elapsed_s=10) == ""


def test_elsewhere_than_on_a_terminal_progress_is_lines() -> None:
    stream = io.StringIO()
    shown = LineProgress(stream, every_s=0)
    shown.stage("encode", 1200)
    shown.advance(600)
    shown.note("a note")
    shown.close()
    begun, done, note, end = stream.getvalue().splitlines()
    assert begun == "encode: 1,200 to do"
    assert done.startswith("encode: 600 of 1,200, ")
    assert done.endswith(" left")
    assert note == "a note"
    assert end.startswith("encode: 600 in ")


def test_lines_keep_their_distance() -> None:
    stream = io.StringIO()
    shown = LineProgress(stream, every_s=3600)
    shown.stage("encode", 1200)
    for _ in range(1200):
        shown.advance()
    assert stream.getvalue() == "encode: 1,200 to do\n"


def test_on_a_terminal_progress_is_a_bar_and_elsewhere_no_escape_is_sent() -> None:
    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        with progress(stream) as shown:
            shown.stage("parse", None)
            shown.advance(3)
            shown.stage("encode", 4)
            shown.advance(4)
            shown.note("[bold]as it stands[/bold]")
        assert "[bold]as it stands[/bold]" in stream.getvalue()
    assert "4/4" in terminal.getvalue()
    assert "\x1b" not in file.getvalue()


@given(st.text())
def test_plain_text_is_as_long_as_before_and_moves_no_cursor(text: str) -> None:
    shown = plain(text)
    assert len(shown) == len(text)
    assert not any(ord(c) < 32 and c not in "\t\n" for c in shown)
    assert "\x1b" not in shown
    assert "\x9b" not in shown
