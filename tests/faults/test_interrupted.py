"""Ctrl-C: exit status 130, one message, and what served goes on."""

import os
import signal
from pathlib import Path

import pytest
from processes import WRITERS_OWN, Kb
from served import Served, folder_with, one_message


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
    assert {p.name for p in kb.home.iterdir()} <= {"current", "generations", *WRITERS_OWN}
