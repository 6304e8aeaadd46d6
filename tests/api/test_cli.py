"""The command line's own part: help, wrong use and parsing."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from api.cli import COMMANDS, load

HEAVY = (
    "openvino",
    "torch",
    "transformers",
    "faiss",
    "tantivy",
    "fastapi",
    "uvicorn",
    "pydantic",
    "numpy",
    "rich",
)
ARTICLE = """---
title: Printer offline
ms.contentlocale: nl-NL
---
# <span data-ttu-id="1b3-101">Printer offline</span><span class="sxs-lookup">\
<span data-stu-id="1b3-101">Printer is offline</span></span>

1. <span data-ttu-id="1b3-102">Zet hem aan.</span><span class="sxs-lookup">\
<span data-stu-id="1b3-102">Switch it on.</span></span>
"""


@pytest.fixture
def article(tmp_path: Path) -> Path:
    file = tmp_path / "nl-NL" / "print" / "offline.md"
    file.parent.mkdir(parents=True)
    file.write_text(ARTICLE, encoding="utf-8")
    return file


def test_help_lists_every_command_and_imports_none_of_their_libraries() -> None:
    code = (
        "import sys\nfrom api.cli import main\ntry:\n    main()\nfinally:\n"
        f"    print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--help"], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr.strip() == "[]"
    assert re.findall(r"^  (\w+)  +[A-Z]", done.stdout, re.MULTILINE) == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_what_the_command_itself_says(name: str) -> None:
    assert load(name).help.splitlines()[0] == COMMANDS[name][1]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["serch"], "Did you mean 'search'"),
        (["search"], "Missing argument"),
        (["search", " \t"], "nothing but blanks"),
        (["search", "x" * 20_001], "at most 20000 characters"),
        (["search", "wifi", "--locale", "nl_NL"], "language tag"),
        (["search", "wifi", "--top-k", "0"], "greater than or equal to 1"),
        (["search", "wifi", "--duplicates", "drop"], "'fold' or 'keep'"),
        (["ask", ""], "question: "),
        (["serve", "--port", "65536"], "--port is 65536"),
        (["index", "a.md", "--wait"], "--wait is about --deepen"),
        (["parse", "a.md", "b.md"], "found 2 files"),
        (["parse", "a.md", "--side", "left"], "Invalid value"),
    ],
)
def test_wrong_use_is_told_with_status_2(here: Any, arguments: list[str], says: str, article: Path) -> None:
    done = here(*[str(article) if argument == "a.md" else argument for argument in arguments])
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr


def test_an_unknown_setting_is_wrong_use(here: Any) -> None:
    done = here("info", KB_HOMEE="x")
    assert done.returncode == 2
    assert "unknown setting KB_HOMEE" in done.stderr


def test_a_failure_is_one_message_with_status_1(here: Any) -> None:
    for arguments in (["info"], ["parse", "gone.md"], ["index", "gone"]):
        done = here(*arguments)
        assert (done.returncode, done.stdout) == (1, "")
        # what has been done so far may be told before
        *_, said = done.stderr.splitlines()
        assert said.startswith("kb: ")
        assert "Traceback" not in done.stderr


def test_parse_prints_the_article_as_json(here: Any, article: Path) -> None:
    parsed = json.loads(here("parse", str(article), "--json").stdout)
    assert (parsed["path"], parsed["locale"], parsed["title"]) == (
        "print/offline",
        "nl-NL",
        "Printer offline",
    )
    step = parsed["blocks"][1]
    assert (step["kind"], step["number"], step["lines"]) == ("step", "1", [7, 7])
    assert step["segments"][0] | {"x": 0} == {
        "unit": "102",
        "covers": ["102"],
        "target": "Zet hem aan.",
        "source": "Switch it on.",
        "x": 0,
    }


def test_parse_prints_one_side_as_markdown(here: Any, article: Path) -> None:
    assert (
        here("parse", str(article), "--side", "source").stdout == "# Printer is offline\n\n1. Switch it on.\n"
    )
    assert "1. Zet hem aan." in here("parse", str(article), "--side", "target").stdout


def test_parse_shows_people_both_sides(here: Any, article: Path) -> None:
    shown = here("parse", str(article)).stdout
    assert "step 1, line 7\n   Zet hem aan.\n   Switch it on.\n" in shown


def test_check_counts_everything_and_fails_for_a_file_that_gives_no_article(here: Any, article: Path) -> None:
    folder = article.parent.parent
    fine = here("parse", "--check", str(folder), "--json")
    assert fine.returncode == 0
    assert json.loads(fine.stdout) == {
        "files": 1, "parsed": 1, "units": 2, "front_matter_units": 0, "locales": {"nl-NL": 1},
        "skipped": [], "warnings": [],
    }  # fmt: skip
    (folder / "broken.md").write_bytes(b"# caf\xe9\n")
    broken = here("parse", "--check", str(folder), "--json")
    assert broken.returncode == 1
    told = json.loads(broken.stdout)
    assert (told["files"], told["parsed"]) == (2, 1)
    assert told["skipped"][0]["file"].endswith("broken.md")
    assert told["skipped"][0]["line"] == 1
    assert "1 skipped" in here("parse", "--check", str(folder)).stdout


def test_an_article_without_a_locale_asks_for_one(here: Any, tmp_path: Path) -> None:
    file = tmp_path / "note.md"
    file.write_text("# Note\n", encoding="utf-8")
    refused = here("parse", str(file), "--json")
    assert refused.returncode == 1
    assert "--locale" in refused.stderr
    assert json.loads(here("parse", str(file), "--json", "--locale", "en-US").stdout)["locale"] == "en-US"


def test_the_version_is_the_distributions(here: Any) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", here("--version").stdout)
