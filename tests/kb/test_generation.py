"""Generations: published whole or not at all, the last ones kept, damage told."""

import errno
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from kb import generation
from kb import publish as publishing
from kb.errors import IndexDamaged, IndexMissing, InputError
from kb.generation import (
    FORMAT,
    CollectionEntry,
    LocaleEntry,
    Manifest,
    current_id,
    generation_folder,
    generations,
    manifest_text,
    open_manifest,
)
from kb.publish import building_folder, checksums, new_id, publish
from kb.retention import write_keep


def manifest(name: str, files: dict[str, tuple[int, str]]) -> Manifest:
    entry = CollectionEntry(
        "en-US", ["TOC.*"], 3, {"nl-NL": LocaleEntry(2, 3, 4, {"MT": 2})}, {"max_tokens": 9}
    )
    return Manifest(name, "2026-01-02T03:04:05+00:00", "abc", "small", {"default": entry}, {}, files)


def published(home: Path, name: str, content: str = "words", *, supersedes: bool = False) -> Manifest:
    with building_folder(home) as folder:
        (folder / "default").mkdir()
        (folder / "default" / "articles").write_text(content, encoding="utf-8")
        made = manifest(name, checksums(folder))
        publish(home, folder, made, supersedes=supersedes)
    return made


def names(home: Path) -> set[str]:
    return {p.name for p in (home / "generations").iterdir()}


def test_what_is_published_is_opened(tmp_path: Path) -> None:
    made = published(tmp_path / "home", "g1")
    assert open_manifest(tmp_path / "home") == (tmp_path / "home" / "generations" / "g1", made)
    assert {p.name for p in (tmp_path / "home").iterdir()} == {"current", "generations"}


def test_the_last_three_are_kept_in_the_order_of_publication_whatever_their_names(tmp_path: Path) -> None:
    order: list[str] = []
    for name in ("g5", "g1", "g9", "g3", "g7", "g4"):
        published(tmp_path, name)
        order.insert(0, name)
        assert current_id(tmp_path) == name
        assert generations(tmp_path) == order[:3]
        assert names(tmp_path) == set(order[:3])
    assert (tmp_path / "current").read_text(encoding="ascii") == "g4\ng7\ng3\n"


@pytest.mark.parametrize(("keep", "left"), [(0, 2), (1, 2), (3, 4), (9, 5)])
def test_as_many_are_kept_as_the_home_says_and_always_the_one_before(
    tmp_path: Path, keep: int, left: int
) -> None:
    write_keep(tmp_path, keep)
    for name in ("g1", "g2", "g3", "g4", "g5"):
        published(tmp_path, name)
    assert generations(tmp_path) == ["g5", "g4", "g3", "g2", "g1"][:left]


def test_a_home_that_says_no_number_is_told_before_anything_is_published(tmp_path: Path) -> None:
    published(tmp_path, "g1")
    for content in ("", "two", "-1", "1001", "9" * 5000, "٣"):
        (tmp_path / "keep").write_text(content, encoding="utf-8")
        with pytest.raises(InputError, match=r"keep holds .*expected a number from 0 to 1000.*--keep N"):
            published(tmp_path, "g2")
        assert generations(tmp_path) == ["g1"]
    with pytest.raises(InputError, match="-1 generations to keep found"):
        write_keep(tmp_path, -1)


def test_what_a_deeper_one_supersedes_is_not_kept_for_going_back(tmp_path: Path) -> None:
    for name in ("g1", "g2"):
        published(tmp_path, name)
    for name in ("g3", "g4", "g5"):
        published(tmp_path, name, supersedes=True)
        assert generations(tmp_path)[:2] == [name, "g1"]
    assert names(tmp_path) == {"g5", "g1", "g4"}  # g4 until the next, for those who can't hold it


def test_a_damaged_pointer_costs_no_generation(tmp_path: Path) -> None:
    for name in ("g1", "g2", "g3"):
        published(tmp_path, name)
    (tmp_path / "current").write_bytes(b"\xff\n")
    assert generations(tmp_path) == ["g3", "g2", "g1"]
    published(tmp_path, "g4")
    assert generations(tmp_path) == ["g4", "g3", "g2"]


def test_a_home_without_an_index_says_what_to_run(tmp_path: Path) -> None:
    assert current_id(tmp_path) is None
    with pytest.raises(IndexMissing, match=r"nothing is indexed in .*; run `kb index SRC… --home"):
        open_manifest(tmp_path)


@pytest.mark.parametrize("fails", ["replace", "write_text"])
def test_where_publishing_fails_the_old_one_serves_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    old = published(tmp_path, "g1")
    real = getattr(Path, fails)

    def full(self: Path, *args: object, **options: object) -> object:
        if self.name.startswith("current"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))
        return real(self, *args, **options)

    with monkeypatch.context() as patched:
        patched.setattr(Path, fails, full)
        with pytest.raises(OSError, match="No space"):
            published(tmp_path, "g2")
    assert open_manifest(tmp_path)[1] == old
    assert names(tmp_path) == {"g1"}
    assert {p.name for p in tmp_path.iterdir()} == {"current", "generations"}


def test_everything_is_flushed_before_readers_may_find_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    flush, replace_ = publishing._flush, Path.replace

    def flushed(path: Path) -> None:
        events.append(f"flush {path.name.partition('-')[0]}")
        flush(path)

    def replaced(self: Path, target: Path) -> Path:
        events.append(f"rename to {target.name}")
        return replace_(self, target)

    monkeypatch.setattr(publishing, "_flush", flushed)
    monkeypatch.setattr(Path, "replace", replaced)
    published(tmp_path / "home", "g1")
    files, pointer = events.index("rename to g1"), events.index("rename to current")
    assert {"flush articles", "flush default", "flush manifest.json", "flush building"} <= set(events[:files])
    assert {"flush generations", "flush current.new"} <= set(events[files:pointer])
    assert events[pointer + 1 :] == ["flush home"]


def test_what_was_flushed_with_the_generation_before_is_not_flushed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(tmp_path, "g1")
    flushed: list[str] = []
    monkeypatch.setattr(publishing, "_flush", lambda path: flushed.append(path.name))
    with building_folder(tmp_path) as folder:
        (folder / "default").mkdir()
        (folder / "default" / "articles").hardlink_to(
            generation_folder(tmp_path, "g1") / "default" / "articles"
        )
        (folder / "default" / "words").write_text("new", encoding="utf-8")
        publish(tmp_path, folder, manifest("g2", checksums(folder)))
    assert "articles" not in flushed
    assert {"words", "default", "manifest.json", folder.name} <= set(flushed)


def test_a_build_folder_goes_whatever_happens_and_killed_builds_are_swept(tmp_path: Path) -> None:
    (tmp_path / "building-killed" / "deep").mkdir(parents=True)
    with pytest.raises(KeyboardInterrupt), building_folder(tmp_path) as folder:
        (folder / "half").write_text("x", encoding="utf-8")
        assert [p.name for p in tmp_path.iterdir()] == [folder.name]
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("default/articles", "word", "articles is missing or not 5 bytes long"),
        ("default/articles", None, "articles is missing or not 5 bytes long"),
        ("manifest.json", None, r"manifest\.json can't be read"),
        ("manifest.json", "{", r"manifest\.json can't be read"),
        ("manifest.json", "[1]", r"manifest\.json can't be read"),
        ("manifest.json", "\udcff", r"manifest\.json can't be read"),
        ("manifest.json", json.dumps({"format": FORMAT}), r"manifest\.json can't be read"),
        ("manifest.json", json.dumps({"format": FORMAT, "collections": []}), r"manifest\.json can't be read"),
        ("manifest.json", "[" * 100_000, r"manifest\.json can't be read"),
        ("default/articles", "w0rds", r"articles is not what its manifest says \(SHA-256 differs\)"),
        ("manifest.json", json.dumps({"format": 99}), f"has format 99, this program reads {FORMAT}"),
    ],
)
def test_damage_names_the_file_and_what_to_run(
    tmp_path: Path, file: str, content: str | None, told: str
) -> None:
    published(tmp_path, "g1")
    damaged = generation_folder(tmp_path, "g1") / file
    if content is None:
        damaged.unlink()
    else:
        damaged.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(IndexDamaged, match=told + r".*`kb index SRC… --allow-shrink`"):
        open_manifest(tmp_path)


@pytest.mark.parametrize("content", ["", "../../etc", "a b", "ü", "/", "."])
def test_a_pointer_that_names_no_generation_is_damage(tmp_path: Path, content: str) -> None:
    (tmp_path / "current").write_text(content, encoding="utf-8")
    with pytest.raises(IndexDamaged, match=r"current holds .*expected the name of a generation.*kb index"):
        current_id(tmp_path)


def test_checksums_are_of_every_file_below(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two").write_bytes(b"abc")
    (tmp_path / "a").write_bytes(b"")
    assert checksums(tmp_path) == {
        "a": (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        "b/two": (3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    }


def test_an_id_names_time_and_content() -> None:
    files = {"a": (1, "f" * 64)}
    first, other = new_id(files), new_id({"a": (1, "e" * 64)})
    assert generation._ID.fullmatch(first)
    assert first.partition("-")[2] != other.partition("-")[2]
    assert replace(manifest(first, files), id=other).files == files


def test_a_manifest_that_was_changed_by_a_letter_or_moved_is_damage(tmp_path: Path) -> None:
    made = published(tmp_path, "g1")
    file = generation_folder(tmp_path, "g1") / "manifest.json"
    text = file.read_text(encoding="utf-8")
    assert text == manifest_text(made)
    for old, new in (("en-US", "en-UQ"), ('"passages": 3', '"passages": 2'), (': "small"', ':  "small"')):
        file.write_text(text.replace(old, new), encoding="utf-8")
        with pytest.raises(IndexDamaged, match=r"manifest\.json is not what was written"):
            open_manifest(tmp_path)
    file.write_text(manifest_text(replace(made, id="g2")), encoding="utf-8")
    with pytest.raises(IndexDamaged, match=r"manifest\.json is of generation 'g2'"):
        open_manifest(tmp_path)
