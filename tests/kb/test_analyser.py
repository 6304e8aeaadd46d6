"""Which analyser an index was made with is known, and another one is told."""

from pathlib import Path

import pytest
from smallkb import DUTCH, workshop, write_locale

from indexer import assemble, build, previous
from kb import analyser, leases
from kb.analyser import analyser_stamp
from kb.errors import IndexDamaged
from kb.generation import open_manifest
from kb.hit import SearchRequest


def test_any_change_of_the_rules_changes_the_stamp(monkeypatch: pytest.MonkeyPatch) -> None:
    before = analyser_stamp()
    analyser_stamp.cache_clear()
    assert analyser_stamp() == before
    analyser_stamp.cache_clear()
    monkeypatch.setattr(analyser, "fourgrams", lambda _text: [])
    assert analyser_stamp() != before
    analyser_stamp.cache_clear()


def test_words_cut_by_another_analyser_are_told_and_cut_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = workshop(tmp_path, monkeypatch)
    dutch = write_locale(tmp_path / "src", "nl-NL", DUTCH)
    shop.index(dutch)
    shop.index(dutch, collection="manuals")
    for module in (assemble, build, previous, leases):
        monkeypatch.setattr(module, "analyser_stamp", lambda: "another")
    with pytest.raises(
        IndexDamaged, match=r"cut by another version of this program .* run `kb index SRC…` again"
    ):
        shop.open()
    manuals = open_manifest(shop.home)[0] / "manuals" / "nl-NL"
    shop.index(dutch)
    folder, manifest = open_manifest(shop.home)
    assert manifest.analyser == "another"
    assert not (folder / "manuals/nl-NL/lexical/terms.npy").samefile(manuals / "lexical/terms.npy")
    assert (folder / "manuals/nl-NL/articles.sqlite").samefile(manuals / "articles.sqlite")
    opened = shop.open()
    assert opened.search(SearchRequest("tunnel", collection="manuals")).hits
    opened.close()
