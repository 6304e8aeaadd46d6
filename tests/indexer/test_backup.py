"""A home packed into one file and put back: whole, while it is served, and nothing else is let in."""

import gzip
import io
import json
import random
import shutil
import tarfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from processes import WRITERS_OWN
from smallkb import DUTCH, Workshop, workshop, write_locale

from indexer import backup as packing
from indexer.backup import backup
from indexer.restore import restore
from indexer.tm.overlay import Correction, changed_overlay, overlay_file
from kb.article import Run
from kb.beside import beside_folder, settle
from kb.errors import IndexDamaged, IndexMissing, InputError, KbError
from kb.feedback import FILE, Feedback, FeedbackStore
from kb.generation import current_id, generations, manifest_text, parse_manifest, read_manifest
from kb.hit import SearchRequest
from kb.knowledge import KnowledgeBase
from kb.rollback import rollback
from kb.verify import verify

Members = list[tuple[tarfile.TarInfo, bytes]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("built")
    with pytest.MonkeyPatch.context() as patch:
        made = workshop(root, patch)
        made.index(write_locale(root, "nl-NL", DUTCH))
    (made.home / "curation").mkdir()
    (made.home / "curation" / "default.yaml").write_text("synonyms:\n  - [lid, cover]\n", encoding="utf-8")
    kept = overlay_file(made.home, "default")
    with changed_overlay(kept, root / "changed.sqlite") as overlay:
        overlay.add([Correction("nl-NL", "Close the lid.", "", "", (Run("Doe het deksel dicht."),))])
    kept.parent.mkdir()
    (root / "changed.sqlite").rename(kept)
    return root


@pytest.fixture
def shop(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return workshop(tmp_path, monkeypatch)


@pytest.fixture
def packed(shop: Workshop) -> Path:
    backup(shop.home, shop.root / "b.tar.gz")
    return shop.root / "b.tar.gz"


def found(knowledge: KnowledgeBase) -> list[tuple[str, float]]:
    hits = knowledge.search(SearchRequest("paper is stuck in the printer")).hits
    return [(hit.passage, hit.score) for hit in hits]


def elsewhere(shop: Workshop) -> Workshop:
    return Workshop(shop.root / "elsewhere")


def files(home: Path) -> dict[str, bytes]:
    return {
        str(f.relative_to(home)): f.read_bytes()
        for f in sorted(home.rglob("*"))
        if f.is_file() and f.name not in WRITERS_OWN
    }


# --- there and back


@pytest.mark.parametrize("name", ["b.tar.gz", "b.tgz", "b.tar"])
def test_a_backup_put_into_a_new_home_is_the_same_home(shop: Workshop, name: str) -> None:
    told = backup(shop.home, shop.root / name)
    assert told.generation == current_id(shop.home)
    assert told.beside == ["overlays/default.sqlite", "curation/default.yaml"]
    assert told.bytes == (shop.root / name).stat().st_size
    other = elsewhere(shop)
    put = restore(shop.root / name, other.home)
    assert (put.generation, put.packed) == (told.generation, told.generation)
    assert (put.beside, put.kept) == (told.beside, [])
    assert files(other.home) == files(shop.home)
    assert verify(other.home).findings == []
    here, there = shop.open(), other.open()
    assert found(here) == found(there) != []
    here.close()
    there.close()


def test_a_service_goes_on_while_it_is_packed_and_follows_what_is_put_back(
    shop: Workshop, packed: Path
) -> None:
    service = shop.open()
    before, first = found(service), current_id(shop.home)
    (shop.root / "nl-NL" / "printing" / "paper-jam.md").write_text("# Muis\n\nLaad op.\n", encoding="utf-8")
    second = shop.index_changed(shop.root / "nl-NL").generation
    assert service.refresh() and found(service) != before
    told = restore(packed, shop.home)
    assert told.packed == first and told.generation == f"{first}.1"  # the home has that generation already
    assert told.kept == ["overlays/default.sqlite", "curation/default.yaml"] and told.beside == []
    assert service.refresh() and found(service) == before
    assert generations(shop.home) == [f"{first}.1", second, first]
    assert rollback(shop.home).generation == second
    service.close()


def test_what_is_damaged_here_is_mended_by_a_backup(shop: Workshop, packed: Path) -> None:
    folder = read_manifest(shop.home)[0]
    (folder / "default" / "source.view").write_bytes(b"")
    restore(packed, shop.home)
    assert verify(shop.home).findings == []


def test_a_generation_stays_while_it_is_packed_whatever_is_published(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = current_id(shop.home)
    add = packing._add
    published = threading.Event()

    def slow(tar: tarfile.TarFile, name: str, data: bytes) -> None:
        add(tar, name, data)
        if not published.is_set():
            published.set()
            for _ in range(4):
                shop.index_changed(shop.root / "nl-NL")
            assert first != current_id(shop.home)

    monkeypatch.setattr(packing, "_add", slow)
    assert backup(shop.home, shop.root / "b.tar").generation == first
    assert restore(shop.root / "b.tar", elsewhere(shop).home).generation == first


def test_feedback_is_packed_where_it_is_asked_for_as_it_is_at_that_moment(shop: Workshop) -> None:
    store = FeedbackStore(shop.home / FILE)
    store.add(Feedback("g", "does the lid open?", helpful=True))
    backup(shop.home, shop.root / "without.tar")
    told = backup(shop.home, shop.root / "with.tar", feedback=True)
    assert FILE in told.beside
    assert FILE not in restore(shop.root / "without.tar", shop.root / "a").beside
    assert FILE in restore(shop.root / "with.tar", shop.root / "b").beside
    there = FeedbackStore(shop.root / "b" / FILE)
    assert there.counts() == store.counts()
    there.close()
    store.close()


# --- what is not packed


def test_a_damaged_index_is_not_packed(shop: Workshop) -> None:
    file = read_manifest(shop.home)[0] / "default" / "means.npz"
    whole = file.read_bytes()
    for content in (whole[:-1], whole + b"x", whole[:-1] + bytes([whole[-1] ^ 1])):
        file.write_bytes(content)
        with pytest.raises(IndexDamaged, match=r"means\.npz is not what its manifest says"):
            backup(shop.home, shop.root / "b.tar.gz")
    assert not list(shop.root.glob("*b.tar*")) and not list(shop.root.glob(".*"))


def test_a_name_that_is_taken_or_of_another_kind_is_refused(shop: Workshop, packed: Path) -> None:
    content = packed.read_bytes()
    with pytest.raises(InputError, match="is there already; choose another name"):
        backup(shop.home, packed)
    assert packed.read_bytes() == content
    for name in ("b", "b.zip", "b.tar.xz", "b.gz"):
        with pytest.raises(InputError, match=r"expected a name in \.tar\.gz or \.tgz or \.tar"):
            backup(shop.home, shop.root / name)
        with pytest.raises(InputError, match=r"expected a backup in \.tar\.gz or"):
            restore(shop.root / name, shop.home)
    (shop.root / ".c.tar.part").touch()
    with pytest.raises(InputError, match="another backup writes it, or one was killed"):
        backup(shop.home, shop.root / "c.tar")
    assert (shop.root / ".c.tar.part").exists()
    with pytest.raises(IndexMissing):
        backup(shop.root / "nowhere", shop.root / "d.tar")


# --- what is not let in


def members(file: Path) -> Members:
    with tarfile.open(file) as tar:
        return [(m, tar.extractfile(m).read()) for m in tar]  # type: ignore[union-attr]


def written(file: Path, packed: Members) -> Path:
    with tarfile.open(file, "w") as tar:
        for info, data in packed:
            info.size = len(data) if info.isreg() else 0
            tar.addfile(info, io.BytesIO(data))
    return file


def named(name: str, data: bytes = b"x", **more: Any) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    for key, value in more.items():
        setattr(info, key, value)
    return info, data


def instead(packed: Members, change: Callable[[dict[str, Any]], object]) -> Members:
    """With another manifest, sealed like a true one."""
    raw = json.loads(packed[1][1])
    change(raw)
    del raw["sha256"]
    text = json.dumps(raw, ensure_ascii=False, indent=1)
    with suppress(IndexDamaged):  # of another format
        text = manifest_text(parse_manifest(text, Path("x")))
    return [packed[0], named(packed[1][0].name, text.encode()), *packed[2:]]


def other_file(name: str) -> Callable[[dict[str, Any]], object]:
    """A manifest that gives the first file another name."""

    def change(raw: dict[str, Any]) -> None:
        first = next(iter(raw["files"]))
        raw["files"] = {name if key == first else key: told for key, told in raw["files"].items()}

    return change


def about(packed: Members, **said: Any) -> Members:
    raw = json.loads(packed[0][1]) | said
    return [named("backup.json", json.dumps(raw).encode()), *packed[1:]]


SHA = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
HOSTILE: dict[str, tuple[Callable[[Members], Members], str]] = {
    "a name that leads out": (lambda m: [*m[:2], named("../out"), *m[3:]], "'../out' found, expected index/"),
    "an absolute name": (lambda m: [*m[:2], named("/etc/out"), *m[3:]], "'/etc/out' found, expected"),
    "a name twice": (lambda m: [*m[:3], m[2], *m[3:]], "found, expected index/"),
    "a further file": (lambda m: [*m, named("more")], "'more' found, expected no further file"),
    "a missing file": (lambda m: m[:-1], "it ends before curation/default.yaml"),
    "nothing": (lambda _m: [], "it ends before backup.json"),
    "a symbolic link": (
        lambda m: [*m[:2], named(m[2][0].name, type=tarfile.SYMTYPE, linkname="/etc/passwd"), *m[3:]],
        "is a link to /etc/passwd in an archive",
    ),
    "a hard link": (
        lambda m: [*m[:2], named(m[2][0].name, type=tarfile.LNKTYPE, linkname="backup.json"), *m[3:]],
        "is a link to backup.json",
    ),
    "a device": (lambda m: [*m[:2], named(m[2][0].name, type=tarfile.CHRTYPE), *m[3:]], "is a device or pipe"),
    "a folder": (lambda m: [*m[:2], named("index/default", type=tarfile.DIRTYPE), *m[2:]], "is a device or"),
    "another size": (lambda m: [*m[:2], (m[2][0], m[2][1] + b"x"), *m[3:]], "bytes, expected"),
    "another content": (
        lambda m: [*m[:2], (m[2][0], bytes([m[2][1][0] ^ 1]) + m[2][1][1:]), *m[3:]],
        r"is not what was packed \(SHA-256 differs\)",
    ),
    "another overlay": (lambda m: [*m[:-2], (m[-2][0], m[-2][1][:-1] + b"x"), m[-1]], "SHA-256 differs"),
    "a changed manifest": (
        lambda m: [m[0], (m[1][0], m[1][1].replace(b"en-US", b"en-UQ")), *m[2:]],
        "manifest.json is not what was written",
    ),
    "a manifest that leads out": (lambda m: instead(m, other_file("default/../../x")), "no place in an index"),
    "an absolute manifest": (lambda m: instead(m, other_file("/x/y")), "no place in an index"),
    "a drive": (lambda m: instead(m, other_file("default/c:x")), "no place in an index"),
    "a backslash": (lambda m: instead(m, other_file("default\\x")), "no place in an index"),
    "the manifest itself": (lambda m: instead(m, other_file("manifest.json")), "no place in an index"),
    "no such collection": (lambda m: instead(m, other_file("else/x")), "no place in an index"),
    "a negative size": (
        lambda m: instead(m, lambda raw: raw["files"].update({next(iter(raw["files"])): [-1, SHA]})),
        "no place in an index",
    ),
    "too much for any disk": (
        lambda m: instead(m, lambda raw: raw["files"].update({"default/x": [1 << 60, SHA]})),
        "MB free; free some space",
    ),
    "an id that leads out": (lambda m: instead(m, lambda raw: raw.update(id="../x")), "it|has the id '../x'"),
    "an id that is none": (lambda m: instead(m, lambda raw: raw.update(id=7)), "has the id 7"),
    "a locale that leads out": (
        lambda m: instead(
            m, lambda raw: raw["collections"]["default"].update(
                locales={"../..": raw["collections"]["default"]["locales"]["nl-NL"]}
            )
        ),
        "names a collection 'default' of ../..",
    ),
    "another format of manifest": (lambda m: instead(m, lambda raw: raw.update(format=99)), "has format 99"),
    "another format": (lambda m: about(m, format=2), "it has format 2, this program reads 1"),
    "a file that is no business of a backup": (
        lambda m: about(m, files={"current": [1, SHA]}), "names 'current', which has no place in a home"
    ),
    "a curation that leads out": (
        lambda m: about(m, files={"curation/../current.yaml": [1, SHA]}), "has no place in a home"
    ),
    "no list of files": (lambda m: about(m, files=[1]), "backup.json can't be read"),
    "a bomb of brackets": (lambda m: [named("backup.json", b"[" * 900_000), *m[1:]], "can't be read"),
    "a huge list": (lambda m: [named("backup.json", b" " * 1_100_000), *m[1:]], "at most 1,048,576 are read"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_backup_is_refused_and_leaves_nothing(shop: Workshop, packed: Path, kind: str) -> None:
    change, told = HOSTILE[kind]
    hostile = written(shop.root / "hostile.tar", change(members(packed)))
    before = files(shop.home)
    for home in (shop.home, shop.root / "new" / "home"):
        with pytest.raises(InputError, match=told) as refused:
            restore(hostile, home)
        assert "hostile.tar" in str(refused.value)
    assert files(shop.home) == before
    assert files(shop.root / "new" / "home") == {} and not list(shop.home.glob("building-*"))


@pytest.mark.parametrize("cut", [0, 1, 10, 1000, -1, -9])
def test_a_backup_cut_short_is_refused(shop: Workshop, packed: Path, cut: int) -> None:
    packed.write_bytes(packed.read_bytes()[:cut])
    with pytest.raises(InputError, match="copy or make it again"):
        restore(packed, elsewhere(shop).home)
    assert files(elsewhere(shop).home) == {}


def test_a_flipped_bit_of_a_backup_is_refused_or_harmless(shop: Workshop, packed: Path) -> None:
    """What gzip itself leaves unchecked is its header; what tar does, who owns the files and when they changed."""
    dice = random.Random(3)
    content = packed.read_bytes()
    plain = gzip.decompress(content)
    refused = 0
    for n in range(60):
        changed = bytearray(plain if n % 2 else content)
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
        hostile = shop.root / ("flipped.tar" if n % 2 else "flipped.tar.gz")
        hostile.write_bytes(changed)
        home = shop.root / f"home-{n}"
        try:
            restore(hostile, home)
        except KbError as error:
            assert "flipped" in str(error)
            assert files(home) == {}
            refused += 1
        else:
            assert files(home) == files(shop.home)
    assert refused > 30


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=2000), suffix=st.sampled_from([".tar", ".tar.gz"]))
def test_any_bytes_are_refused(tmp_path: Path, data: bytes, suffix: str) -> None:
    file = tmp_path / f"any{suffix}"
    file.write_bytes(data)
    with pytest.raises(InputError, match="expected a backup that `kb backup` wrote"):
        restore(file, tmp_path / "home")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.tar: No such file"):
        restore(tmp_path / "gone.tar", tmp_path / "home")


def test_a_manifest_made_before_there_were_seals_is_taken(shop: Workshop) -> None:
    folder, manifest = read_manifest(shop.home)
    text = json.loads(manifest_text(manifest))
    del text["sha256"]
    (folder / "manifest.json").write_text(json.dumps(text), encoding="utf-8")
    backup(shop.home, shop.root / "b.tar")
    restore(shop.root / "b.tar", elsewhere(shop).home)
    assert read_manifest(elsewhere(shop).home)[1] == replace(manifest)


def test_corrections_that_wait_for_their_places_are_packed_too(shop: Workshop) -> None:
    """As after an import that was killed between its publication and the last rename."""
    kept = overlay_file(shop.home, "default")
    waiting = beside_folder(shop.home, str(current_id(shop.home))) / "overlays" / kept.name
    waiting.parent.mkdir(parents=True)
    waiting.write_bytes(b"newer")
    never = beside_folder(shop.home, "never-published") / "overlays" / "other.sqlite"
    never.parent.mkdir(parents=True)
    never.write_bytes(b"never")
    backup(shop.home, shop.root / "w.tar")
    with tarfile.open(shop.root / "w.tar") as tar:
        found = {name: tar.extractfile(name) for name in tar.getnames() if "overlays/" in name}
        read = {name.partition("overlays/")[2]: file.read() for name, file in found.items() if file}
    assert read == {"default.sqlite": b"newer"}
    settle(shop.home, [str(current_id(shop.home))])
    assert kept.read_bytes() == b"newer" and not list(shop.home.glob("beside-*"))
    assert not overlay_file(shop.home, "other").exists()
