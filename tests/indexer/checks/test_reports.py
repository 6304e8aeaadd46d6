"""The report files: JSON as documented, HTML that holds whatever a text says, SARIF by its specification."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.checks import htmlreport
from indexer.checks.htmlreport import highlighted, write_html
from indexer.checks.jsonreport import write_json
from indexer.checks.kinds import DEFAULT_KINDS
from indexer.checks.run import CheckRun, check_sources, summarize
from indexer.checks.sarif import write_sarif
from indexer.checks.spool import Spool
from indexer.report import Quiet

Write = Callable[..., Path]
VOID = {"meta"}


@pytest.fixture
def run(article: Write) -> Iterator[CheckRun]:
    """Findings in two locales, in a file with a blank in its name; texts that would break careless reports."""
    texts = [
        (r"Wait 5 days & say \<script>.", r'Wacht 6 dagen "en" zeg \<script>alert()\</script>.'),
        ("Press **Save**.", "Druk op Opslaan."),
    ]
    article("print/a b", texts)
    folder = article("c", [("Wait 5 days.", "انتظر 6 أيام.")], "ar-SA")
    (folder / "loose.md").write_text("# Loose\n", encoding="utf-8")
    with Spool() as spool:
        yield summarize(check_sources([folder], None, DEFAULT_KINDS, Quiet(), spool))


def written(run: CheckRun, write: Callable[[CheckRun, Any], None]) -> str:
    out = io.StringIO()
    write(run, out)
    return out.getvalue()


def test_json_has_the_counts_and_every_finding(run: CheckRun) -> None:
    told = json.loads(written(run, write_json))
    assert list(told) == ["version", "kinds", "files", "locales", "skipped", "findings"]
    assert [(one["locale"], one["articles"], one["units"]) for one in told["locales"]] == [
        ("ar-SA", 1, 1),
        ("nl-NL", 1, 2),
    ]
    assert sum(sum(one["findings"].values()) for one in told["locales"]) == len(told["findings"]) == 3
    first = told["findings"][0]
    assert first == {
        "kind": "number",
        "locale": "ar-SA",
        "article": "c",
        "file": "ar-SA/c.md",
        "line": 3,
        "unit": "101",
        "message": "numbers only in the source: 5; only in the translation: 6",
        "source": "Wait 5 days.",
        "target": "انتظر 6 أيام.",
        "source_ranges": [[5, 6]],
        "target_ranges": [[6, 7]],
    }


def test_sarif_has_the_structure_of_the_specification(run: CheckRun) -> None:
    log = json.loads(written(run, write_sarif))
    assert log["version"] == "2.1.0"  # 3.13.2
    assert urlsplit(log["$schema"]).scheme == "https"
    (one,) = log["runs"]  # 3.13.4
    driver = one["tool"]["driver"]  # 3.18.2, required with its name (3.19.8)
    assert driver["name"]
    rules = driver["rules"]  # 3.19.23: unique ids
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert isinstance(rule["defaultConfiguration"]["enabled"], bool)  # 3.50.2
    assert one["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")  # 3.14.27
    bases = one["originalUriBaseIds"]  # 3.14.14: absolute, with a slash at the end
    for base in bases.values():
        assert base["uri"].startswith("file:///")
        assert base["uri"].endswith("/")
    (invocation,) = one["invocations"]
    assert invocation["executionSuccessful"] is True  # 3.20.14, required
    assert ["loose.md" in n["message"]["text"] for n in invocation["toolExecutionNotifications"]] == [True]
    assert len(one["results"]) == run.total() == 3
    for result in one["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]  # 3.27.6
        assert result["level"] in ("none", "note", "warning", "error")  # 3.27.10
        assert result["message"]["text"]  # 3.11.8
        (location,) = result["locations"]
        place = location["physicalLocation"]
        artifact = place["artifactLocation"]
        assert artifact["uriBaseId"] in bases  # 3.4.4
        parts = urlsplit(artifact["uri"])  # 3.4.3: relative, and encoded
        assert (parts.scheme, parts.netloc, artifact["uri"].startswith("/")) == ("", "", False)
        file = Path(unquote(urlsplit(bases[artifact["uriBaseId"]]["uri"]).path), unquote(artifact["uri"]))
        line = place["region"]["startLine"]  # 3.30.5: at least 1
        unit = location["logicalLocations"][0]["name"]
        assert f'-{unit}"' in file.read_text(encoding="utf-8").split("\n")[line - 1]
        assert all(isinstance(value, str) for value in result["partialFingerprints"].values())  # 3.27.17


class Page(HTMLParser):
    """Checks that tags nest, and gathers texts by their language."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.tags: set[str] = set()
        self.texts: list[tuple[str | None, str | None, str]] = []
        self.marks: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append((tag, dict(attrs)))
        if tag == "p":
            self.texts.append((dict(attrs).get("lang"), dict(attrs).get("dir"), ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if any(tag == "p" for tag, _ in self.open):
            lang, way, text = self.texts[-1]
            self.texts[-1] = (lang, way, text + data)
        if self.open and self.open[-1][0] == "mark":
            self.marks.append(data)


def test_the_page_nests_escapes_and_says_which_way_texts_run(run: CheckRun) -> None:
    page = Page()
    page.feed(written(run, write_html))
    assert page.open == []
    assert not page.tags & {"script", "img", "iframe", "link"}
    assert ("ar-SA", "rtl", "انتظر 6 أيام.") in page.texts
    assert ("nl-NL", "ltr", 'Wacht 6 dagen "en" zeg <script>alert()</script>.') in page.texts
    assert page.marks == ["5", "6", "5", "6", "Save"]


def test_a_long_page_says_how_much_it_leaves_out(run: CheckRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(htmlreport, "MOST_OF_A_KIND", 0)
    assert written(run, write_html).count("1 more are in the JSON report.") == 3


@settings(deadline=None)
@given(
    text=st.text(st.sampled_from("ab<>&\"'é"), max_size=12),
    ranges=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=3),
)
def test_highlighting_loses_no_character(text: str, ranges: list[tuple[int, int]]) -> None:
    page = Page()
    page.feed(f"<p>{highlighted(text, [(a, min(b, len(text))) for a, b in ranges])}</p>")
    assert page.open == []
    assert "".join(data for _, _, data in page.texts) == text
