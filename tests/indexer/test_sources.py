"""Folders and single files; archives have their own file."""

import errno
import os
import socket
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.entries import Unread
from indexer.sources import (
    ArticleFile,
    ExcludedFile,
    FileRecord,
    SkippedFile,
    content_hash,
    decode_article,
    open_sources,
)
from kb.errors import InputError

NOBODY = 65534


def write(root: Path, **texts: str) -> None:
    """Files by name, "__" for a slash and "_md" for the suffix."""
    for name, text in texts.items():
        path = root / name.replace("__", "/").replace("_md", ".md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def read(*specs: Path, excludes: Sequence[str] = (), max_bytes: int = 1000) -> list[FileRecord]:
    records = []
    for source in open_sources(specs, excludes, max_bytes):
        found = list(source)
        assert len(found) == len(source), "every file listed comes out as exactly one record"
        records += found
    return records


def names(records: list[FileRecord]) -> list[str]:
    return [record.name for record in records]


def skipped(records: list[FileRecord]) -> dict[str, str]:
    return {record.name: record.reason for record in records if isinstance(record, SkippedFile)}


def test_a_folder_s_articles_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    write(
        tmp_path,
        **{"nl-NL__vpn__b_md": "B", "nl-NL__a_md": "A", "de-DE__z_md": "Z", "TOC.yml": "-", "logo.png": "-"},
    )
    write(
        tmp_path,
        **{"nl-NL/c.markdown": "C", "nl-NL/D.MD": "D", "nl-NL/e.mdx": "E", "nl-NL/notes.md.txt": "-"},
    )
    assert read(tmp_path) == [
        ArticleFile(str(tmp_path), "de-DE/z.md", "z", "Z"),
        ArticleFile(str(tmp_path), "nl-NL/D.MD", "D", "D"),
        ArticleFile(str(tmp_path), "nl-NL/a.md", "a", "A"),
        ArticleFile(str(tmp_path), "nl-NL/c.markdown", "c", "C"),
        ArticleFile(str(tmp_path), "nl-NL/e.mdx", "e", "E"),
        ArticleFile(str(tmp_path), "nl-NL/vpn/b.md", "vpn/b", "B"),
    ]


def test_a_checkout_s_git_folder_is_no_article(tmp_path: Path) -> None:
    write(tmp_path, **{".git__description_md": "git's own", "sub__.git__x_md": "git's own", "vpn_md": "VPN"})
    assert names(read(tmp_path)) == ["vpn.md"]


def test_a_single_article_is_a_source(tmp_path: Path) -> None:
    write(tmp_path, **{"nl-NL__vpn__a_md": "A", "nl-NL__vpn__b_md": "B"})
    folder = tmp_path / "nl-NL" / "vpn"
    assert read(folder / "a.md") == [ArticleFile(str(folder), "a.md", "vpn/a", "A")]


def test_the_source_is_named_by_its_absolute_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, **{"nl-NL__a_md": "A"})
    monkeypatch.chdir(tmp_path / "nl-NL")
    expected = [ArticleFile(str(tmp_path / "nl-NL"), "a.md", "a", "A")]
    assert read(Path()) == read(Path("..", "nl-NL")) == expected


def test_what_is_given_twice_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, b__x_md="X", a__y_md="Y")
    assert names(read(tmp_path / "b", tmp_path / "a", tmp_path / "a" / ".." / "b")) == ["x.md", "y.md"]


def test_text_comes_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes("\ufeffEén\r\ntwee\rdrie\n".encode())
    [record] = read(tmp_path)
    assert isinstance(record, ArticleFile)
    assert record.data == "\ufeffEén\r\ntwee\rdrie\n"


def test_excluded_files_are_read_and_counted(tmp_path: Path) -> None:
    write(
        tmp_path,
        **{"README_md": "r", "nl-NL__includes__foot_md": "f", "nl-NL__drafts__d_md": "d", "nl-NL__a_md": "A"},
    )
    assert read(tmp_path, excludes=["README.md", "**/includes/**", "drafts/**"]) == [
        ExcludedFile(str(tmp_path), "README.md", "README.md", "r"),
        ArticleFile(str(tmp_path), "nl-NL/a.md", "a", "A"),
        ExcludedFile(str(tmp_path), "nl-NL/drafts/d.md", "drafts/**", "d"),  # below the locale root
        ExcludedFile(str(tmp_path), "nl-NL/includes/foot.md", "**/includes/**", "f"),
    ]


def test_a_file_that_is_not_utf_8_is_skipped_with_line_and_byte(tmp_path: Path) -> None:
    (tmp_path / "latin.md").write_bytes("# Café\n\nEén\n".encode("latin-1"))
    (tmp_path / "late.md").write_bytes("Café\n".encode() * 3 + b"caf\xe9\n")
    (tmp_path / "wide.md").write_bytes("# Café".encode("utf-16"))
    (tmp_path / "cut.md").write_bytes("Café".encode()[:-1])
    records = {r.name: (r.line, r.reason) for r in read(tmp_path) if isinstance(r, SkippedFile)}
    assert records["latin.md"] == (1, "not UTF-8: found byte 0xE9 at offset 5, line 1; save it as UTF-8")
    assert records["late.md"] == (4, "not UTF-8: found byte 0xE9 at offset 21, line 4; save it as UTF-8")
    assert records["wide.md"] == (1, "found UTF-16, expected UTF-8; save it as UTF-8")
    assert records["cut.md"][0] == 1


@given(st.binary())
def test_decoding_gives_the_text_or_a_reason(data: bytes) -> None:
    text = decode_article(data)
    if isinstance(text, Unread):
        assert text.line is None or 1 <= text.line <= data.count(b"\n") + 1
    else:
        assert text.encode("utf-8") == data


@pytest.mark.parametrize("text", ["", "\n\n", " \t\r\n", "\ufeff", "\ufeff\n", "\u00a0"])
def test_an_empty_file_is_skipped(tmp_path: Path, text: str) -> None:
    write(tmp_path, a_md=text, b_md="B")
    assert skipped(read(tmp_path)) == {"a.md": "empty: nothing but blanks"}


def test_a_file_over_the_limit_is_skipped_unread(tmp_path: Path) -> None:
    write(tmp_path, just_md="x" * 1000, over_md="x" * 1001)
    with (tmp_path / "huge.md").open("wb") as file:
        file.truncate(50_000_000)
    tracemalloc.start()
    try:
        records = read(tmp_path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert skipped(records) == {
        "huge.md": "50,000,000 bytes; at most 1,000 are read: split the article",
        "over.md": "1,001 bytes; at most 1,000 are read: split the article",
    }
    assert peak < 5_000_000


def test_a_file_that_vanishes_midway_is_skipped(tmp_path: Path) -> None:
    write(tmp_path, a_md="A", b_md="B", c_md="C")
    [source] = open_sources([tmp_path])
    records = iter(source)
    first = next(records)
    (tmp_path / "b.md").unlink()
    rest = list(records)
    assert names([first, *rest]) == ["a.md", "b.md", "c.md"]
    assert skipped(rest) == {"b.md": "gone since the run began"}


@contextmanager
def ordinary_user(home: Path) -> Iterator[None]:
    """Runs as a user whom permissions bind; for root that is "nobody", to whom the folder is opened."""
    if os.geteuid() != 0:
        yield
        return
    home.chmod(0o755)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder whose parents let every user in, unlike those of tmp_path."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX permissions")
def test_files_and_folders_without_permission_are_skipped(open_folder: Path) -> None:
    write(open_folder, a_md="A", locked_md="L", vault__x_md="X")
    (open_folder / "locked.md").chmod(0)
    (open_folder / "vault").chmod(0)
    try:
        with ordinary_user(open_folder):
            records = read(open_folder)
            with pytest.raises(InputError, match=r"vault: can't be read \(Permission denied\)"):
                open_sources([open_folder / "vault"])
    finally:
        (open_folder / "vault").chmod(0o700)
    assert names(records) == ["a.md", "locked.md", "vault"]
    assert skipped(records) == {
        "locked.md": "can't be read: Permission denied",
        "vault": "the folder can't be listed: Permission denied",
    }


def link_to_parent(root: Path) -> None:
    (root / "sub").mkdir()
    (root / "sub" / "up").symlink_to(root)


def link_to_itself(root: Path) -> None:
    (root / "self.md").symlink_to("self.md")


def link_out(root: Path) -> None:
    (root / "out").symlink_to(root.parent / "outside")


def link_to_a_file_outside(root: Path) -> None:
    (root / "out.md").symlink_to(root.parent / "outside" / "secret.md")


def link_to_nothing(root: Path) -> None:
    (root / "gone.md").symlink_to("nowhere.md")


@pytest.mark.parametrize(
    ("make", "name", "reason"),
    [
        (link_to_parent, "sub/up", "runs in a circle"),
        (link_to_itself, "self.md", "runs in a circle"),
        (link_out, "out", "leaves the source"),
        (link_to_a_file_outside, "out.md", "leaves the source"),
        (link_to_nothing, "gone.md", "to nothing"),
    ],
)
def test_links_that_leave_loop_or_dangle_are_skipped(
    tmp_path: Path, make: Callable[[Path], None], name: str, reason: str
) -> None:
    write(tmp_path, outside__secret_md="secret", kb__a_md="A")
    make(tmp_path / "kb")
    records = read(tmp_path / "kb")
    assert [r.name for r in records if isinstance(r, ArticleFile)] == ["a.md"]
    assert reason in skipped(records)[name]


def test_links_within_the_source_are_followed(tmp_path: Path) -> None:
    write(tmp_path, v2__a_md="A")
    (tmp_path / "latest").symlink_to("v2")
    (tmp_path / "b.md").symlink_to("v2/a.md")
    assert names(read(tmp_path)) == ["b.md", "latest/a.md", "v2/a.md"]


def test_links_that_cross_each_other_end(tmp_path: Path) -> None:
    """Each folder links to all others: without a bound, the ways through them would be 9 factorial."""
    folders = [tmp_path / f"f{number}" for number in range(9)]
    for folder in folders:
        write(folder, x_md="X")
        for other in folders:
            if other != folder:
                (folder / f"to-{other.name}").symlink_to(other)
    records = read(tmp_path)
    assert {f"f{number}/x.md" for number in range(9)} <= set(names(records))
    assert len(records) < 1000


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipes_and_sockets_are_skipped_and_do_not_hang(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, a_md="A")
    os.mkfifo(tmp_path / "pipe.md")
    monkeypatch.chdir(tmp_path)  # a socket's path may be no longer than a hundred bytes
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.md")
        assert list(skipped(read(tmp_path))) == ["pipe.md", "socket.md"]
    with pytest.raises(InputError, match="neither a file nor a folder"):
        open_sources([tmp_path / "pipe.md"])


def test_odd_names_are_kept(tmp_path: Path) -> None:
    odd = [
        "a  b.md",
        'it\'s "quoted".md',
        "line\nbreak.md",
        "zero\u200bwidth.md",
        "メール.md",
        "cafe\u0301.md",
    ]
    for name in odd:
        (tmp_path / name).write_text("text", encoding="utf-8")
    records = read(tmp_path)
    assert names(records) == sorted(odd)
    assert "caf\u00e9" in [record.path for record in records if isinstance(record, ArticleFile)]


def test_names_that_are_not_utf_8_are_skipped(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).write_text("text", encoding="utf-8")
    except OSError as error:
        if error.errno != errno.EILSEQ:
            raise
        pytest.skip("this file system takes no such name")
    write(tmp_path, a_md="A")
    assert skipped(read(tmp_path)) == {"caf\\xe9.md": "the name is not valid UTF-8; rename the file"}


def test_bad_sources_are_refused_all_at_once_by_name(tmp_path: Path) -> None:
    write(tmp_path, **{"good__a_md": "A", "notes.txt": "-", "assets__logo.png": "-"})
    (tmp_path / "empty").mkdir()
    bad = ["missing", "notes.txt", "empty", "assets"]
    with pytest.raises(InputError) as refused:
        open_sources([tmp_path / name for name in ["good", *bad]])
    lines = str(refused.value).splitlines()
    assert [line.partition(": ")[0] for line in lines] == [str(tmp_path / name) for name in bad]
    assert "found nothing there" in lines[0]
    assert "neither an article nor an archive" in lines[1]
    assert "found no article in the folder, only 0 other files" in lines[2]
    assert "found no article in the folder, only 1 other file" in lines[3]
    assert all("expected a folder of articles (.md, .markdown, .mdx)" in line for line in lines)


def test_no_source_at_all_is_refused() -> None:
    with pytest.raises(InputError, match="found no source"):
        open_sources([])


def test_equal_texts_have_equal_hashes() -> None:
    # sha256sum of the two bytes 61 0a
    assert content_hash("a\n") == "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7"
    assert content_hash("a\n") != content_hash("a\r\n")
