"""Files that needn't be read again: known by what the disk says of them, and never wrongly."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from indexer import folder, seenfiles
from indexer.seenfiles import FILE, SeenFiles
from indexer.sources import ArticleFile, ExcludedFile, SeenFile, SkippedFile, content_hash, open_or_recall

HOUR = 3600 * 10**9


@pytest.fixture(autouse=True)
def an_hour_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that a test has just written are settled, unless the clock is set back."""
    now = seenfiles.time.time_ns
    monkeypatch.setattr(seenfiles.time, "time_ns", lambda: now() + HOUR)


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    root = tmp_path / "articles" / "nl-NL"
    root.mkdir(parents=True)
    for name, text in {"a": "# A\n", "b": "# B\n", "README": "# About\n"}.items():
        (root / f"{name}.md").write_text(text, encoding="utf-8")
    return root.parent


def run(articles: Path) -> dict[str, object]:
    """What one run finds in the folder, by name; it remembers what it has read."""
    seen = SeenFiles(articles.parent)
    (source,) = open_or_recall([articles], ("README.md",), lambda _label, _path: None, seen)
    found = {record.name.removeprefix("nl-NL/"): record for record in source}
    for record in found.values():
        if isinstance(record, SeenFile):
            record.read()
    seen.save([articles])
    return found


def read(articles: Path) -> list[str]:
    """The names of the files that a run couldn't go without reading."""
    return [name for name, record in run(articles).items() if not isinstance(record, SeenFile)]


def test_what_is_unchanged_is_not_read_again(articles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(articles) == ["README.md", "a.md", "b.md"]
    found = run(articles)
    a, about = found["a.md"], found["README.md"]
    assert isinstance(a, SeenFile) and a.digest == content_hash("# A\n") and a.pattern is None
    assert isinstance(about, SeenFile) and about.pattern == "README.md"
    assert a.read() == ArticleFile(str(articles), "nl-NL/a.md", "a", "# A\n")
    assert about.read() == ExcludedFile(str(articles), "nl-NL/README.md", "README.md", "# About\n")

    def refused(path: Path, *_: object) -> bytes:
        raise AssertionError(f"{path} was read")

    monkeypatch.setattr(folder, "read_file", refused)
    (source,) = open_or_recall([articles], (), lambda _label, _path: None, SeenFiles(articles.parent))
    assert all(isinstance(record, SeenFile) for record in source)


def test_whatever_the_path_is_called_by_the_folder_is_the_same(
    articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(articles)
    monkeypatch.chdir(articles.parent)
    (source,) = open_or_recall([Path("articles")], (), lambda _label, _path: None, SeenFiles(articles.parent))
    assert all(isinstance(record, SeenFile) for record in source)


@pytest.mark.parametrize("change", ["written", "same size and time", "replaced", "touched", "gone"])
def test_any_change_is_seen(articles: Path, change: str) -> None:
    run(articles)
    file = articles / "nl-NL" / "a.md"
    before = file.stat()
    if change == "written":
        file.write_text("# A and more\n", encoding="utf-8")
    elif change == "same size and time":
        file.write_text("# Z\n", encoding="utf-8")
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    elif change == "replaced":
        other = articles.parent / "other"
        other.write_text("# Y\n", encoding="utf-8")
        os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
        other.rename(file)
    elif change == "touched":
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    else:
        file.unlink()
    assert read(articles) == ([] if change == "gone" else ["a.md"])
    assert read(articles) == []


def test_a_file_of_this_moment_is_read_again(articles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the clock has been set back since it was written, or its own time is one to come."""
    now = seenfiles.time.time_ns
    with monkeypatch.context() as patch:
        patch.setattr(seenfiles.time, "time_ns", lambda: now() - HOUR)
        run(articles)
        assert read(articles) == ["README.md", "a.md", "b.md"]
    os.utime(articles / "nl-NL" / "b.md", ns=(now() + 2 * HOUR, now() + 2 * HOUR))
    run(articles)
    assert read(articles) == ["b.md"]


def test_a_file_that_changes_while_it_is_read_is_not_remembered(articles: Path) -> None:
    seen, file = SeenFiles(articles.parent), articles / "nl-NL" / "a.md"
    before = file.stat()
    file.write_text("# Another\n", encoding="utf-8")
    seen.remember(file, before, file.stat(), b"# A\n")
    seen.save([articles])
    assert SeenFiles(articles.parent).digest(str(file)) is None


def test_other_sources_stay_remembered_and_deleted_files_do_not(articles: Path, tmp_path: Path) -> None:
    more = tmp_path / "articles-too"
    more.mkdir()
    (more / "c.md").write_text("# C\n", encoding="utf-8")
    run(articles)
    run(more)
    (articles / "nl-NL" / "b.md").unlink()
    run(articles)
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        paths = sorted(os.fsdecode(path) for (path,) in db.execute("SELECT path FROM seen"))
    assert [os.path.relpath(path, tmp_path) for path in paths] == [
        "articles-too/c.md", "articles/nl-NL/README.md", "articles/nl-NL/a.md",
    ]  # fmt: skip


def test_what_can_no_longer_be_read_says_why(articles: Path) -> None:
    run(articles)
    (articles / "nl-NL" / "a.md").write_bytes(b"# \xff\n")
    found = run(articles)
    a = found["a.md"]
    assert isinstance(a, SkippedFile) and "not UTF-8" in a.reason
    a = run(articles)["a.md"]
    assert isinstance(a, SeenFile) and a.read() == found["a.md"]


@pytest.mark.parametrize("harm", [b"", b"no database", None])
def test_a_damaged_file_is_begun_anew(
    articles: Path, harm: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    run(articles)
    file = articles.parent / FILE
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2] if harm is None else harm)
    assert read(articles) == ["README.md", "a.md", "b.md"]
    assert (FILE in caplog.text) and "begun anew" in caplog.text
    assert read(articles) == []
