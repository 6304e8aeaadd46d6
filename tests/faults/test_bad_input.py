"""Sources, options and homes that can't be used: one message, a proper exit status, and what served goes on."""

import os
from pathlib import Path

import pytest
from processes import ROOT, Kb
from served import Served, folder_with, one_message


@pytest.mark.suite
@pytest.mark.parametrize(
    ("files", "told"),
    [
        (None, "found nothing there"),
        ({}, "found no article in the folder"),
        (
            {"latin": "# Größe\n".encode("latin-1")},
            "latin.md: not UTF-8: found byte 0xF6 at offset 4, line 1",
        ),
        ({"blank": b""}, "blank.md: empty"),
        ({"loop": None}, "loop.md: "),
        (
            {"huge": b"# Huge\n" + b"word " * 10_000_000},
            "huge.md: 50,000,007 bytes; at most 8,000,000 are read",
        ),
    ],
    ids=["missing folder", "no articles", "not UTF-8", "empty file", "unreadable file", "50 MB file"],
)
def test_a_source_without_any_good_article_is_refused(
    served: Served, tmp_path: Path, files: dict[str, bytes | None] | None, told: str
) -> None:
    source = tmp_path / "nl-NL"
    if files is not None:
        folder_with(source, **files)
    done = served.kb.run("index", str(source))
    assert done.returncode == 1 and done.stdout == ""
    message = one_message(done.stderr)
    assert str(source) in message and told in message


@pytest.mark.suite
@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_read_permission_is_named(served: Served, tmp_path: Path) -> None:
    source = folder_with(tmp_path / "nl-NL", secret=b"# Secret\n")
    (source / "secret.md").chmod(0)
    done = served.kb.run("index", str(source))
    assert done.returncode == 1 and "secret.md: " in one_message(done.stderr)


@pytest.mark.suite
def test_bad_files_among_good_ones_are_reported_and_the_rest_is_indexed(tmp_path: Path) -> None:
    source = folder_with(
        tmp_path / "nl-NL",
        good=b"# De muis\n\nLaad de muis op.\n",
        yaml=b"---\ntitle: [broken\n---\n# Het scherm\n\nZet het scherm aan.\n",
        latin="# Größe\n".encode("latin-1"),
        blank=b" \n",
        loop=None,
        huge=b"# Huge\n" + b"word " * 10_000_000,
    )
    kb = Kb(tmp_path / "home")
    done = kb.run("index", str(source))
    assert done.returncode == 0 and "Traceback" not in done.stderr
    assert "6 files: 2 indexed, 0 excluded (0 units), 4 skipped" in done.stdout
    for name in ("latin", "blank", "loop", "huge"):
        assert str(source / f"{name}.md") in done.stdout
    assert f"{source}/yaml.md:3: front matter is not YAML" in done.stdout
    found = kb.run("search", "zet het scherm aan", "--json")
    assert '"article":"yaml"' in found.stdout.replace(" ", "")


@pytest.mark.suite
@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("index",), 2),
        (("index", "somewhere", "--no-such-option"), 2),
        (("index", "data/articles/nl-NL", "--collection", "../out"), 1),
        (("index", "data/articles/nl-NL", "--model", "/no/such/model"), 1),
    ],
)
def test_wrong_use_is_told(served: Served, arguments: tuple[str, ...], status: int) -> None:
    done = served.kb.run(*arguments)
    assert done.returncode == status and done.stdout == "" and "Traceback" not in done.stderr


@pytest.mark.suite
def test_a_home_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a folder", encoding="utf-8")
    done = Kb(tmp_path / "home").run("index", str(ROOT / "data/articles/nl-NL"))
    assert done.returncode == 1 and str(tmp_path / "home") in one_message(done.stderr)
