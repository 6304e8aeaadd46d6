"""Further views of an index that serves: published one by one, taken up again, made anew after a build."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from smallkb import DUTCH, TEMPLATES, Hashing, Workshop, workshop, write_locale

from indexer import build as building
from indexer import deepen as deepening
from indexer.deepen import deepen
from indexer.report import Quiet
from indexer.targets import centroid_rows
from kb.checked import checksum
from kb.embedded import Generation
from kb.errors import IndexMissing, InputError
from kb.generation import current_id, manifest_text, open_manifest
from kb.hit import SearchRequest

GERMAN = {source: f"Deutsch: {source}" for source in DUTCH}
VIEWS = ["default/de-DE", "default/nl-NL", "default/centroid"]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    made = workshop(tmp_path, monkeypatch)
    monkeypatch.setattr(deepening, "resolve", lambda model, _cache: Path(model or made.fingerprint))
    monkeypatch.setattr(deepening, "LazyEncoder", lambda folder: Hashing(folder, folder.name))
    made.index(write_locale(tmp_path, "de-DE", GERMAN), write_locale(tmp_path, "nl-NL", DUTCH))
    return made


class Notes(Quiet):
    """Progress that remembers what was published, and calls back."""

    def __init__(self, then: Callable[[str], object] = str) -> None:
        self.then = then
        self.told: list[str] = []

    def note(self, message: str) -> None:
        self.told.append(message)
        self.then(message)


def run(shop: Workshop, *, model: str | None = None, progress: Any = None) -> list[str]:
    return deepen(shop.home, model=model, cache=shop.root / "cache", progress=progress or Quiet())


def views(shop: Workshop) -> list[str]:
    return [name for name in open_manifest(shop.home)[1].files if name.endswith(".view")]


def test_views_are_published_one_by_one_the_centroid_last(shop: Workshop) -> None:
    seen: list[tuple[str | None, int]] = []
    progress = Notes(lambda _message: seen.append((current_id(shop.home), len(views(shop)))))
    assert run(shop, progress=progress) == VIEWS
    assert progress.told == [f"published: {name}" for name in VIEWS]
    assert [count for _, count in seen] == [2, 3, 4] and len({found for found, _ in seen}) == 3
    assert run(shop) == []


def test_what_was_there_is_linked_and_the_manifest_knows_every_file(shop: Workshop) -> None:
    before = open_manifest(shop.home)[1].files
    run(shop)
    folder, manifest = open_manifest(shop.home)
    assert before.items() <= manifest.files.items()
    assert manifest.files == {name: checksum(folder / name) for name in manifest.files}
    assert (folder / "default" / "source.view").stat().st_nlink > 1


def test_an_interrupted_run_goes_on_where_it_stopped(shop: Workshop) -> None:
    def interrupt(_message: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(shop, progress=Notes(interrupt))
    assert views(shop) == ["default/de-DE/target.view", "default/source.view"]
    assert run(shop) == VIEWS[1:]


def test_what_a_killed_run_has_left_is_swept_though_no_view_is_lacking(shop: Workshop) -> None:
    assert run(shop) == VIEWS
    for name in ("removing-g1", "building-x"):
        (shop.home / name / "default").mkdir(parents=True)
    assert run(shop) == []
    assert list(shop.home.glob("*ing-*")) == []


def test_the_old_generation_serves_until_the_new_one_is_whole(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = shop.tree()

    def full(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(deepening, "write_view", full)
    with pytest.raises(KeyboardInterrupt):
        run(shop)
    assert shop.tree() == before


def test_a_reader_keeps_its_generation_and_then_takes_the_new_one(shop: Workshop) -> None:
    knowledge = shop.open()
    request = SearchRequest("papier loopt vast", lang="nl")
    assert knowledge.search(request).views == ["source"]
    run(shop)
    assert knowledge.search(request).views == ["source"]
    assert knowledge.refresh()
    assert knowledge.search(request).views == ["nl-NL", "source"]
    knowledge.close()


def test_a_rebuilt_collection_gets_its_views_back_from_the_cache(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(shop)
    folder = open_manifest(shop.home)[0]
    before = {name: (folder / name).read_bytes() for name in views(shop)}
    shop.index(shop.root / "nl-NL")
    assert len(views(shop)) == 4, "what is as it was keeps its views"
    monkeypatch.setattr(building, "program_stamp", lambda: "another program")
    shop.index(shop.root / "nl-NL")
    assert views(shop) == ["default/source.view"]
    encoder = Hashing(fingerprint=shop.fingerprint)
    monkeypatch.setattr(deepening, "LazyEncoder", lambda _folder: encoder)
    assert run(shop) == VIEWS
    assert encoder.encoded == 0
    folder = open_manifest(shop.home)[0]
    assert {name: (folder / name).read_bytes() for name in views(shop)} == before


def test_another_collection_keeps_its_views_and_gets_what_it_lacks(shop: Workshop) -> None:
    run(shop)
    shop.index(shop.root / "nl-NL", collection="other")
    assert [name for name in views(shop) if "other" not in name] == [
        "default/centroid.view",
        "default/de-DE/target.view",
        "default/nl-NL/target.view",
        "default/source.view",
    ]
    assert run(shop) == ["other/nl-NL", "other/centroid"]


def test_a_view_embeds_what_the_locale_says(shop: Workshop) -> None:
    run(shop)
    generation = Generation(shop.home)
    store = generation.collections["default"].locales["nl-NL"]
    assert store.target is not None and store.target.rows == len(store.rows) >= len(TEMPLATES)
    rows = store.target.all()
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=2e-3)
    generation.close()


def test_the_centroid_is_the_unit_mean_of_each_row_s_views(shop: Workshop) -> None:
    (shop.root / "de-DE" / "mail" / "mailbox-full.md").unlink()
    shop.index(shop.root / "de-DE", allow_shrink=True)
    run(shop)
    generation = Generation(shop.home)
    collection = generation.collections["default"]
    expected = []
    for row, vector in enumerate(collection.source.all().astype(np.float64)):
        for store in collection.locales.values():
            if store.target is not None and row in store.rows:
                vector = vector + store.target.all()[store.rows.tolist().index(row)]
        expected.append(vector / np.linalg.norm(vector))
    views = [(s.target_rows, s.target.all()) for s in collection.locales.values() if s.target is not None]
    assert np.allclose(centroid_rows(collection.source.all(), views), expected, atol=1e-6)
    assert collection.centroid is not None
    assert np.allclose(collection.centroid.all(), expected, atol=1e-3)
    generation.close()


def test_only_the_model_of_the_index_can_deepen_it(shop: Workshop) -> None:
    before = shop.tree()
    with pytest.raises(InputError, match="was made with the model hashing; give it with --model"):
        run(shop, model="other")
    assert shop.tree() == before


def test_nothing_indexed_is_nothing_to_deepen(shop: Workshop) -> None:
    with pytest.raises(IndexMissing, match="kb index"):
        deepen(shop.root / "empty", model=None, cache=shop.root / "cache", progress=Quiet())


def test_an_index_of_the_source_alone_needs_no_further_views(tmp_path: Path, shop: Workshop) -> None:
    alone = Workshop(tmp_path / "alone")
    (tmp_path / "en-US").mkdir()
    (tmp_path / "en-US" / "mouse.md").write_text("# Mouse\n\nCharge it.\n", encoding="utf-8")
    alone.index(tmp_path / "en-US")
    assert run(alone) == []
    assert shop.home != alone.home


def test_a_locales_own_tokens_come_with_its_view(shop: Workshop) -> None:
    run(shop)
    generation = Generation(shop.home)
    collection = generation.collection("default")
    for locale in ("de-DE", "nl-NL"):
        store = collection.locales[locale]
        assert store.tokens is not None and store.tokens.rows == len(store.rows) == store.target.rows
    assert collection.locales["en-US"].tokens is None
    generation.close()


def test_an_index_deepened_without_tokens_gets_them(shop: Workshop) -> None:
    """As homes have it that were deepened before translations had tokens."""
    run(shop)
    folder, manifest = open_manifest(shop.home)
    lost = {name for name in manifest.files if name.startswith("default/nl-NL/tokens/")}
    for name in lost:
        (folder / name).unlink()
    (folder / "default" / "nl-NL" / "tokens").rmdir()
    kept = {name: said for name, said in manifest.files.items() if name not in lost}
    (folder / "manifest.json").write_text(manifest_text(replace(manifest, files=kept)), encoding="utf-8")
    assert run(shop) == ["default/nl-NL", "default/centroid"]
    assert lost <= open_manifest(shop.home)[1].files.keys()
