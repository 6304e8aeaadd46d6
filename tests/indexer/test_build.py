"""The recipe: what a run replaces, what stays, what is refused, and that no order changes anything."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from damage import claim
from smallkb import DUTCH, PAPER, TEMPLATES, Hashing, Workshop, localized, workshop, write_locale

from indexer import build as building
from indexer.report import BuildReport
from kb.embedded import Generation
from kb.encoded import Encoded
from kb.errors import IndexDamaged, InputError
from kb.generation import current_id, open_manifest
from kb.hit import SearchRequest
from kb.vectors import centre

TOKEN_FILES = ("codes", "scales", "starts")
QUESTIONS = ("paper is stuck in the printer", "de tunnel valt weg", "0x80072EE7", "full mailbox", "red light")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    return workshop(tmp_path, monkeypatch)


def three_locales(root: Path) -> dict[str, Path]:
    return {
        "nl-NL": write_locale(root, "nl-NL", DUTCH),
        "de-DE": write_locale(root, "de-DE", {}),
        "ja-JP": write_locale(root, "ja-JP", {}, merged=True),
    }


@pytest.fixture
def locales(tmp_path: Path) -> dict[str, Path]:
    return three_locales(tmp_path / "src")


def vectors_of(shop: Workshop) -> dict[str, bytes]:
    """The files of a collection that are made of embeddings, its locales' own aside."""
    folder = open_manifest(shop.home)[0] / "default"
    files = [folder / "source.view", folder / "means.npz", *(folder / "tokens").iterdir()]
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def articles(shop: Workshop, collection: str = "default") -> dict[str, int]:
    entry = open_manifest(shop.home)[1].collections[collection]
    return {locale: found.articles for locale, found in entry.locales.items()}


def runs(shop: Workshop, collection: str) -> list[list[tuple[str, str, float]]]:
    """What readers of several languages find: (passage, text, score) of each hit."""
    knowledge = shop.open()
    found = [
        knowledge.search(SearchRequest(q, collection=collection, lang=lang)).hits
        for q in QUESTIONS
        for lang in ("en", "nl", "ja")
    ]
    knowledge.close()
    return [[(hit.passage, hit.text, hit.score) for hit in hits] for hits in found]


def first(shop: Workshop, question: str, **request: Any) -> str:
    knowledge = shop.open()
    hits = knowledge.search(SearchRequest(question, **request)).hits
    knowledge.close()
    return hits[0].article


# --- counts


def test_files_are_indexed_excluded_or_skipped(shop: Workshop, locales: dict[str, Path]) -> None:
    root = locales["nl-NL"]
    (root / "README.md").write_text("# About\n", encoding="utf-8")
    (root / "mail" / "includes").mkdir()
    (root / "mail" / "includes" / "part.md").write_text(
        localized("{A part.}\n", {}, "nl-NL"), encoding="utf-8"
    )
    (root / "empty.md").write_bytes(b"")
    (root / "latin.md").write_bytes("# Größe\n".encode("latin-1"))
    (root / "front.md").write_text("---\ntitle: [broken\n---\n# Works all the same\n", encoding="utf-8")
    report = shop.index(root)
    assert (report.files, report.indexed, report.excluded, report.excluded_units) == (8, 4, 2, 1)
    assert report.files == report.indexed + report.excluded + len(report.skipped)
    assert {Path(p.file).name: p.line for p in report.skipped} == {"empty.md": None, "latin.md": 1}
    assert [Path(w.file).name for w in report.warnings] == ["front.md"]
    assert all(p.reason for p in report.skipped + report.warnings)


def test_the_report_counts_what_the_manifest_says(shop: Workshop, locales: dict[str, Path]) -> None:
    report = shop.index(*locales.values())
    manifest = open_manifest(shop.home)[1]
    assert report.generation == manifest.id == current_id(shop.home)
    found = manifest.collections["default"]
    assert report.passages == found.passages
    assert {r.locale: (r.articles, r.passages, r.units) for r in report.locales} == {
        name: (e.articles, e.passages, e.units) for name, e in found.locales.items() if name != "en-US"
    }
    assert set(report.seconds) == {"parse", "passages", "lexical", "encode", "publish"}
    assert json.loads(json.dumps(report.to_json()))["files"] == 9


def test_progress_adds_up(shop: Workshop, locales: dict[str, Path]) -> None:
    class Counting:
        def __init__(self) -> None:
            self.stages: list[list[Any]] = []

        def stage(self, name: str, total: int | None) -> None:
            self.stages.append([name, total, 0])

        def advance(self, n: int = 1) -> None:
            self.stages[-1][2] += n

        def note(self, message: str) -> None:
            raise AssertionError(message)

    progress = Counting()
    shop.index(*locales.values(), progress=progress)
    assert [done for _, total, done in progress.stages if total is not None] == [
        total for _, total, _ in progress.stages if total is not None
    ]


# --- replacing


def test_a_run_replaces_exactly_the_locales_that_it_finds(shop: Workshop, locales: dict[str, Path]) -> None:
    shop.index(*locales.values())
    for path in ("vpn/tunnel-drops", "mail/mailbox-full"):
        (locales["nl-NL"] / f"{path}.md").unlink()
    (locales["nl-NL"] / "new.md").write_text("# Muis\n\nLaad de muis op.\n", encoding="utf-8")
    shop.index(locales["nl-NL"], allow_shrink=True)
    assert articles(shop) == {"de-DE": 3, "en-US": 3, "ja-JP": 3, "nl-NL": 2}
    assert first(shop, "laad de muis op") == "new"
    knowledge = shop.open()
    assert knowledge.article("vpn/tunnel-drops", locale="nl-NL")["locale"] == "en-US"
    assert knowledge.article("vpn/tunnel-drops")["locales"] == ["de-DE", "en-US", "ja-JP"]
    knowledge.close()


def test_other_collections_stay_and_remain_searchable(shop: Workshop, locales: dict[str, Path]) -> None:
    shop.index(locales["nl-NL"], collection="printers")
    before = runs(shop, "printers")
    shop.index(locales["de-DE"], collection="other")
    assert runs(shop, "printers") == before
    assert articles(shop, "printers") == {"en-US": 3, "nl-NL": 3}
    assert articles(shop, "other") == {"de-DE": 3, "en-US": 3}
    folder = open_manifest(shop.home)[0]
    assert (folder / "printers" / "source.view").stat().st_nlink > 1
    assert (folder / "printers" / "tokens" / "codes.npy").stat().st_nlink > 1


def test_articles_written_in_the_source_locale_stay_when_a_translation_is_replaced(
    shop: Workshop, tmp_path: Path, locales: dict[str, Path]
) -> None:
    english = tmp_path / "src" / "en-US"
    english.mkdir()
    (english / "scanner.md").write_text("# The scanner hums\n\nUnplug the scanner.\n", encoding="utf-8")
    shop.index(english, locales["nl-NL"])
    assert articles(shop) == {"en-US": 4, "nl-NL": 3}
    shop.index(locales["nl-NL"])
    assert articles(shop) == {"en-US": 4, "nl-NL": 3}
    assert first(shop, "the scanner hums, unplug it") == "scanner"


def test_what_a_locale_would_lose_must_be_meant(shop: Workshop, locales: dict[str, Path]) -> None:
    shop.index(*locales.values())
    before = shop.tree()
    (locales["de-DE"] / "mail" / "mailbox-full.md").unlink()
    told = "de-DE would fall from 3 to 2 articles in collection default; .*--allow-shrink"
    with pytest.raises(InputError, match=told):
        shop.index(locales["de-DE"])
    assert shop.tree() == before
    shop.index(locales["de-DE"], allow_shrink=True)
    assert articles(shop)["de-DE"] == 2


# --- the same knowledge base, however it was made


Recipe = Callable[[Workshop, dict[str, Path]], object]
RECIPES: dict[str, Recipe] = {
    "other order": lambda shop, at: shop.index(at["ja-JP"], at["nl-NL"], at["de-DE"]),
    "one by one": lambda shop, at: [shop.index(at[name]) for name in ("ja-JP", "nl-NL", "de-DE")],
    "twice": lambda shop, at: [shop.index(*at.values()) for _ in range(2)],
    "from their root": lambda shop, at: shop.index(at["nl-NL"].parent),
    "after another collection": lambda shop, at: [
        shop.index(at["nl-NL"], collection="other"),
        shop.index(*at.values()),
    ],
}


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> object:
    with pytest.MonkeyPatch.context() as patch:
        shop = workshop(tmp_path_factory.mktemp("straight"), patch)
        shop.index(*three_locales(shop.root / "src").values())
        found = runs(shop, "default")
    assert all(found)
    return found


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=list(RECIPES))
def test_rankings_do_not_depend_on_how_the_index_came_about(
    shop: Workshop, locales: dict[str, Path], straight: object, recipe: Recipe
) -> None:
    recipe(shop, locales)
    assert runs(shop, "default") == straight


def test_cached_embeddings_give_the_same_index(shop: Workshop, locales: dict[str, Path]) -> None:
    report = shop.index(*locales.values())
    before = vectors_of(shop)
    assert set(before) == {"source.view", "means.npz", *(f"tokens/{name}.npy" for name in TOKEN_FILES)}
    again = shop.index(*locales.values())
    assert report.embedded > 0 and again.embedded == 0
    assert vectors_of(shop) == before


def test_the_token_view_has_the_rows_of_the_source_view(
    shop: Workshop, locales: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts: dict[str, list[str]] = {"passage": [], "query": []}

    class Recording(Hashing):
        def encode_tokens(self, some: Sequence[str], kind: str) -> Encoded:
            texts[kind] += some
            return super().encode_tokens(some, kind)

    monkeypatch.setattr(building, "BorrowingEncoder", lambda folder, _home: Recording(folder, folder.name))
    shop.index(locales["nl-NL"])
    generation = Generation(shop.home)
    found = generation.collections["default"]
    every = np.arange(found.source.rows)
    assert found.tokens is not None and found.tokens.rows == len(texts["passage"]) == len(every)
    vectors, tokens = Hashing().encode_tokens(texts["passage"], "passage")
    mean = np.concatenate(tokens).mean(axis=0, dtype=np.float64)
    for vector, own in zip(centre(vectors, found.means["passage"]), tokens, strict=True):
        row = int(found.source.at(vector, every).argmax())
        scores = found.tokens.score(centre(own, mean), every)
        assert scores[row] == scores.max() > 0.95
    assert {key for key in found.means if key.startswith("tokens/")} == {"tokens/en-US", "tokens/nl-NL"}
    titles = [
        title for title in texts["query"] if title.startswith(("Het papier", "De tunnel", "Het postvak"))
    ]
    words = np.concatenate(Hashing().encode_tokens(titles, "query").tokens)
    np.testing.assert_allclose(found.token_mean("nl-NL"), words.mean(axis=0), atol=0.002)
    generation.close()


def test_titles_without_tokens_leave_the_index_searchable(
    shop: Workshop, locales: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Titleless(Hashing):
        def encode_tokens(self, some: Sequence[str], kind: str) -> Encoded:
            encoded = super().encode_tokens(some, kind)
            return Encoded(
                encoded.vectors, [t[:0] for t in encoded.tokens] if kind == "query" else encoded.tokens
            )

    monkeypatch.setattr(building, "BorrowingEncoder", lambda folder, _home: Titleless(folder, folder.name))
    shop.index(locales["nl-NL"])
    assert first(shop, "the tunnel drops") == "vpn/tunnel-drops"


@pytest.mark.parametrize("name", TOKEN_FILES)
def test_a_damaged_token_view_is_told_when_it_is_opened(
    shop: Workshop, locales: dict[str, Path], name: str
) -> None:
    shop.index(locales["nl-NL"])
    file = open_manifest(shop.home)[0] / "default" / "tokens" / f"{name}.npy"
    file.write_bytes(b"\x5a" * file.stat().st_size)
    claim(shop.home, f"default/tokens/{name}.npy")
    with pytest.raises(IndexDamaged, match=r"tokens is no readable token view .*kb index"):
        Generation(shop.home)


def test_a_token_view_of_other_passages_is_damage(shop: Workshop, locales: dict[str, Path]) -> None:
    shop.index(locales["nl-NL"])
    file = open_manifest(shop.home)[0] / "default" / "tokens" / "starts.npy"
    starts = np.load(file)
    starts[-2] = starts[-1]
    np.save(file, starts)
    count = str(len(starts))
    shorter = str(len(starts) - 1).rjust(len(count))  # of the same size: the last number is then left over
    file.write_bytes(file.read_bytes().replace(f"({count},)".encode(), f"({shorter},)".encode()))
    claim(shop.home, "default/tokens/starts.npy")
    rows = len(starts) - 1
    with pytest.raises(IndexDamaged, match=f"tokens has {rows - 1} rows for {rows} passages"):
        Generation(shop.home)


# --- refused


@pytest.mark.parametrize("name", ["", "..", "a/b", "/etc", "manifest.json", "a" * 65, "a\0"])
def test_a_collection_is_named_so_that_it_is_a_folder(shop: Workshop, tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"collection .* expected a name"):
        shop.index(tmp_path, collection=name)
    assert not shop.home.exists()


def test_nothing_to_index_leaves_what_was_there(shop: Workshop, locales: dict[str, Path]) -> None:
    shop.index(locales["nl-NL"])
    before = shop.tree()
    only = shop.root / "only"
    only.mkdir()
    (only / "empty.md").write_bytes(b"")
    with pytest.raises(InputError, match=r"no article could be indexed from .*empty\.md: empty"):
        shop.index(only, locale="nl-NL")
    (only / "empty.md").rename(only / "README.md")
    (only / "README.md").write_text("# About\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"no articles found in .*only: 1 files excluded"):
        shop.index(only, locale="nl-NL")
    with pytest.raises(InputError, match="found nothing there"):
        shop.index(shop.root / "nowhere")
    assert shop.tree() == before


def test_a_home_has_one_model(shop: Workshop, locales: dict[str, Path]) -> None:
    shop.index(locales["nl-NL"], collection="printers")
    with pytest.raises(InputError, match=r"collection printers was indexed with the model hashing, .*other"):
        shop.index(locales["nl-NL"], model="other")
    shop.index(locales["nl-NL"], collection="printers", model="other")
    shop.fingerprint = "other"
    assert first(shop, "paper") == "printing/paper-jam"


# --- what served before is damaged


@pytest.fixture
def damaged(shop: Workshop, locales: dict[str, Path]) -> Iterator[tuple[Workshop, dict[str, Path], Path]]:
    shop.index(*locales.values())
    shop.index(locales["nl-NL"], collection="printers")
    yield shop, locales, open_manifest(shop.home)[0]


Damaged = tuple[Workshop, dict[str, Path], Path]


@pytest.mark.parametrize(
    "file", ["default/de-DE/articles.sqlite", "printers/source.view", "printers/tokens/codes.npy"]
)
def test_damage_is_not_carried_over(damaged: Damaged, file: str) -> None:
    shop, locales, folder = damaged
    content = bytearray((folder / file).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / file).write_bytes(content)
    kept = "de-DE" if "de-DE" in file else "collection printers"
    with pytest.raises(
        IndexDamaged,
        match=rf"{file} is not what its .* differs\), so {kept} can't be kept",
    ):
        shop.index(locales["nl-NL"])
    report = shop.index(locales["nl-NL"], allow_shrink=True)
    assert report.indexed == 3
    assert ("de-DE" in articles(shop)) == (kept != "de-DE")
    assert set(open_manifest(shop.home)[1].collections) == (
        {"default"} | ({"printers"} if kept == "de-DE" else set())
    )


def test_damage_of_what_is_replaced_harms_nobody(damaged: Damaged) -> None:
    shop, locales, folder = damaged
    (folder / "default" / "nl-NL" / "articles.sqlite").write_bytes(b"")
    (folder / "default" / "source.view").unlink()
    shop.index(locales["nl-NL"])
    assert articles(shop) == {"de-DE": 3, "en-US": 3, "ja-JP": 3, "nl-NL": 3}


def test_without_a_readable_manifest_a_build_begins_anew_when_told_to(damaged: Damaged) -> None:
    shop, locales, folder = damaged
    (folder / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(IndexDamaged, match=r"manifest\.json can't be read .*--allow-shrink"):
        shop.index(*locales.values())
    shop.index(*locales.values(), allow_shrink=True)
    assert articles(shop) == {"de-DE": 3, "en-US": 3, "ja-JP": 3, "nl-NL": 3}


# --- articles of every kind


ODD = {
    "title": "---\ntitle: Only a title about zebras\n---\n",
    "picture": "# Zebras\n\n![stripes](z.png)\n",
    "empty-code": "---\ntitle: Zebras\n---\n\n```\n```\n",
    "headings": "## Zebras\n\n### Stripes\n",
    "surrogates": '---\ntitle: "\\uD83D zebras \\0 x"\n---\n\nZebra &#xD83D; &#0; text.\n',
    "long": "Zebra " * 2_000,
    "empty-cells": "| Zebra | |\n| --- | --- |\n| | |\n",
}


def test_any_article_can_be_found_shown_and_asked_about(shop: Workshop) -> None:
    folder = shop.root / "nl-NL"
    folder.mkdir()
    for name, text in ODD.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    report: BuildReport = shop.index(folder)
    assert report.indexed == len(ODD) and report.passages >= len(ODD)
    knowledge = shop.open()
    hits = knowledge.search(SearchRequest("zebras zebra", lang="nl", duplicates="keep")).hits
    assert {hit.article for hit in hits} == set(ODD)
    for name in ODD:
        assert knowledge.article(name)["path"] == name
        assert knowledge.ask(f"zebra {name}").generation == report.generation
    knowledge.close()


def test_the_templates_are_what_the_tests_say_they_are() -> None:
    assert set(TEMPLATES) == {"printing/paper-jam", "vpn/tunnel-drops", "mail/mailbox-full"}
    assert localized(PAPER, DUTCH, "nl-NL").count("data-ttu-id") == 16
