"""What a locale offers besides its passages, from articles to the file and back."""

from pathlib import Path

import pytest
from smallkb import DUTCH, TUNNEL, localized, workshop, write_locale

from indexer.browse import metadata_values, phrases
from kb.browsedb import ArticleFacts, Phrase, read_articles, read_phrases, read_words, write_browse
from kb.embedded import Generation
from kb.errors import IndexDamaged


def test_values_are_texts_of_lists_and_numbers() -> None:
    front = {
        "ms.custom": [7, " a  b ", ""],
        "ms.prod": "mail",
        "ms.service": None,
        "product": {"x": 1},
        "products": True,
    }
    assert metadata_values(front, ("ms.custom",)) == ("7", "a b")
    assert metadata_values(front, ("ms.prod", "ms.service", "product", "products", "none")) == ("mail",)


def test_phrases_are_shared_labels_and_word_sequences_of_titles() -> None:
    titles = [f"Reset the password of {name}" for name in ("Anna", "Bob", "Cleo", "Dora", "Emil")]
    labels = {"Keep alive": 3, "keep Alive": 2, "Save": 50, "Alive": 9, "Rare label": 3}
    found = phrases(titles, labels, common={"the", "of"})
    assert found == [
        Phrase("Keep alive", "keep alive", 5),
        Phrase("Reset the password", "reset the password", 5),
    ]


def test_labels_in_scripts_without_spaces_are_phrases_too() -> None:
    assert phrases([], {"プリンターの設定": 4, "設定": 4}, ()) == [
        Phrase("プリンターの設定", "プリンターの設定", 4)
    ]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    facts = ArticleFacts("b", "Ünï", "uni", "MT", "2021-01-31", ("x", "y z"), ())
    bare = ArticleFacts("a", "t", "t", None, None, (), ("7",))
    write_browse(tmp_path / "f.sqlite", [facts, bare], [Phrase("P q", "p q", 4)], [("b", 2), ("a", 1)])
    assert read_articles(tmp_path / "f.sqlite") == [bare, facts]
    assert read_phrases(tmp_path / "f.sqlite") == [Phrase("P q", "p q", 4)]
    assert read_words(tmp_path / "f.sqlite") == [("a", 1), ("b", 2)]


def test_a_damaged_file_says_what_to_run(tmp_path: Path) -> None:
    (tmp_path / "f.sqlite").write_bytes(b"no database at all, by far")
    with pytest.raises(IndexDamaged, match=r"f.sqlite can't be read .*kb index"):
        read_words(tmp_path / "f.sqlite")


def test_an_index_knows_its_titles_words_and_products(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = workshop(tmp_path, monkeypatch)
    dutch = write_locale(tmp_path, "nl-NL", DUTCH)
    text = localized(TUNNEL, DUTCH, "nl-NL").replace(
        "ms.translationtype: MT", "ms.service: [vpn, 8]\nms.date: 1/2/2021"
    )
    (dutch / "vpn/tunnel-drops.md").write_text(text, encoding="utf-8")
    made.index(dutch)
    before = made.tree()
    generation = Generation(made.home)
    stores = generation.collections["default"].locales
    tunnel = next(a for a in stores["nl-NL"].browse.articles() if a.path == "vpn/tunnel-drops")
    assert tunnel == ArticleFacts(
        "vpn/tunnel-drops",
        "De tunnel valt elk uur weg",
        "de tunnel valt elk uur weg",
        None,
        "2021-01-02",
        ("8", "vpn"),
        (),
    )
    assert stores["en-US"].browse.completer.find("tunn", 3)[0].text == "The tunnel drops every hour"
    assert stores["nl-NL"].browse.speller.articles("tunnel") == 1
    assert not stores["nl-NL"].browse.speller.knows("drops")
    generation.close()
    made.index(dutch)
    browse = {name.partition("default")[2]: data for name, data in made.tree().items() if "browse" in name}
    assert browse == {n.partition("default")[2]: data for n, data in before.items() if "browse" in n}
