"""kb check: reports where they are asked for, exit status, wrong use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from smallkb import unit


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    file = tmp_path / "src" / "nl-NL" / "a.md"
    file.parent.mkdir(parents=True)
    lines = [unit(str(n), "Druk 6 keer op **Aan**.", "Press **On** 5 times.") for n in (101, 102, 103)]
    file.write_text("\n\n".join(lines), encoding="utf-8")
    return tmp_path / "src"


def test_people_see_counts_by_kind_and_locale(here: Any, articles: Path) -> None:
    done = here("check", "translations", str(articles))
    assert done.returncode == 0
    assert "nl-NL" in done.stdout.splitlines()[0]
    assert [line.split() for line in done.stdout.splitlines() if line.startswith("Numbers")] == [
        ["Numbers", "differ", "3", "3"]
    ]
    assert "3 findings in 3 units of 1 files, 0 skipped" in done.stdout


def test_each_report_goes_where_it_is_asked_for(here: Any, articles: Path, tmp_path: Path) -> None:
    html, sarif = tmp_path / "r.html", tmp_path / "r.sarif"
    done = here(
        "check", "translations", str(articles), "--json", "-", "--html", str(html), "--sarif", str(sarif)
    )
    assert len(json.loads(done.stdout)["findings"]) == 3
    assert "<mark>5</mark>" in html.read_text(encoding="utf-8")
    assert len(json.loads(sarif.read_text(encoding="utf-8"))["runs"][0]["results"]) == 3


def test_findings_fail_only_if_asked_to(here: Any, articles: Path) -> None:
    assert here("check", "translations", str(articles), "--fail-on", "any").returncode == 1
    assert here("check", "translations", str(articles), "--fail-on", "number").returncode == 1
    assert here("check", "translations", str(articles), "--fail-on", "link").returncode == 0


def test_only_the_kinds_asked_for_are_looked_for(here: Any, articles: Path) -> None:
    done = here("check", "translations", str(articles), "--only", "bold", "--only", "link", "--json", "-")
    told = json.loads(done.stdout)
    assert told["kinds"] == ["link", "bold"]
    assert told["findings"] == []


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--only", "spelling"], "expected one of number"),
        (["--only", "link", "--all-kinds"], "don't go together"),
        (["--only", "link", "--fail-on", "number"], "this kind is off"),
    ],
)
def test_wrong_use_says_what_is_right(here: Any, articles: Path, options: list[str], says: str) -> None:
    done = here("check", "translations", str(articles), *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in " ".join(done.stderr.replace("│", " ").split())


def test_a_report_that_cannot_be_written_fails(here: Any, articles: Path, tmp_path: Path) -> None:
    done = here("check", "translations", str(articles), "--html", str(tmp_path / "no" / "r.html"))
    assert done.returncode == 1
    assert "choose another place" in done.stderr


def test_terms_are_json_or_csv(here: Any, articles: Path, tmp_path: Path) -> None:
    terms = json.loads(here("check", "terms", str(articles)).stdout)["terms"]
    assert [t["translations"][0]["target"] for t in terms if t["source"] == "on"] == ["aan"]
    table = tmp_path / "t.csv"
    assert here("check", "terms", str(articles), "--csv", str(table)).stdout == ""
    assert "nl-NL,on,aan,3,3,bold,a#101 a#102 a#103" in table.read_text(encoding="utf-8")
