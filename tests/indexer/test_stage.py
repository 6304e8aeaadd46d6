"""Files become stored articles, in the same order whatever the number of processes."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from smallkb import DUTCH, PAPER, localized, parsed

from indexer import pool, stage
from indexer.report import BuildReport, Quiet
from indexer.sources import open_sources
from indexer.stage import article_row, pivot_side, stage_sources
from kb.articledb import ArticleReader


def staged(folder: Path, *sources: Path, locale: str | None = None) -> tuple[dict[str, Path], BuildReport]:
    report = BuildReport(source_locale="en-US")
    return stage_sources(open_sources(sources), folder, report, Quiet(), locale).stores, report


def write(folder: Path, **texts: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


def test_an_article_is_stored_with_what_joining_needs() -> None:
    row = article_row(parsed(localized(PAPER, DUTCH, "nl-NL")), "source", "nl-NL")
    assert (row.path, row.title) == ("printing/paper-jam", "Het papier loopt vast in de printer")
    assert (row.source_title, row.translation) == ("The paper jams in the printer", "MT")
    assert (row.units, row.lines_locale) == (16, "nl-NL")


def test_blanks_and_translations_do_not_make_a_variant_but_words_do() -> None:
    def variant(text: str) -> str:
        article = parsed(text)
        return article_row(article, pivot_side(article), "nl-NL").variant

    text = localized(PAPER, DUTCH, "nl-NL")
    assert variant(text) == variant(localized(PAPER, {}, "de-DE", merged=True))
    assert variant(text) == variant(text.replace("Open the", "Open  the"))
    assert variant(text) != variant(text.replace("Open the", "Open a"))


def test_the_first_of_two_files_for_one_article_is_kept_and_the_other_named(tmp_path: Path) -> None:
    one = write(tmp_path / "one" / "nl-NL", mouse="# Muis\n")
    two = write(tmp_path / "two" / "nl-NL", mouse="# Andere muis\n")
    files, report = staged(tmp_path / "out", one, two)
    assert ArticleReader(files["nl-NL"]).titles() == ["Muis"]
    assert (report.files, report.indexed) == (2, 1)
    assert [Path(p.file).parent for p in report.skipped] == [two] and str(one) in report.skipped[0].reason


def test_a_file_whose_locale_nothing_tells_is_skipped_unless_it_is_given(tmp_path: Path) -> None:
    folder = write(tmp_path / "manual", mouse="# Muis\n")
    files, report = staged(tmp_path / "out", folder)
    assert files == {} and len(report.skipped) == 1 and "--locale" in report.skipped[0].reason
    files, report = staged(tmp_path / "out2", folder, locale="nl-NL")
    assert list(files) == ["nl-NL"] and report.skipped == []


def test_what_is_not_whole_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path / "nl-NL", a="# A\n", b="# B\n")
    parse = stage.parse_file

    def interrupted(file: stage.Readable, *options: str) -> object:
        if file.name == "b.md":
            raise KeyboardInterrupt
        return parse(file, *options)

    monkeypatch.setattr(stage, "parse_file", interrupted)
    with pytest.raises(KeyboardInterrupt):
        staged(tmp_path / "out", folder)
    assert ArticleReader(tmp_path / "out" / "nl-NL.sqlite").paths() == []


def test_several_processes_give_what_one_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {f"a{n:03}": f"# Artikel {n}\n\nTekst {n}.\n" for n in range(pool.POOL_FROM + 10)}
    folder = write(tmp_path / "nl-NL", **texts, latin="# x\n")
    (folder / "latin.md").write_bytes(b"# \xff\n")
    monkeypatch.setattr(pool.os, "cpu_count", lambda: 2)
    together, report = staged(tmp_path / "many", folder)
    monkeypatch.setattr(pool.os, "cpu_count", lambda: 1)
    alone, expected = staged(tmp_path / "one", folder)
    assert report == expected and report.indexed == len(texts)
    many, one = ArticleReader(together["nl-NL"]), ArticleReader(alone["nl-NL"])
    assert [many.article(p) for p in many.paths()] == [one.article(p) for p in one.paths()]


def test_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    """Even if it is killed, and can't tell them."""
    script = tmp_path / "owner.py"
    script.write_text(
        "import os, signal, time\n"
        "from indexer import pool\n"
        "def work(things):\n"
        "    print(os.getpid(), flush=True)\n"
        "    time.sleep(600)\n"
        "    return things\n"
        "if __name__ == '__main__':\n"
        "    list(pool.mapped(work, range(pool.POOL_FROM), workers=2))\n",
        encoding="utf-8",
    )
    owner = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    workers = [int(owner.stdout.readline()) for _ in range(2)]
    owner.kill()
    owner.wait()
    owner.stdout.close()
    for _ in range(600):
        if not any(map(runs, workers)):
            return
        time.sleep(0.1)
    raise AssertionError(f"processes {workers} run on without their owner")


def runs(process: int) -> bool:
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
