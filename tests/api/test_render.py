"""Answers, hits and reports as text for people."""

import io
from collections.abc import Iterable
from dataclasses import replace

from rich.console import Console
from rich.text import Text

from api.console import console
from api.examples import BODIES, HIT
from api.render import answer_lines, fact_lines, report_lines, search_lines
from indexer.report import BuildReport, LocaleReport, Problem
from kb.hit import Answer, Citation, Link, SearchResult, Step


def shown(lines: Iterable[Text], colours: bool = False) -> str:
    file = io.StringIO()
    target = Console(file=file, force_terminal=True, color_system="standard") if colours else console(file)
    for line in lines:
        target.print(line)
    return file.getvalue()


def citation(n: int, line: int) -> Citation:
    place = ("mail/full", "default", "nl-NL", "Postvak vol", ["Postvak vol"], [str(n)])
    return Citation(n, *place, (line, line + n - 1), "nl-NL", "/articles/mail/full", "MT")


ANSWER = Answer(
    outcome="answered",
    confidence=0.9,
    locale="nl-NL",
    generation="g",
    lead=Step("paragraph", None, 0, "Maak ruimte.", "Make room.", ["1"], False, 1),
    steps=[
        Step("step", "1", 0, "Leeg de prullenbak.", "Empty the bin.", ["2"], True, 2),
        Step("bullet", None, 1, "CTRL+DEL", "CTRL+DEL", [], False, 2),
    ],
    citations=[citation(1, 10), citation(2, 12)],
    related=[],
    took_ms=1.0,
)


def test_an_answer_is_its_steps_with_sources_and_citations() -> None:
    assert shown(answer_lines(ANSWER)) == (
        "Maak ruimte.  [1]\n"
        "Make room.\n"
        "1. Leeg de prullenbak.  [2]\n"
        "   Empty the bin.\n"
        "   • CTRL+DEL  [2]\n"
        "\n"
        "[1] Postvak vol  mail/full@nl-NL, line 10, units 1, machine translated\n"
        "[2] Postvak vol  mail/full@nl-NL, lines 12–13, units 2, machine translated\n"
    )


def test_what_is_only_a_link_says_where_it_points() -> None:
    pointing = [Link("Postvakregels", "https://example.com/rules")]
    steps = [replace(step, links=pointing) for step in ANSWER.steps]
    lines = shown(answer_lines(replace(ANSWER, steps=steps))).splitlines()
    assert [line for line in lines if "example.com" in line] == ["   → https://example.com/rules"]


def test_other_outcomes_say_so() -> None:
    empty = replace(ANSWER, lead=None, steps=[], citations=[])
    assert shown(answer_lines(replace(empty, outcome="none"))) == "The knowledge base does not answer this.\n"
    related = shown(answer_lines(replace(empty, outcome="related", related=[HIT])))
    assert related.startswith("No sure answer; these articles may help:\n 1. ")
    assert HIT.article in related


def test_a_hit_marks_what_matched_and_keeps_to_its_text() -> None:
    hit = replace(HIT, text="Kies \x1b[2J netwerk", highlights=[(10, 17)], translation="MT")
    result = SearchResult("q", "nl-NL", "nl", "g", [], 1.0, [hit], did_you_mean="netwerken")
    text = shown(search_lines(result), colours=True)
    assert "\x1b[1mnetwerk\x1b[0m" in text
    assert "\x1b[2J" not in text
    assert "machine translated" in text
    assert "Did you mean 'netwerken'?" in text
    assert "\x1b" not in shown(search_lines(result))


def test_nothing_found_is_said() -> None:
    result = replace(BODIES["get", "/search"], hits=[], query="zebra")
    assert shown(search_lines(result)) == "Nothing found for 'zebra'.\n"


def test_facts_are_nested_and_numbers_grouped() -> None:
    facts = {"generation": "g", "collections": {"default": {"passages": 27120, "excludes": []}}, "warm": True}
    assert shown(fact_lines(facts)) == (
        "generation   g\ncollections\n   default\n"
        "      passages  27,120\n      excludes  –\nwarm         yes\n"
    )


def test_a_report_counts_and_lists_every_problem_with_its_place() -> None:
    report = BuildReport(
        generation="g7",
        files=5,
        indexed=3,
        excluded=1,
        passages=1234,
        embedded=40,
        locales=[LocaleReport("nl-NL", 3, 1234, 99, 2)],
        skipped=[Problem("src/a.md", 3, "not UTF-8")],
        warnings=[Problem("src/b.md", None, "odd")],
        seconds={"parse": 1.5, "encode": 75.0},
        peak_memory_mb=812.4,
    )
    assert shown(report_lines(report)) == (
        "warning src/b.md: odd\n"
        "skipped src/a.md:3: not UTF-8\n"
        "5 files: 3 indexed, 1 excluded (0 units), 1 skipped\n"
        "   nl-NL: 3 articles, 1,234 passages, 99 units (and 2 in broken front matter)\n"
        "1,234 passages, 40 newly encoded; parse 1.5 s, encode 1:15 min; peak memory 812 MB\n"
        "collection default, generation g7\n"
    )
