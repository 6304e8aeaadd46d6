"""A generation opened: what does not fit is damage, one that is removed meanwhile is followed."""

from pathlib import Path

import numpy as np
import pytest
from damage import claim
from smallkb import DUTCH, Workshop, workshop, write_locale

from kb import embedded
from kb.embedded import Generation
from kb.errors import IndexDamaged, NotFound
from kb.generation import current_id, open_manifest
from kb.retention import write_keep


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    made = workshop(tmp_path, monkeypatch)
    made.index(write_locale(tmp_path, "nl-NL", DUTCH))
    return made


def test_a_generation_knows_its_articles_and_the_means_of_its_languages(shop: Workshop) -> None:
    generation = Generation(shop.home)
    collection = generation.collection("default")
    assert generation.installed() == ["en-US", "nl-NL"]
    assert (
        collection.locales_of("vpn/tunnel-drops") == ["en-US", "nl-NL"] and collection.locales_of("x") == []
    )
    dutch, english = (collection.question_mean(locale) for locale in ("nl-NL", "en-US"))
    assert not np.array_equal(dutch, english)
    for unknown in ("fi-FI", None):
        np.testing.assert_allclose(collection.question_mean(unknown), (dutch + english) / 2)
    with pytest.raises(NotFound, match="no collection 'x' here; there are default"):
        generation.collection("x")
    generation.close()


@pytest.mark.parametrize(
    "file",
    [
        "means.npz",
        "source.view",
        "passages.sqlite",
        "nl-NL/articles.sqlite",
        "nl-NL/lexical/lexical.json",
        "en-US/lexical/counts.npy",
    ],
)
def test_damage_of_the_right_length_is_told_when_it_is_opened(shop: Workshop, file: str) -> None:
    damaged = open_manifest(shop.home)[0] / "default" / file
    damaged.write_bytes(b"\x5a" * damaged.stat().st_size)
    with pytest.raises(IndexDamaged, match=Path(file).parts[0] if "lexical" in file else Path(file).name):
        Generation(shop.home)


def test_files_that_do_not_belong_together_are_damage(shop: Workshop, tmp_path: Path) -> None:
    folder = open_manifest(shop.home)[0] / "default"
    other = Workshop(tmp_path / "other")
    (shop.root / "nl-NL" / "more.md").write_text("# Meer\n\nNog iets.\n", encoding="utf-8")
    other.index(shop.root / "nl-NL")
    there = open_manifest(other.home)[0] / "default"
    for file, told in (("source.view", "rows for"), ("passages.sqlite", "rows for")):
        kept = (folder / file).read_bytes()
        (folder / file).write_bytes((there / file).read_bytes())
        with pytest.raises(IndexDamaged, match=r"missing or not|SHA-256 differs"):
            Generation(shop.home)
        claim(shop.home, f"default/{file}")
        with pytest.raises(IndexDamaged, match=told):
            Generation(shop.home)
        (folder / file).write_bytes(kept)
        claim(shop.home, f"default/{file}")
    assert Generation(shop.home).installed() == ["en-US", "nl-NL"]


def test_a_generation_removed_while_it_is_opened_is_followed_by_the_next(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two builds publish between reading the manifest and holding the generation."""
    write_keep(shop.home, 0)
    read = embedded.read_manifest
    builds = iter([True])

    def slow(home: Path, generation: str) -> object:
        folder_and_manifest = read(home, generation)
        if next(builds, False):
            for _ in range(2):
                shop.index_changed(shop.root / "nl-NL")
            assert not folder_and_manifest[0].exists()
        return folder_and_manifest

    monkeypatch.setattr(embedded, "read_manifest", slow)
    generation = Generation(shop.home)
    assert generation.id == current_id(shop.home)
    generation.close()
