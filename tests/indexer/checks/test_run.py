"""Whole runs: what only many units show, the order of findings, places, files that give none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer import pool
from indexer.checks.finding import Finding, Kind
from indexer.checks.kinds import DEFAULT_KINDS, KINDS
from indexer.checks.names import Kept, terms
from indexer.checks.run import CheckRun, check_sources, summarize
from indexer.checks.spool import Spool
from indexer.report import Quiet

Write = Callable[..., Path]
FLOORS = ["ground", "first", "second", "third", "fourth", "fifth", "sixth", "top"]


@contextmanager
def checked(folder: Path, kinds: Sequence[Kind] = DEFAULT_KINDS) -> Iterator[CheckRun]:
    with Spool() as spool:
        yield summarize(check_sources([folder], None, kinds, Quiet(), spool))


def told(folder: Path, *kinds: Kind) -> list[Finding]:
    with checked(folder, kinds) as run:
        return list(run.findings())


def test_a_finding_names_its_place(article: Write) -> None:
    folder = article("print/a", [("Wait.", "Wacht."), ("Wait 5 days.", "Wacht 6 dagen.")])
    (finding,) = told(folder, "number")
    assert (finding.locale, finding.path, finding.unit, finding.line) == ("nl-NL", "print/a", "102", 5)
    assert (finding.root, finding.file) == (str(folder), "nl-NL/print/a.md")
    assert (finding.source, finding.target) == ("Wait 5 days.", "Wacht 6 dagen.")


def test_findings_come_by_locale_path_unit_and_kind(article: Write) -> None:
    texts = [("Wait 5 days for **it**.", "Wacht 6 dagen."), ("See 7.", "Zie 8.")]
    for locale in ("nl-NL", "de-DE"):
        for path in ("b", "a"):
            folder = article(path, texts, locale)
    places = [(f.locale, f.path, f.unit, f.found.kind) for f in told(folder, "number", "bold")]
    one = [("101", "number"), ("101", "bold"), ("102", "number")]
    assert places == [(loc, p, u, k) for loc in ("de-DE", "nl-NL") for p in ("a", "b") for u, k in one]


def test_a_name_that_the_locale_keeps_elsewhere_is_missed(article: Write) -> None:
    kept = [(f"Start Aster on floor {n}.", f"Start Aster op verdieping {n}.") for n in range(20)]
    folder = article("a", [*kept, ("Open Aster on the roof.", "Open de bloem op het dak.")])
    (finding,) = told(folder, "name")
    assert finding.unit == "121"
    assert finding.source[slice(*finding.found.source_ranges[0])] == "Aster"
    assert "20 of 21 units" in finding.found.message


def test_a_name_that_the_locale_translates_is_none_there(article: Write) -> None:
    texts = [(f"Open Settings on floor {n}.", f"Open Instellingen op verdieping {n}.") for n in range(20)]
    assert told(article("a", texts), "name") == []


def test_an_acronym_taken_for_a_word_is_found(article: Write) -> None:
    kept = [(f"Ask AD for {n}.", f"Vraag AD om {n}.") for n in range(30)]
    folder = article("a", [*kept, ("The roles of AD.", "De rollen van de advertentie.")])
    assert [f.unit for f in told(folder, "acronym")] == ["131"]


@pytest.mark.parametrize(
    ("name", "source", "target", "kept"),
    [
        ("Aster", "Start Aster.", "Begin Aster.", Kept.WHOLE),
        ("Aster", "Start Aster.", "Pokrenite Asteru.", Kept.INFLECTED),
        ("Aster Mail", "The Aster Mail.", "De astermail.", Kept.INFLECTED),
        ("AD", "The AD roles.", "De advertentierollen.", Kept.NOT),
        ("AD", "The AD roles.", "De rollen van Aster Directory.", Kept.WHOLE),
        ("AD", "The AD roles.", "De rollen van AsterAD.", Kept.WHOLE),
    ],
)
def test_what_counts_as_kept(
    pair: Callable[..., object], name: str, source: str, target: str, kept: Kept
) -> None:
    assert {t.text: t.kept for t in terms(pair(source, target))}[name] is kept  # type: ignore[arg-type]


def test_a_label_left_in_english_is_found_where_others_translate_it(article: Write) -> None:
    texts = [(f"Press **Save** on {floor}.", f"Druk op **Opslaan** ({floor}).") for floor in FLOORS]
    folder = article("a", [*texts, ("Press **Save** here.", "Druk hier op **Save**.")])
    (finding,) = told(folder, "label")
    assert finding.unit == "109"
    assert finding.target[slice(*finding.found.target_ranges[0])] == "Save"
    assert "'opslaan'" in finding.found.message


def test_the_rarer_translations_of_a_source_are_found_blanks_and_marks_aside(article: Write) -> None:
    same = ("Close the lid now.", "Sluit de klep nu.")
    texts = [
        same,
        same,
        (same[0], "Sluit de **klep**  nu!"),
        (same[0], "Doe het deksel dicht."),
        ("Go on.", "x"),
    ]
    (finding,) = told(article("a", [*texts, ("Go on.", "y")]), "inconsistent")
    assert finding.unit == "104"
    assert "3 say: Sluit de klep nu." in finding.found.message


def test_joined_units_are_checked_like_others(tmp_path: Path) -> None:
    file = tmp_path / "nl-NL" / "a.md"
    file.parent.mkdir()
    span = '<span data-ttu-id="ab-p102">{}</span><span class="sxs-lookup"><span data-stu-id="ab-p102">{}</span></span>'
    file.write_text("# A\n\n" + span.format("Wacht 6 dagen. Klaar.", "Wait 5 days. Done."), encoding="utf-8")
    (finding,) = told(tmp_path, "number")
    assert (finding.unit, finding.line) == ("p102", 3)


def test_files_are_counted_and_those_without_a_locale_told(article: Write) -> None:
    folder = article("a", [("One.", "Een.")])
    article("same", [("One.", "One.")], "en-GB")
    (folder / "loose.md").write_text("# Loose\n", encoding="utf-8")
    with checked(folder) as run:
        assert run.files == 3
        assert run.units == {"en-GB": (1, 0), "nl-NL": (1, 1)}
        assert [problem.file for problem in run.skipped] == [str(folder / "loose.md")]


def test_several_processes_find_what_one_finds(article: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(12):
        folder = article(f"a{n:02}", [(f"Wait {n + 2} days.", "Wacht 99 dagen."), ("Go.", "Ga.")])
    alone = told(folder, "number")
    monkeypatch.setattr(pool, "POOL_FROM", 4)
    monkeypatch.setattr(pool, "CHUNK", 5)
    monkeypatch.setattr(pool.os, "cpu_count", lambda: 2)
    assert told(folder, "number") == alone
    assert len(alone) == 12


def test_every_kind_has_a_title_and_help() -> None:
    assert all(info.title and info.help.endswith(".") for info in KINDS.values())
