"""Verification: clean for whatever was built, a finding for whatever is wrong; single flipped bits are never served."""

import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from damage import claim, flipped, rewrite, truncated
from smallkb import DUTCH, Hashing, Workshop, workshop, write_locale

from indexer import deepen as deepening
from indexer.deepen import deepen
from indexer.report import Quiet
from kb.errors import IndexDamaged, IndexMissing
from kb.generation import Manifest, read_manifest
from kb.hit import SearchRequest
from kb.lookup import LookupRequest
from kb.packed import pack, unpack
from kb.vectors import View, write_view
from kb.verify import Verification, verify

QUESTIONS = (
    ("the paper jams in the printer", "nl-NL"),
    ("de tunnel valt weg", None),
    ("0x80072EE7", "de-DE"),
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with a home that has every view there is, and one with a second collection as well."""
    root = tmp_path_factory.mktemp("built")
    with pytest.MonkeyPatch.context() as patch:
        made = workshop(root, patch)
        patch.setattr(deepening, "resolve", lambda _model, _cache: Path("hashing"))
        patch.setattr(deepening, "LazyEncoder", lambda _folder: Hashing())
        dutch = write_locale(root, "nl-NL", DUTCH)
        german = write_locale(root, "de-DE", {source: f"Deutsch: {source}" for source in DUTCH})
        made.index(dutch, german)
        deepen(made.home, model=None, cache=root / "cache", progress=Quiet())
        shutil.copytree(made.home, root / "one")
        made.index(dutch, collection="printers")
    return root


@pytest.fixture
def shop(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    shutil.copytree(built / "one", tmp_path / "home")
    return workshop(tmp_path, monkeypatch)


@pytest.fixture
def two(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """Two collections."""
    shutil.copytree(built / "home", tmp_path / "home")
    return workshop(tmp_path, monkeypatch)


def folder(shop: Workshop) -> Path:
    return read_manifest(shop.home)[0]


def problems(told: Verification) -> list[str]:
    """Each finding's file below the generation, and what is wrong."""
    return [f"{Path(f.file).name}: {f.problem}" for f in told.findings]


def said(shop: Workshop) -> dict[str, Any]:
    """Answers of every kind."""
    knowledge = shop.open()
    try:
        asked = [knowledge.ask(question, locale=locale) for question, locale in QUESTIONS]
        found = [knowledge.search(SearchRequest(question, locale=locale)) for question, locale in QUESTIONS]
        return {
            "ask": [replace(answer, took_ms=0.0) for answer in asked],
            "search": [replace(result, took_ms=0.0) for result in found],
            "article": knowledge.article("printing/paper-jam", locale="nl-NL"),
            "lookup": knowledge.lookup(LookupRequest("Close the lid.", "en-US")).matches,
            "suggest": knowledge.suggest("het p", locale="nl-NL").suggestions,
            "info": {k: v for k, v in knowledge.info().items() if k != "earlier"},
        }
    finally:
        knowledge.close()


# --- what is whole


def test_what_was_built_is_whole_and_everything_was_looked_at(two: Workshop) -> None:
    told = verify(two.home)
    manifest = read_manifest(two.home)[1]
    assert told.findings == [] and told.generation == manifest.id
    locales = [e for c in manifest.collections.values() for e in c.locales.values()]
    assert told.checked["files"] == len(manifest.files)
    assert told.checked["articles"] == sum(e.articles for e in locales)
    assert told.checked["citations"] == told.checked["lexical rows"] == sum(e.passages for e in locales)
    views = [name for name in manifest.files if name.endswith(".view")]
    assert len(views) == 2 + 2 + 1  # two source views, two languages' own, a centroid
    assert told.checked["vectors"] == sum(View(folder(two) / name).rows for name in views)
    assert told.checked["token vectors"] > told.checked["vectors"]
    assert told.checked["probes"] > 0


def test_a_home_without_an_index_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="nothing is indexed"):
        verify(tmp_path)


def test_a_single_passage_whose_vector_centring_takes_away_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = workshop(tmp_path, monkeypatch)
    (tmp_path / "nl-NL").mkdir()
    (tmp_path / "nl-NL" / "one.md").write_text("# Muis\n\nLaad de muis op.\n", encoding="utf-8")
    made.index(tmp_path / "nl-NL")
    assert verify(made.home).findings == []


# --- damage that checksums tell


def test_a_finding_names_the_file_and_what_to_run(two: Workshop) -> None:
    (folder(two) / "default" / "stray").write_bytes(b"x")
    file = folder(two) / "printers" / "source.view"
    file.write_bytes(b"")
    told = verify(two.home)
    assert [Path(f.file).name for f in told.findings] == ["stray", "source.view"]
    assert told.findings[0].problem == "is not in the manifest"
    assert told.findings[1].file == str(file) and "is missing or not" in told.findings[1].problem
    for finding in told.findings:
        assert "`kb restore FILE`, or go back to" in finding.run and "`kb index SRC" in finding.run
        assert "\n" not in str(finding)


def test_a_collection_without_damage_is_looked_into_all_the_same(two: Workshop) -> None:
    (folder(two) / "default" / "means.npz").write_bytes(b"")
    assert verify(two.home).checked["citations"] == sum(
        e.passages for e in read_manifest(two.home)[1].collections["printers"].locales.values()
    )


@pytest.mark.parametrize("content", [b"", b"\xff\n", b"../x\n", b"g0\n"])
def test_a_damaged_pointer_is_a_finding(shop: Workshop, content: bytes) -> None:
    (shop.home / "current").write_bytes(content)
    found = verify(shop.home).findings
    assert len(found) == 1 and "`kb rollback`" in found[0].run


def test_an_earlier_generation_that_is_gone_is_a_finding(shop: Workshop) -> None:
    with (shop.home / "current").open("a", encoding="ascii") as pointer:
        pointer.write("g0\n")
    assert problems(verify(shop.home)) == ["current: names 'g0' to go back to, which is not there"]


def test_a_damaged_manifest_is_a_finding(shop: Workshop) -> None:
    (folder(shop) / "manifest.json").write_text("{", encoding="utf-8")
    told = verify(shop.home)
    assert len(told.findings) == 1 and told.findings[0].file.endswith("manifest.json")


# --- what no checksum tells: faults of the program that built it


def sql(file: str, *statements: str) -> Callable[[Path], None]:
    def run(root: Path) -> None:
        with closing(sqlite3.connect(root / file, isolation_level=None)) as db:
            for statement in statements:
                db.execute(statement)

    return run


def body(file: str, change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def run(root: Path) -> None:
        with closing(sqlite3.connect(root / file, isolation_level=None)) as db:
            found = unpack(
                db.execute("SELECT body FROM articles WHERE path = 'vpn/tunnel-drops'").fetchone()[0]
            )
            change(found)
            db.execute("UPDATE articles SET body = ? WHERE path = 'vpn/tunnel-drops'", (pack(found),))

    return run


def rows(file: str, change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Path], None]:
    return lambda root: write_view(root / file, change(View(root / file).all()))


def array(file: str, change: Callable[[np.ndarray], object]) -> Callable[[Path], None]:
    def run(root: Path) -> None:
        values = np.load(root / file)
        change(values)
        np.save(root / file, values)

    return run


def archive(file: str, change: Callable[[dict[str, np.ndarray]], object]) -> Callable[[Path], None]:
    def run(root: Path) -> None:
        with np.load(root / file) as found:
            values = {name: found[name] for name in found.files}
        change(values)
        np.savez(root / file, **values)

    return run


def poisoned(vectors: np.ndarray, value: float) -> np.ndarray:
    vectors[1] = value
    return vectors


NL = "default/nl-NL/articles.sqlite"
WRONG: list[tuple[str, Callable[[Path], None], str]] = [
    (NL, sql(NL, "UPDATE passages SET stop = 999 WHERE row = 2"), " is segments "),
    (NL, sql(NL, "UPDATE passages SET start = stop + 1 WHERE row = 2"), " is segments "),
    (NL, sql(NL, "UPDATE passages SET number = 77 WHERE row = 2"), "#77 is not in the collection's passages"),
    (NL, sql(NL, "DELETE FROM passages WHERE row = 2"), "passages, the manifest says"),
    (NL, sql(NL, "DELETE FROM articles WHERE path = 'vpn/tunnel-drops'"), "but not the article"),
    (NL, sql(NL, "UPDATE articles SET lines_locale = 'fr-FR'"), "counted in fr-FR, which is not there"),
    (NL, sql(NL, "UPDATE articles SET offsets = x'00000000'"), "0 offsets for "),
    (NL, sql(NL, "UPDATE articles SET units = units + 1"), "units that it is said to have"),
    (NL, sql(NL, "UPDATE articles SET translation = 'HT'"), "kinds of translation, the manifest says"),
    (NL, sql(NL, "UPDATE articles SET body = x'00'"), "can't be read"),
    (NL, body(NL, lambda b: b["blocks"][1].update(lines=[3, 2])), "block 1 is on lines 3 to 2"),
    (NL, body(NL, lambda b: b["blocks"][1].update(lines=[0, 2])), "block 1 is on lines 0 to 2"),
    (NL, body(NL, lambda b: b["blocks"][1].update(parent=5)), "block 1 is below block 5"),
    (NL, body(NL, lambda b: b.pop("blocks")), "missing required field `blocks`"),
    (NL, body(NL, lambda b: b["blocks"].pop()), " offsets for "),
    ("default/nl-NL/units.sqlite", sql("default/nl-NL/units.sqlite", "DELETE FROM articles"), "has no units"),
    ("default/nl-NL/browse.sqlite", sql("default/nl-NL/browse.sqlite", "DELETE FROM articles"), "is of 0 "),
    ("default/passages.sqlite", sql("default/passages.sqlite", "UPDATE passages SET copy_of = 99"), "repeat"),
    ("default/passages.sqlite", sql("default/passages.sqlite", "DELETE FROM bodies"), "has no digest of "),
    (
        "default/passages.sqlite",
        sql("default/passages.sqlite", "INSERT INTO passages "
            "SELECT row + 99, path, number + 99, 1, 0, 'target', '', '', 0 FROM passages WHERE row = 0"),
        "is in no locale",
    ),
    ("default/source.view", rows("default/source.view", lambda v: v[:-1]), "rows for"),
    ("default/source.view", rows("default/source.view", lambda v: poisoned(v, np.nan)), "row 1 has length nan"),
    ("default/centroid.view", rows("default/centroid.view", lambda v: poisoned(v, 9.0)), "row 1 has length"),
    ("default/nl-NL/target.view", rows("default/nl-NL/target.view", lambda v: v[:2]), "has 2 rows for"),
    ("default/tokens/scales.npy", array("default/tokens/scales.npy", lambda a: a.fill(np.nan)), "has length nan"),
    ("default/tokens/codes.npy", array("default/tokens/codes.npy", lambda a: a.fill(0)), "has length"),
    ("default/tokens/starts.npy", array("default/tokens/starts.npy", lambda a: a.put(1, -1)), "belong together"),
    (
        "default/nl-NL/lexical/rows.npy",
        array("default/nl-NL/lexical/rows.npy", lambda a: a.fill(200)),
        "has postings of row 200",
    ),
    (
        "default/nl-NL/lexical/counts.npy",
        array("default/nl-NL/lexical/counts.npy", lambda a: a.put(0, 99)),
        "another number of tokens",
    ),
    (
        "default/nl-NL/lexical/terms.npy",
        array("default/nl-NL/lexical/terms.npy", lambda a: a.sort(axis=0) or a.put(0, a[-1])),
        "tokens that are out of order",
    ),
    (
        "default/nl-NL/glosses.npz",
        archive("default/nl-NL/glosses.npz", lambda arrays: arrays["places"].fill(99_999)),
        "words that are not all named",
    ),
    (
        "default/nl-NL/lexical/lexical.json",
        lambda root: (root / "default/nl-NL/lexical/lexical.json").write_text(
            json.dumps(json.loads((root / "default/nl-NL/lexical/lexical.json").read_text()) | {"rows": 1})
        ) and None,
        "has words of 1 passages",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("file", "harm", "told"), WRONG, ids=[f"{Path(f).name}: {t}" for f, _, t in WRONG])
def test_what_agrees_with_its_checksum_and_is_wrong_is_found(
    shop: Workshop, file: str, harm: Callable[[Path], None], told: str
) -> None:
    # a copy takes the file's place, or the earlier generations' would change with it
    place = folder(shop) / file
    content = place.read_bytes()
    place.unlink()
    place.write_bytes(content)
    harm(folder(shop))
    claim(shop.home, file)
    assert any(told in problem for problem in problems(verify(shop.home))), problems(verify(shop.home))


def test_words_that_are_another_locales_are_found_by_their_titles(shop: Workshop) -> None:
    """Everything adds up, but no title finds its article any more."""
    for file in sorted((folder(shop) / "default/nl-NL/lexical").rglob("*")):
        name = file.relative_to(folder(shop)).as_posix()
        if file.is_file() and file.name == "terms.npy":
            turned = np.load(file)
            np.save(file, turned ^ np.uint64(1))  # every token has another key now
            claim(shop.home, name)
    assert problems(verify(shop.home))


@pytest.mark.parametrize(
    "change",
    [
        lambda m: replace(m, collections={k: replace(c, passages=1) for k, c in m.collections.items()}),
        lambda m: replace(
            m,
            collections={
                k: replace(c, locales={n: replace(e, units=0) for n, e in c.locales.items()})
                for k, c in m.collections.items()
            },
        ),
        lambda m: replace(
            m,
            collections={
                k: replace(c, locales={n: replace(e, articles=9) for n, e in c.locales.items()})
                for k, c in m.collections.items()
            },
        ),
    ],
)
def test_counts_that_the_manifest_has_wrong_are_found(
    shop: Workshop, change: Callable[[Manifest], Manifest]
) -> None:
    rewrite(shop.home, change)
    assert all("the manifest says" in problem for problem in problems(verify(shop.home)))
    assert problems(verify(shop.home))


def test_whatever_file_is_cut_short_is_found_and_refused(shop: Workshop) -> None:
    files = [file for file in sorted(folder(shop).rglob("*")) if file.is_file() and file.stat().st_size]
    before = said(shop)
    for file in files:
        size = file.stat().st_size
        for left in {0, size // 2, size - 1}:
            with truncated(file, left):
                assert file.name in str(verify(shop.home).findings), (file, left)
                with pytest.raises(IndexDamaged):
                    shop.open()
    assert said(shop) == before


# --- flipped bits


FLIPS = 1000
SLICES = 10


def flip_bits(shop: Workshop, tries: range, seed: int) -> dict[str, int]:
    """Flips single bits, the same number in each file; each must be found, and none served but for what was said.

    tries: their numbers, by which each takes the file after the one before."""
    dice = random.Random(seed)
    before = said(shop)
    root = folder(shop)
    files = [p for p in sorted(root.rglob("*")) if p.is_file() and p.stat().st_size] + [shop.home / "current"]
    told = {"refused": 0, "harmless": 0}
    for n in tries:
        with flipped(files[n % len(files)], dice) as where:
            assert verify(shop.home).findings, where
            try:
                assert said(shop) == before, f"served: {where}"
                told["harmless"] += 1
            except IndexDamaged as error:
                assert "`kb " in str(error), where
                told["refused"] += 1
    assert verify(shop.home).findings == [] and said(shop) == before
    print(f"{len(tries)} single bits flipped in {len(files)} files: {told}")
    return told


def test_a_flipped_bit_is_found_and_never_served(shop: Workshop) -> None:
    told = flip_bits(shop, range(60), seed=1)
    assert told["refused"] >= 58  # a pointer's line feed may turn into another blank


@pytest.mark.long
@pytest.mark.parametrize("number", range(SLICES))
def test_of_a_thousand_flipped_bits_all_are_found_and_none_is_served(shop: Workshop, number: int) -> None:
    size = FLIPS // SLICES
    told = flip_bits(shop, range(number * size, (number + 1) * size), seed=2 + number)
    assert sum(told.values()) == size and told["harmless"] < 10
