"""Articles and passage ranges on disk."""

import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from smallkb import DUTCH, PAPER, localized, parsed

from indexer.stage import article_row
from kb.articledb import ArticleReader, ArticleRow, Counts, PassageRow
from kb.articlewriter import ArticleWriter
from kb.errors import IndexDamaged
from kb.packed import pack

ROW = article_row(parsed(localized(PAPER, DUTCH, "nl-NL")), "source", "nl-NL")
OTHER = replace(ROW, path="a/first", title="Eerst", translation=None, units=3, lines_locale="de-DE")


def written(folder: Path, *rows: ArticleRow) -> Path:
    with ArticleWriter(folder / "nl-NL" / "articles.sqlite") as writer:
        writer.add_articles(rows)
    return folder / "nl-NL" / "articles.sqlite"


def test_articles_come_back_as_they_were_written(tmp_path: Path) -> None:
    reader = ArticleReader(written(tmp_path, ROW, OTHER))
    assert reader.paths() == ["a/first", "printing/paper-jam"]
    assert reader.article(ROW.path) == ROW
    assert reader.packed(ROW.path) == ROW.packed() and ROW.packed().unpacked() == ROW
    assert reader.origins() == [(OTHER.path, ""), (ROW.path, "")]
    assert reader.article("nowhere") is None
    assert reader.variants() == [(OTHER.path, OTHER.variant), (ROW.path, ROW.variant)]
    assert reader.titles() == ["Eerst", "Het papier loopt vast in de printer"]
    assert reader.counts() == Counts(2, ROW.units + 3, {"": 1, "MT": 1})
    reader.close()


def test_an_empty_file_counts_nothing(tmp_path: Path) -> None:
    assert ArticleReader(written(tmp_path)).counts() == Counts(0, 0, {})


def test_passages_follow_the_articles(tmp_path: Path) -> None:
    file = tmp_path / "articles.sqlite"
    with ArticleWriter(file) as writer:
        writer.add_articles([ROW])
        writer.add_passages([PassageRow(0, ROW.path, 5, 3, 9), PassageRow(1, ROW.path, 2, 0, 3)])
    reader = ArticleReader(file)
    assert [(p.number, p.start, p.stop) for p in reader.passages()] == [(5, 3, 9), (2, 0, 3)]
    assert reader.passage(ROW.path, 5) == PassageRow(0, ROW.path, 5, 3, 9)
    assert [p.number for p in reader.passages_of(ROW.path)] == [2, 5]
    assert reader.passage(ROW.path, 1) is None


def test_a_file_made_of_an_earlier_one_is_that_of_its_articles(tmp_path: Path) -> None:
    """Whatever was put, dropped and left as it was: byte for byte what one writing gives."""
    rows = [replace(ROW, path=f"{letter}/{n}", title=f"{letter}{n}") for letter in "abc" for n in range(9)]
    earlier = written(tmp_path / "earlier", *rows)
    changed = replace(rows[4], title="Anders")
    added = replace(ROW, path="b/55")
    with ArticleWriter(tmp_path / "new.sqlite", earlier) as writer:
        writer.put(changed.packed())
        writer.drop(rows[5].path)
        writer.put(added.packed())
        writer.drop("c/nothing")
    expected = [r for r in rows if r not in (rows[4], rows[5])] + [changed, added]
    with ArticleWriter(tmp_path / "straight.sqlite") as writer:
        writer.add_articles(sorted(expected, key=lambda row: row.path))
    assert (tmp_path / "new.sqlite").read_bytes() == (tmp_path / "straight.sqlite").read_bytes()


def test_what_fails_half_way_is_not_made_whole(tmp_path: Path) -> None:
    file = tmp_path / "articles.sqlite"
    with pytest.raises(KeyboardInterrupt), ArticleWriter(file) as writer:
        writer.add_articles([ROW])
        raise KeyboardInterrupt


def test_threads_share_a_reader(tmp_path: Path) -> None:
    reader = ArticleReader(written(tmp_path, ROW))
    found: list[ArticleRow | None] = []
    threads = [threading.Thread(target=lambda: found.append(reader.article(ROW.path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [ROW] * 8
    reader.close()
    assert reader.paths() == [ROW.path]
    reader.close()


@pytest.mark.parametrize("name", ["a file?with#signs%20.sqlite", "büro 東京.sqlite"])
def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    file = written(tmp_path, ROW).rename(tmp_path / name)
    assert ArticleReader(file).paths() == [ROW.path]


def test_a_damaged_file_says_so_and_what_to_run(tmp_path: Path) -> None:
    file = written(tmp_path, ROW)
    file.write_bytes(b"x" * file.stat().st_size)
    with pytest.raises(IndexDamaged, match=r"articles\.sqlite can't be read .*kb index"):
        ArticleReader(file).paths()
    with pytest.raises(IndexDamaged, match=r"missing\.sqlite can't be read"):
        ArticleReader(tmp_path / "missing.sqlite").paths()


def test_a_damaged_body_names_its_article(tmp_path: Path) -> None:
    file = written(tmp_path, ROW)
    db = sqlite3.connect(file)
    db.execute("UPDATE articles SET body = ?", (pack(ROW.article)[:-20],))
    db.commit()
    db.close()
    with pytest.raises(IndexDamaged, match=r"printing/paper-jam in .*articles\.sqlite"):
        ArticleReader(file).article(ROW.path)


def test_an_article_that_passages_name_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged, match="has passages of gone/away but not the article"):
        ArticleReader(written(tmp_path, ROW)).require("gone/away")
