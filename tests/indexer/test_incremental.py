"""A run does only what changed, and what comes out is what a run that begins with nothing gives, byte for byte."""

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dump import entries_of, files_of
from smallkb import DUTCH, PAPER, TEMPLATES, Hashing, Workshop, localized, workshop, write_locale

from indexer import deepen as deepening
from indexer import folder as folder_reading
from indexer import seenfiles, stage
from indexer.deepen import deepen
from indexer.report import Changes, Quiet
from indexer.tm.importtmx import import_tmx
from kb.errors import NotFound
from kb.generation import current_id, open_manifest
from kb.hit import SearchRequest

LOCALES = ("de-DE", "ja-JP", "nl-NL")
EXTRA = """\
# {The lamp of room NUMBER flickers}

{Do this on weekdays only.}

1. {Turn the lamp off.}
2. {Call line NUMBER.‖Wait there.}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    return workshop(tmp_path, monkeypatch)


@pytest.fixture
def locales(tmp_path: Path) -> dict[str, Path]:
    root = tmp_path / "src"
    return {
        "nl-NL": write_locale(root, "nl-NL", DUTCH),
        "de-DE": write_locale(root, "de-DE", {}),
        "ja-JP": write_locale(root, "ja-JP", {}, merged=True),
    }


def fresh(shop: Workshop, *sources: Path, **options: object) -> Workshop:
    """The same sources indexed into a home of its own, with the same cache."""
    other = Workshop(shop.root / "fresh")
    shutil.rmtree(other.root, ignore_errors=True)
    (other.root).mkdir()
    (other.root / "cache").symlink_to(shop.root / "cache")
    other.index(*sources, **options)
    return other


def same(shop: Workshop, *sources: Path, **options: object) -> None:
    """That a home is what a fresh one would be."""
    other = fresh(shop, *sources, **options)
    assert files_of(shop.home) == files_of(other.home)
    assert entries_of(shop.home) == entries_of(other.home)


def rewrite(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


# --- what is done and what is left alone


def test_nothing_changed_publishes_nothing(shop: Workshop, locales: dict[str, Path]) -> None:
    shop.index(*locales.values())
    before = shop.tree()
    report = shop.index(*locales.values())
    assert report.changes == Changes() and report.indexed == 9
    assert report.generation == current_id(shop.home)
    assert shop.tree() == before


def test_a_changed_translation_rewrites_its_own_locale_alone(
    shop: Workshop, locales: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.index(*locales.values())
    old = open_manifest(shop.home)[0] / "default"
    parsed: list[str] = []
    parse = stage.parse_file

    def counting(file: stage.Readable, *options: object) -> object:
        parsed.append(file.name)
        return parse(file, *options)  # type: ignore[arg-type]

    monkeypatch.setattr(stage, "parse_file", counting)
    rewrite(locales["nl-NL"] / "vpn/tunnel-drops.md", "ongebruikte", "sluimerende")
    report = shop.index(*locales.values())
    assert report.changes == Changes(changed=1) and parsed == ["vpn/tunnel-drops.md"]
    new = open_manifest(shop.home)[0] / "default"
    rewritten = {
        name.relative_to(new).as_posix()
        for name in new.rglob("*")
        if name.is_file() and name.stat().st_nlink == 1
    }
    assert {name.split("/")[0] for name in rewritten} == {"nl-NL", "build.sqlite", "means.npz"}
    assert (new / "source.view").samefile(old / "source.view")
    knowledge = shop.open()
    found = knowledge.search(SearchRequest("sluimerende tunnels", locale="nl-NL", lang="nl")).hits[0]
    gone = knowledge.search(SearchRequest("ongebruikte", locale="nl-NL", lang="nl")).hits
    knowledge.close()
    assert found.article == "vpn/tunnel-drops" and "sluimerende" in found.text
    assert all("ongebruikte" not in hit.text for hit in gone)
    same(shop, *locales.values())
    _, manifest = open_manifest(shop.home)
    folder = new.parent
    there = {f.relative_to(folder).as_posix() for f in folder.rglob("*") if f.is_file()}
    assert there == {*manifest.files, "manifest.json"}


def test_deleted_articles_are_gone_from_every_door(shop: Workshop, locales: dict[str, Path]) -> None:
    shop.index(*locales.values())
    for folder in locales.values():
        (folder / "vpn/tunnel-drops.md").unlink()
    report = shop.index(*locales.values(), allow_shrink=True)
    assert report.changes == Changes(deleted=3)
    knowledge = shop.open()
    assert all(
        hit.article != "vpn/tunnel-drops"
        for question in ("tunnel drops every hour", "0x80072EE7", "de tunnel valt weg")
        for hit in knowledge.search(SearchRequest(question)).hits
    )
    with pytest.raises(NotFound):
        knowledge.article("vpn/tunnel-drops")
    assert not knowledge.suggest("de tunnel", locale="nl-NL").suggestions
    assert not knowledge.suggest("the tunnel", locale="en-US").suggestions
    knowledge.close()
    same(shop, *locales.values())


def test_a_changed_source_leaves_the_other_localizations_as_they_are(
    shop: Workshop, locales: dict[str, Path]
) -> None:
    shop.index(*locales.values())
    text = localized(PAPER.replace("{Close the lid.}", "{Close the lid until it clicks.}"), {}, "de-DE")
    (locales["de-DE"] / "printing/paper-jam.md").write_text(text, encoding="utf-8")
    report = shop.index(*locales.values())
    assert report.changes == Changes(changed=1) and report.embedded > 0
    knowledge = shop.open()
    source = knowledge._leases.current.generation.collections["default"].locales["en-US"]
    knowledge.close()
    assert len(source.lexical.holders("click", "stem")) == 1, "no word index has the other version's words"
    same(shop, *locales.values())


def test_what_another_program_or_model_has_made_is_not_taken_over(
    shop: Workshop, locales: dict[str, Path]
) -> None:
    shop.index(*locales.values())
    report = shop.index(locales["nl-NL"], model="other")
    assert report.changes is None
    shop.fingerprint = "other"
    knowledge = shop.open()
    assert knowledge.search(SearchRequest("paper jam")).hits[0].locales == [
        "de-DE",
        "en-US",
        "ja-JP",
        "nl-NL",
    ]
    knowledge.close()
    same(shop, *locales.values(), model="other")


def test_damaged_files_are_made_anew(shop: Workshop, locales: dict[str, Path]) -> None:
    shop.index(*locales.values())
    folder = open_manifest(shop.home)[0] / "default"
    for name in ("nl-NL/lexical/rows.npy", "build.sqlite", "passages.sqlite"):
        (folder / name).write_bytes(b"")
    assert shop.index(*locales.values()).changes is None
    same(shop, *locales.values())


def test_a_locale_that_is_found_no_longer_stays_as_it_is(shop: Workshop, locales: dict[str, Path]) -> None:
    shop.index(*locales.values())
    rewrite(locales["nl-NL"] / "vpn/tunnel-drops.md", "ongebruikte", "sluimerende")
    shutil.move(locales["de-DE"], shop.root / "away")
    assert shop.index(locales["nl-NL"]).changes == Changes(changed=1)
    shutil.move(shop.root / "away", locales["de-DE"])
    same(shop, *locales.values())


@pytest.mark.usefixtures("settled")
def test_files_of_a_folder_that_are_as_they_were_are_not_opened(
    shop: Workshop, locales: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.index(*locales.values())
    opened: list[str] = []
    read = folder_reading.read_file

    def counting(path: Path, *options: Any) -> object:
        opened.append(path.name)
        return read(path, *options)

    monkeypatch.setattr(folder_reading, "read_file", counting)
    rewrite(locales["nl-NL"] / "vpn/tunnel-drops.md", "ongebruikte", "sluimerende")
    report = shop.index(*locales.values())
    assert report.changes == Changes(changed=1) and report.files == report.indexed == 9
    assert opened == ["tunnel-drops.md"]
    same(shop, *locales.values())


def test_excluded_files_stay_excluded_until_said_otherwise(shop: Workshop, locales: dict[str, Path]) -> None:
    shop.index(locales["nl-NL"], excludes=("vpn/**",))
    assert shop.index(locales["nl-NL"]).excluded == 1
    assert open_manifest(shop.home)[1].collections["default"].excludes == ["vpn/**"]
    assert shop.index(locales["nl-NL"], excludes=()).excluded == 0
    same(shop, locales["nl-NL"], excludes=())


def test_archives_are_known_by_their_bytes(shop: Workshop, locales: dict[str, Path]) -> None:
    packed = shop.root / "packed"
    for name, folder in locales.items():
        shutil.make_archive(str(packed / name), "gztar", folder)
    shop.index(packed)
    assert shop.index(packed).changes == Changes()
    rewrite(locales["nl-NL"] / "vpn/tunnel-drops.md", "ongebruikte", "sluimerende")
    shutil.make_archive(str(packed / "nl-NL"), "gztar", locales["nl-NL"])
    report = shop.index(packed)
    assert report.changes == Changes(changed=1) and report.files == 9
    same(shop, packed)


def test_an_imported_memory_is_what_the_next_build_would_make(
    shop: Workshop, locales: dict[str, Path]
) -> None:
    shop.index(*locales.values())
    unit = '<tu><tuv xml:lang="en"><seg>Open the archive.</seg></tuv><tuv xml:lang="nl"><seg>Open het.</seg></tuv></tu>'
    file = shop.root / "memory.tmx"
    file.write_text(f'<tmx version="1.4"><header/><body>{unit}</body></tmx>', encoding="utf-8")
    import_tmx(file, shop.home, collection=None, fresh=False, progress=Quiet())
    imported = files_of(shop.home)
    assert shop.index(*locales.values()).changes == Changes()
    other = Workshop(shop.root / "fresh")
    shutil.copytree(shop.home / "overlays", other.home / "overlays")
    other.index(*locales.values())
    again = files_of(shop.home)
    assert again == files_of(other.home)
    # the build's own notes, and a mean where a title was corrected, are all that may differ
    differ = {name for name in again if again[name] != imported[name]}
    assert differ <= {"default/build.sqlite", "default/means.npz"}


# --- views of translations


def deepened(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deepening, "resolve", lambda model, _cache: Path(model or shop.fingerprint))
    monkeypatch.setattr(deepening, "LazyEncoder", lambda folder: Hashing(folder, folder.name))
    deepen(shop.home, model=None, cache=shop.root / "cache", progress=Quiet())


def test_a_changed_passage_falls_back_to_its_source_until_it_is_deepened(
    shop: Workshop, locales: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.index(*locales.values())
    deepened(shop, monkeypatch)
    rewrite(locales["nl-NL"] / "vpn/tunnel-drops.md", "ongebruikte", "sluimerende")
    shop.index(*locales.values())
    knowledge = shop.open()
    store = knowledge._leases.current.generation.collections["default"].locales["nl-NL"]
    assert not store.complete and 0 < len(store.target_rows) < len(store.rows)
    hit = knowledge.search(SearchRequest("sluimerende tunnels", locale="nl-NL", lang="nl")).hits[0]
    knowledge.close()
    assert hit.article == "vpn/tunnel-drops"
    deepened(shop, monkeypatch)
    other = fresh(shop, *locales.values())
    deepened(other, monkeypatch)
    assert files_of(shop.home) == files_of(other.home)


# --- any sequence of edits

Edit = Callable[[random.Random, dict[str, Path]], object]


def _articles(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.md"))


def add(rng: random.Random, at: dict[str, Path]) -> None:
    name = f"extra/lamp-{rng.randrange(6)}.md"
    text = EXTRA.replace("NUMBER", str(rng.randrange(4)))
    for locale in rng.sample(LOCALES, rng.randint(1, 3)):
        file = at[locale] / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(localized(text, {}, locale, merged=locale == "ja-JP"), encoding="utf-8")


def add_monolingual(rng: random.Random, at: dict[str, Path]) -> None:
    for locale in rng.sample((*LOCALES, "en-US"), rng.randint(1, 4)):
        folder = at["nl-NL"].parent / locale
        folder.mkdir(exist_ok=True)
        text = f"# Alone {rng.randrange(3)}\n\n## Part {{#a}}\n\nSaid in {locale}.\n"
        (folder / "alone.md").write_text(text, encoding="utf-8")


def change_target(rng: random.Random, at: dict[str, Path]) -> None:
    file = rng.choice(_articles(at[rng.choice(LOCALES)]))
    file.write_text(
        file.read_text(encoding="utf-8").replace("»", f" {rng.randrange(99)}»", 1), encoding="utf-8"
    )


def change_source(rng: random.Random, at: dict[str, Path]) -> None:
    name, template = rng.choice(list(TEMPLATES.items()))
    changed = template.replace("lid", f"lid {rng.randrange(3)}").replace(
        "client", f"client {rng.randrange(3)}"
    )
    for locale in rng.sample(LOCALES, rng.randint(1, 3)):
        file = at[locale] / f"{name}.md"
        if file.exists():
            text = localized(changed, DUTCH if locale == "nl-NL" else {}, locale, merged=locale == "ja-JP")
            file.write_text(text, encoding="utf-8")


def change_keeping_size_and_time(rng: random.Random, at: dict[str, Path]) -> None:
    file = rng.choice(_articles(at[rng.choice(LOCALES)]))
    before = file.stat()
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("a", "o", 1), encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def move(rng: random.Random, at: dict[str, Path]) -> None:
    file = rng.choice(_articles(at[rng.choice(LOCALES)]))
    file.rename(file.with_name(f"moved-{rng.randrange(1000)}.md"))


def delete(rng: random.Random, at: dict[str, Path]) -> None:
    files = _articles(at[rng.choice(LOCALES)])
    if len(files) > 1:
        rng.choice(files).unlink()


def nearly_repeat(rng: random.Random, at: dict[str, Path]) -> None:
    folder = at[rng.choice(LOCALES)]
    source = rng.choice(_articles(folder))
    (folder / f"again-{rng.randrange(3)}.md").write_text(source.read_text(encoding="utf-8"), encoding="utf-8")


EDITS: tuple[Edit, ...] = (
    add, add_monolingual, change_target, change_source, change_keeping_size_and_time, move, delete, nearly_repeat,
)  # fmt: skip


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that a test has just written are remembered as read: between two edits there is a build."""
    monkeypatch.setattr(seenfiles, "_SETTLED_NS", 0)


def edit_and_compare(shop: Workshop, locales: dict[str, Path], seed: int, rounds: int) -> None:
    rng = random.Random(seed)
    root = locales["nl-NL"].parent
    shop.index(root)
    for _ in range(rounds):
        for edit in rng.choices(EDITS, k=rng.randint(1, 3)):
            edit(rng, locales)
        sources = sorted(path for path in root.iterdir() if any(path.rglob("*.md")))
        rng.shuffle(sources)
        shop.index(*sources, allow_shrink=True)
    same(shop, *sorted(sources))


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("seed", range(3))
def test_edits_give_what_a_fresh_build_gives(shop: Workshop, locales: dict[str, Path], seed: int) -> None:
    edit_and_compare(shop, locales, seed, rounds=4)


@pytest.mark.suite
@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("seed", range(100, 112))
def test_more_edits_give_what_a_fresh_build_gives(
    shop: Workshop, locales: dict[str, Path], seed: int
) -> None:
    edit_and_compare(shop, locales, seed, rounds=6)
