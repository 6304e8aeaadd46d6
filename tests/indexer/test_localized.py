"""A locale's own words of each passage: what its rows say."""

from pathlib import Path

from smallkb import DUTCH, PAPER, localized, parsed

from indexer.localized import LocalizedPassage, localized_passages
from indexer.stage import article_row
from kb.articledb import ArticleReader, PassageRow
from kb.articlewriter import ArticleWriter


def said(folder: Path, text: str, *ranges: tuple[int, int]) -> list[LocalizedPassage]:
    file = folder / "articles.sqlite"
    with ArticleWriter(file) as writer:
        writer.add_articles([article_row(parsed(text), "source", "nl-NL")])
        path = "printing/paper-jam"
        writer.add_passages(PassageRow(row, path, row + 1, *r) for row, r in enumerate(ranges))
    reader = ArticleReader(file)
    found = list(localized_passages(reader))
    reader.close()
    return found


def test_a_passage_is_said_in_the_locale_s_words_below_its_headings(tmp_path: Path) -> None:
    title, section = DUTCH["The paper jams in the printer"], DUTCH["What the lights say"]
    first, second = said(tmp_path, localized(PAPER, DUTCH, "nl-NL"), (0, 3), (8, 10))
    assert (first.row, first.title) == (0, title)
    assert first.text.split("\n") == ["Doe dit als er een vel vastzit. Het duurt een minuut."]
    assert second.row == 1
    assert second.text.split("\n")[0] == section and title not in second.text


def test_a_title_alone_is_a_passage_without_text(tmp_path: Path) -> None:
    (only,) = said(tmp_path, "---\ntitle: Muis\n---\n", (0, 0))
    assert (only.title, only.text) == ("Muis", "")


def test_an_h1_unlike_the_title_is_a_heading_like_others(tmp_path: Path) -> None:
    (only,) = said(tmp_path, "---\ntitle: Muis\n---\n# De muis\n\nLaad hem op.\n", (0, 2))
    assert only.text == "De muis\nLaad hem op."
