"""kb eval: its JSON, its report, its thresholds, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from evalkit import QUERIES, write_jsonl, write_sets
from smallkb import DUTCH, Workshop, workshop, write_locale

from api.commands import eval as command
from indexer import metrics


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with pytest.MonkeyPatch.context() as patch:
        root = tmp_path_factory.mktemp("eval")
        made = workshop(root, patch)
        made.index(write_locale(root / "articles", "nl-NL", DUTCH))
        write_sets(root)
        yield made


@pytest.fixture
def evaluated(
    shop: Workshop, here: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Runs `kb eval` over the small knowledge base, on files of its folder unless they are whole paths."""
    monkeypatch.setattr(command.KnowledgeBase, "open", lambda *_a, **_k: shop.open())

    def run(*arguments: str) -> Any:
        return here("eval", *(str(shop.root / a) if a.endswith(".jsonl") else a for a in arguments))

    return run


def test_json_and_nothing_else_goes_to_standard_output(evaluated: Any) -> None:
    done = evaluated("queries.jsonl", "unanswerable.jsonl", "chats.jsonl", "--json")
    figures = json.loads(done.stdout)
    assert done.returncode == 0
    assert figures["queries"] == 4
    assert {"all", "en", "installed", "by_lang", "by_style", "units", "answerable", "chat"} <= set(figures)
    assert "ranking: 4 to do" in done.stderr


def test_people_read_tables(evaluated: Any) -> None:
    shown = evaluated("queries.jsonl", "unanswerable.jsonl", "chats.jsonl", "--legs").stdout
    for line in (
        "all                                 4",
        "dense, en",
        "essential, rest",
        "auroc, nearmiss",
        "chat, later",
    ):
        assert f"\n{line}" in shown


def test_the_report_is_written_and_named(evaluated: Any, tmp_path: Path) -> None:
    done = evaluated("queries.jsonl", "--report", str(tmp_path / "report"), "--json")
    assert f"kb: report in {tmp_path / 'report' / 'report.html'}" in done.stderr
    assert json.loads((tmp_path / "report/figures.json").read_text("utf-8")) == json.loads(done.stdout)


def test_each_threshold_missed_is_named_and_ends_with_status_1(evaluated: Any) -> None:
    bounds = ["--min", "mrr@10=0.1", "--min", "en:mrr@10=1.1", "--max", "units:article:recall=0.5"]
    done = evaluated("queries.jsonl", "--json", *bounds)
    assert done.returncode == 1
    assert json.loads(done.stdout)["queries"] == 4
    told = [line for line in done.stderr.splitlines() if "expected" in line]
    assert told == [
        "kb: en:mrr@10 is 1, expected at least 1.1",
        "kb: units:article:recall is 1, expected at most 0.5",
    ]
    assert evaluated("queries.jsonl", "--json", "--min", "en:mrr@10=0.9").returncode == 0


def test_a_field_that_is_not_known_is_told(evaluated: Any, tmp_path: Path) -> None:
    file = write_jsonl(tmp_path / "own.jsonl", [{**QUERIES[0], "note": "seen"}])
    done = evaluated(str(file), "--json")
    assert (done.returncode, f"kb: {file}:1: unknown field 'note', not read\n" in done.stderr) == (0, True)


@pytest.mark.parametrize("bound", ["mrr@10", "mrr@10=high"])
def test_a_threshold_without_a_number_is_wrong_use(evaluated: Any, bound: str) -> None:
    done = evaluated("queries.jsonl", "--min", bound)
    assert (done.returncode, done.stdout) == (2, "")
    assert "expected [GROUP:]METRIC=NUMBER" in done.stderr


def test_a_threshold_on_no_figure_fails_and_says_which_there_are(evaluated: Any) -> None:
    done = evaluated("queries.jsonl", "--json", "--min", "nl:mrr@5=0.1")
    assert done.returncode == 1
    assert "found no 'mrr@5' among queries, success@1" in done.stderr


def test_a_missing_or_broken_file_is_told_in_one_line(evaluated: Any, tmp_path: Path) -> None:
    assert "gone.jsonl: No such file" in evaluated(str(tmp_path / "gone.jsonl")).stderr
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"id": 1}\n', encoding="utf-8")
    done = evaluated(str(broken))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"kb: {broken}:1: ")


def test_a_missing_extra_says_what_to_install(evaluated: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(metrics, "import_module", missing)
    for arguments in (["queries.jsonl"], ["queries.jsonl", "--report", "nowhere"]):
        done = evaluated(*arguments)
        assert done.returncode == 1
        assert "pip install 'kb-bilingual[eval]'" in done.stderr
