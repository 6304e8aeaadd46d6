"""Bits that flip on the disk: never served, told with the file and what to run."""

import random
from pathlib import Path

import pytest
from damage import flipped
from processes import ROOT, Kb
from served import one_message

from kb.generation import generations


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
