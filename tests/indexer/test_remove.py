"""Locales and collections deleted on purpose."""

from pathlib import Path

import pytest
from dump import entries_of, files_of
from smallkb import DUTCH, Workshop, workshop, write_locale

from indexer.build import BuildOptions
from indexer.remove import remove
from indexer.report import Quiet
from kb.errors import InputError, NotFound
from kb.generation import open_manifest


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    made = workshop(tmp_path, monkeypatch)
    made.index(write_locale(tmp_path / "src", "nl-NL", DUTCH), write_locale(tmp_path / "src", "de-DE", {}))
    return made


def removed(shop: Workshop, collection: str | None = None, locale: str | None = None) -> str:
    options = BuildOptions(cache=shop.root / "cache")
    return remove(shop.home, collection, locale, options=options, progress=Quiet())


def test_a_removed_locale_leaves_what_an_index_without_it_has(shop: Workshop) -> None:
    assert removed(shop, locale="de-DE") == open_manifest(shop.home)[1].id
    other = Workshop(shop.root / "other")
    other.index(shop.root / "src" / "nl-NL")
    assert entries_of(shop.home) == entries_of(other.home)
    assert {f.replace("build.sqlite", "") for f in files_of(shop.home)} == {
        f.replace("build.sqlite", "") for f in files_of(other.home)
    }
    assert files_of(shop.home) == files_of(other.home)


def test_a_removed_collection_leaves_the_others(shop: Workshop) -> None:
    before = files_of(shop.home)
    shop.index(shop.root / "src" / "nl-NL", collection="manuals")
    with pytest.raises(InputError, match="several collections; name one with --collection: default, manuals"):
        removed(shop, locale="nl-NL")
    removed(shop, "manuals")
    assert files_of(shop.home) == before and list(entries_of(shop.home)) == ["default"]


def test_what_is_not_there_or_all_there_is_stays(shop: Workshop) -> None:
    before = shop.tree()
    with pytest.raises(NotFound, match="no collection 'x' here; there are default"):
        removed(shop, "x")
    with pytest.raises(NotFound, match="no articles of fr-FR; there are de-DE, nl-NL"):
        removed(shop, locale="fr-FR")
    with pytest.raises(NotFound, match="no articles of en-US"):
        removed(shop, locale="en-US")
    with pytest.raises(InputError, match=r"default is all that .* has"):
        removed(shop, "default")
    with pytest.raises(InputError, match="found nothing to remove"):
        removed(shop)
    removed(shop, locale="de-DE")
    with pytest.raises(InputError, match="nl-NL is all that collection default has"):
        removed(shop, locale="nl-NL")
    assert shop.tree() != before
