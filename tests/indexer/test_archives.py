"""Real archives of every kind, sound and damaged."""

import gzip
import io
import itertools
import os
import random
import struct
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.sources import ArticleFile, ExcludedFile, FileRecord, SkippedFile, open_sources
from kb.errors import InputError

Pack = Callable[[Path, dict[str, str]], Path]
ARTICLES = {"vpn/b.md": "B", "vpn/a.md": "A", "README.md": "r", "logo.png": "-", "z.md": "Zürich"}


def pack_tar(path: Path, files: dict[str, str]) -> Path:
    kind = {".gz": "w:gz", ".tgz": "w:gz", ".xz": "w:xz"}.get(path.suffix, "w:")
    with tarfile.open(path, kind) as archive:  # type: ignore[call-overload]
        for name, text in files.items():
            add(archive, name, text.encode())
    return path


def pack_zip(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def add(archive: tarfile.TarFile, name: str, data: bytes = b"", **fields: object) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    for field, value in fields.items():
        setattr(member, field, value)
    archive.addfile(member, io.BytesIO(data))


def pack(path: Path, files: dict[str, str]) -> Path:
    return (pack_zip if path.suffix == ".zip" else pack_tar)(path, files)


def read(path: Path, max_bytes: int = 1000) -> list[FileRecord]:
    records = []
    for source in open_sources([path], max_bytes=max_bytes):
        found = list(source)
        assert len(found) == len(source), "every file listed comes out as exactly one record"
        records += found
    return records


def skipped(records: list[FileRecord]) -> dict[str, str]:
    return {record.name: record.reason for record in records if isinstance(record, SkippedFile)}


KINDS = ["nl-NL.tar", "nl-NL.tar.gz", "nl-NL.tgz", "nl-NL.tar.xz", "nl-NL.zip", "NL-nl.TAR"]


@pytest.mark.parametrize("kind", KINDS)
def test_archives_of_every_kind_give_the_same_articles(tmp_path: Path, kind: str) -> None:
    archive = pack(tmp_path / kind, ARTICLES)
    assert read(archive) == [
        ExcludedFile(str(archive), "README.md", "README.md", "r"),
        ArticleFile(str(archive), "vpn/a.md", "vpn/a", "A"),
        ArticleFile(str(archive), "vpn/b.md", "vpn/b", "B"),
        ArticleFile(str(archive), "z.md", "z", "Zürich"),
    ]


@pytest.mark.parametrize("kind", ["nl-NL.tar.gz", "nl-NL.zip"])
def test_the_order_inside_an_archive_changes_nothing(tmp_path: Path, kind: str) -> None:
    records = []
    for order in itertools.permutations(ARTICLES.items(), len(ARTICLES)):
        records.append(read(pack(tmp_path / kind, dict(order))))
    assert all(found == records[0] for found in records)


def test_each_archive_in_a_folder_is_a_source(tmp_path: Path) -> None:
    pack(tmp_path / "nl-NL.tar.gz", {"a.md": "A"})
    pack(tmp_path / "de-DE.zip", {"a.md": "A", "b.md": "B"})
    pack(tmp_path / "media.zip", {"logo.png": "-"})
    (tmp_path / "own.md").write_text("own", encoding="utf-8")
    sources = open_sources([tmp_path])
    assert [(source.label, len(source)) for source in sources] == [
        (str(tmp_path), 1),
        (str(tmp_path / "de-DE.zip"), 2),
        (str(tmp_path / "nl-NL.tar.gz"), 1),
    ]


def test_archives_one_folder_deeper_are_named_in_the_message(tmp_path: Path) -> None:
    (tmp_path / "sxs").mkdir()
    pack(tmp_path / "sxs" / "nl-NL.tar.gz", {"a.md": "A"})
    with pytest.raises(InputError) as refused:
        open_sources([tmp_path])
    assert f"archives lie in {tmp_path / 'sxs'}" in str(refused.value)


def test_names_that_lead_elsewhere_and_things_that_are_no_files_are_skipped(tmp_path: Path) -> None:
    path = tmp_path / "kb.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        add(archive, "./a.md", b"A")
        add(archive, "../up.md", b"up")
        add(archive, "x/../../up.md", b"up")
        add(archive, "/etc/abs.md", b"abs")
        add(archive, "C:/abs.md", b"abs")
        add(archive, "sym.md", type=tarfile.SYMTYPE, linkname="../../secret.md")
        add(archive, "hard.md", type=tarfile.LNKTYPE, linkname="a.md")
        add(archive, "dev.md", type=tarfile.CHRTYPE)
        add(archive, "pipe.md", type=tarfile.FIFOTYPE)
        add(archive, "folder.md", type=tarfile.DIRTYPE)
        add(archive, "caf\udce9.md", b"name")
        add(archive, "._a.md", b"\x00\x05\x16\x07")
        add(archive, ".git/x.md", b"git's own")
    records = read(path)
    assert [r.name for r in records if isinstance(r, ArticleFile)] == ["a.md"]
    assert skipped(records) == {
        "../up.md": "the name leads out of the archive",
        "x/../../up.md": "the name leads out of the archive",
        "/etc/abs.md": "absolute name in an archive; pack the folder by a relative one",
        "C:/abs.md": "absolute name in an archive; pack the folder by a relative one",
        "sym.md": "a link to ../../secret.md in an archive; pack the file itself",
        "hard.md": "a link to a.md in an archive; pack the file itself",
        "dev.md": "a device or pipe in an archive; expected a file",
        "pipe.md": "a device or pipe in an archive; expected a file",
        "caf\\xe9.md": "the name is not valid UTF-8; rename the file",
    }


def test_a_zip_s_odd_entries_are_skipped(tmp_path: Path) -> None:
    path = tmp_path / "kb.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.md", "A")
        archive.writestr("../up.md", "up")
        archive.writestr("packed.md", "packed", zipfile.ZIP_LZMA)
        link = zipfile.ZipInfo("link.md")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "../secret.md")
        archive.writestr("__MACOSX/a.md", "attributes")
        windows = zipfile.ZipInfo("x")
        windows.filename, windows.create_system = "vpn\\w.md", 0
        archive.writestr(windows, "W")
        locked = zipfile.ZipInfo("locked.md")
        archive.writestr(locked, "locked")
        nameless = zipfile.ZipInfo("x.md")
        archive.writestr(nameless, "nameless")
        nameless.filename = ""  # in the directory alone, as on the next line
        locked.flag_bits |= 1  # in the directory, where readers look first
    records = read(path)
    assert [r.name for r in records if isinstance(r, ArticleFile)] == ["a.md", "vpn/w.md"]
    assert skipped(records) == {
        "../up.md": "the name leads out of the archive",
        "link.md": "a link in an archive; pack the file itself",
        "locked.md": "encrypted; pack it without a password",
        "packed.md": "packed by method 14; pack it stored or deflated",
    }


def test_utf_8_names_are_read_without_the_flag_that_announces_them(tmp_path: Path) -> None:
    path = pack(tmp_path / "kb.zip", {"メール.md": "M"})
    raw = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.index(signature) + offset
        struct.pack_into("<H", raw, at, struct.unpack_from("<H", raw, at)[0] & ~0x800)
    path.write_bytes(raw)
    [record] = read(path)
    assert (record.name, isinstance(record, ArticleFile)) == ("メール.md", True)


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")  # from zipfile, while packing
@pytest.mark.parametrize("kind", ["kb.tar", "kb.zip"])
def test_of_equal_names_the_last_is_read_and_the_others_reported(tmp_path: Path, kind: str) -> None:
    path = tmp_path / kind
    if kind == "kb.tar":
        with tarfile.open(path, "w") as tar:
            for text in (b"first", b"second", b"third"):
                add(tar, "a.md", text)
    else:
        with zipfile.ZipFile(path, "w") as packed:
            for text in (b"first", b"second", b"third"):
                packed.writestr("a.md", text)
    first, second, third = read(path)
    assert isinstance(third, ArticleFile)
    assert third.data == "third"
    for record in (first, second):
        assert isinstance(record, SkippedFile)
        assert "more than once" in record.reason


@pytest.mark.parametrize("kind", ["bomb.zip", "bomb.tar.gz", "bomb.tar.xz"])
def test_a_bomb_is_skipped_without_filling_memory(tmp_path: Path, kind: str) -> None:
    path = pack(tmp_path / kind, {"a.md": "A", "bomb.md": "x" * 60_000_000})
    assert path.stat().st_size < 500_000
    tracemalloc.start()
    try:
        records = read(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert skipped(records) == {"bomb.md": "60,000,000 bytes; at most 1,000 are read: split the article"}
    assert peak < 20_000_000, "xz's own dictionary takes 8 MB"


def test_a_zip_entry_that_lies_about_its_size_is_skipped(tmp_path: Path) -> None:
    path = pack(tmp_path / "liar.zip", {"a.md": "A", "liar.md": "x" * 5_000_000})
    raw = path.read_bytes().replace(struct.pack("<I", 5_000_000), struct.pack("<I", 500))
    path.write_bytes(raw)
    reasons = skipped(read(path))
    assert list(reasons) == ["liar.md"]
    assert "damaged in the archive" in reasons["liar.md"]


def test_a_tar_header_of_absurd_length_is_refused(tmp_path: Path) -> None:
    """A "long name" of 200 MB, which packs to nothing and which tarfile would read in one piece."""
    header = tarfile.TarInfo("././@LongLink")
    header.type, header.size = tarfile.GNUTYPE_LONGNAME, 200_000_000
    path = tmp_path / "kb.tar.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(header.tobuf(tarfile.GNU_FORMAT))
        for _ in range(200):
            file.write(b"a" * 1_000_000)
    with pytest.raises(InputError, match=r"kb.tar.gz: found a damaged archive \(a header of 200,000,"):
        open_sources([path])


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def all_but_a_tenth(data: bytes) -> bytes:
    return data[: len(data) * 9 // 10]


@pytest.mark.parametrize("kind", ["kb.tar.gz", "kb.tar.xz", "kb.zip", "kb.tar"])
@pytest.mark.parametrize("harm", [half, lambda _: b"", lambda _: b"hello", all_but_a_tenth])
def test_a_damaged_archive_is_refused_before_anything_is_read(
    tmp_path: Path, kind: str, harm: Callable[[bytes], bytes]
) -> None:
    noise = random.Random(7).randbytes(3000).hex()
    path = pack(tmp_path / kind, {f"{number}.md": noise[number:] for number in range(9)})
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(InputError, match=f"{kind}: found a damaged archive .*; pack or download it again"):
        open_sources([path])


def test_a_tar_cut_between_two_files_is_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "kb.tar", {"a.md": "A", "b.md": "B"})
    path.write_bytes(path.read_bytes()[:1024])
    with pytest.raises(InputError, match="no end marker"):
        open_sources([path])


def test_a_tar_with_an_overwritten_header_is_refused(tmp_path: Path) -> None:
    """tarfile itself takes the bad header for the archive's end, and b.md would be lost without a word."""
    path = pack(tmp_path / "kb.tar", {"a.md": "A", "b.md": "B"})
    data = bytearray(path.read_bytes())
    data[1024:1034] = b"overwrites"
    path.write_bytes(data)
    with pytest.raises(InputError, match="no end marker"):
        open_sources([path])


def test_one_damaged_file_in_a_zip_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "kb.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.md", "A")
        archive.writestr("b.md", "bad bits here")
    path.write_bytes(path.read_bytes().replace(b"bad bits", b"odd bits"))
    assert skipped(read(path)) == {"b.md": "damaged in the archive: Bad CRC-32 for file 'b.md'"}


@pytest.mark.parametrize("kind", ["kb.tar.gz", "kb.zip"])
def test_an_archive_without_articles_is_refused(tmp_path: Path, kind: str) -> None:
    path = pack(tmp_path / kind, {"logo.png": "-", "TOC.yml": "-"})
    with pytest.raises(InputError, match="found no article in it, only 2 other files"):
        open_sources([path])


@pytest.mark.parametrize("kind", ["kb.tar.gz", "kb.zip"])
def test_an_archive_that_changes_or_goes_before_it_is_read_is_refused(tmp_path: Path, kind: str) -> None:
    path = pack(tmp_path / kind, ARTICLES)
    [source] = open_sources([path])
    pack(path, {**ARTICLES, "new.md": "N" * 100})
    with pytest.raises(InputError, match=f"{kind}: the archive changed since the run began"):
        list(source)
    path.unlink()
    with pytest.raises(InputError, match=f"{kind}: the archive is gone since the run began"):
        list(source)


@pytest.mark.parametrize("kind", ["kb.tar", "kb.tar.gz", "kb.zip"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(data=st.data())
def test_any_damage_gives_records_or_a_refusal_that_names_the_archive(
    tmp_path: Path, kind: str, data: st.DataObject
) -> None:
    raw = bytearray(
        pack(tmp_path / kind, {f"vpn/{number}.md": "text " * number for number in range(5)}).read_bytes()
    )
    if kind == "kb.tar.gz":
        raw = bytearray(gzip.decompress(raw))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / f"damaged-{os.getpid()}-{kind}"
    path.write_bytes(gzip.compress(raw) if kind == "kb.tar.gz" else raw)
    try:
        records = read(path)
    except InputError as refused:
        assert str(path) in str(refused)
    else:
        assert all(isinstance(record, ArticleFile | ExcludedFile | SkippedFile) for record in records)


def test_a_full_temporary_folder_is_named(tmp_path: Path) -> None:
    """Files may not grow over 1 MB for a while, which is how a full disk looks to a writer."""
    resource = pytest.importorskip("resource", reason="limits of POSIX")
    noise = random.Random(7).randbytes(1_000_000).hex()
    path = pack(tmp_path / "kb.tar", {f"{number}.md": noise for number in (3, 1, 2)})
    [source] = open_sources([path])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    try:
        with pytest.raises(InputError, match=r"can't hold an archive's articles .*set TMPDIR"):
            list(source)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.long
def test_the_dutch_archive_is_read_whole(shared: Path) -> None:
    [source] = open_sources([shared / "corpus" / "sxs" / "nl-NL.tar.gz"])
    records = list(source)
    assert len(records) == 2910
    assert [r.name for r in records if not isinstance(r, ArticleFile)] == [
        "AlchemyInsights/includes/alchemyinsights-content-updates.md"
    ]
