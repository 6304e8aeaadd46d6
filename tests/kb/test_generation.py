"""Generations: published whole or not at all, the last two kept, damage told."""

import errno
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from kb import generation
from kb.errors import IndexDamaged, IndexMissing
from kb.generation import (
    FORMAT,
    CollectionEntry,
    LocaleEntry,
    Manifest,
    building_folder,
    checksums,
    current_id,
    generation_folder,
    new_id,
    open_manifest,
    publish,
)


def manifest(name: str, files: dict[str, tuple[int, str]]) -> Manifest:
    entry = CollectionEntry(
        "en-US", ["TOC.*"], 3, {"nl-NL": LocaleEntry(2, 3, 4, {"MT": 2})}, {"max_tokens": 9}
    )
    return Manifest(name, "2026-01-02T03:04:05+00:00", "abc", "small", {"default": entry}, {}, files)


def published(home: Path, name: str, content: str = "words") -> Manifest:
    with building_folder(home) as folder:
        (folder / "default").mkdir()
        (folder / "default" / "articles").write_text(content, encoding="utf-8")
        made = manifest(name, checksums(folder))
        publish(home, folder, made)
    return made


def names(home: Path) -> set[str]:
    return {p.name for p in (home / "generations").iterdir()}


def test_what_is_published_is_opened(tmp_path: Path) -> None:
    made = published(tmp_path / "home", "g1")
    assert open_manifest(tmp_path / "home") == (tmp_path / "home" / "generations" / "g1", made)
    assert {p.name for p in (tmp_path / "home").iterdir()} == {"current", "generations"}


def test_the_one_that_served_before_is_kept_whatever_its_name(tmp_path: Path) -> None:
    for name in ("g5", "g1", "g9", "g3"):
        before = current_id(tmp_path)
        published(tmp_path, name)
        assert current_id(tmp_path) == name
        assert names(tmp_path) == {name, before} - {None}


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
    flush, replace_ = generation._flush, Path.replace

    def flushed(path: Path) -> None:
        events.append(f"flush {path.name.partition('-')[0]}")
        flush(path)

    def replaced(self: Path, target: Path) -> Path:
        events.append(f"rename to {target.name}")
        return replace_(self, target)

    monkeypatch.setattr(generation, "_flush", flushed)
    monkeypatch.setattr(Path, "replace", replaced)
    published(tmp_path / "home", "g1")
    files, pointer = events.index("rename to g1"), events.index("rename to current")
    assert {"flush articles", "flush default", "flush manifest.json", "flush building"} <= set(events[:files])
    assert {"flush generations", "flush current.new"} <= set(events[files:pointer])
    assert events[pointer + 1 :] == ["flush home"]


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
