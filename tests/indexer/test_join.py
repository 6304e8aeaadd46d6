"""Localizations joined: variants, passage numbers, the source as a locale of its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from smallkb import DUTCH, PAPER, TUNNEL, Words, localized, parsed

from indexer.join import JoinedArticle, join_articles, stored
from indexer.passages import PassageSettings
from indexer.stage import article_row, pivot_side
from kb.articledb import ArticleReader, ArticleWriter
from kb.articlejson import article_from_json

SMALL = PassageSettings(target_tokens=20, max_tokens=60, context_tokens=24)
CHANGED = PAPER.replace("{Close the lid.}", "{Close the lid until it clicks.}")
PATH = "printing/paper-jam"


def joined(folder: Path, articles: Mapping[str, Mapping[str, str]]) -> list[JoinedArticle]:
    """articles: {locale: {path: file text}}, written in the order given."""
    readers = {}
    for locale, files in articles.items():
        with ArticleWriter(folder / locale / "articles.sqlite") as writer:
            for path, text in files.items():
                article = parsed(text, locale, path)
                writer.add_articles([article_row(article, pivot_side(article), locale)])
        readers[locale] = ArticleReader(folder / locale / "articles.sqlite")
    found = list(join_articles(readers, "en-US", Words(), SMALL))
    for reader in readers.values():
        reader.close()
    return found


def one(folder: Path, **texts: str) -> JoinedArticle:
    """The join of one article; locales as nl_NL."""
    (article,) = joined(folder, {name.replace("_", "-"): {PATH: text} for name, text in texts.items()})
    return article


def paper(template: str = PAPER, words: Mapping[str, str] = DUTCH, **options: Any) -> str:
    return localized(template, words, "nl-NL", **options)


def test_one_variant_has_one_set_of_passages(tmp_path: Path) -> None:
    article = one(tmp_path, nl_NL=paper(), de_DE=paper(words={}), ja_JP=paper(merged=True))
    assert [p.number for p in article.passages] == [1, 2, 3, 4]
    assert {locale: [n for n, _, _ in ranges] for locale, ranges in article.ranges.items()} == {
        "nl-NL": [1, 2, 3, 4],
        "de-DE": [1, 2, 3, 4],
        "ja-JP": [1, 2, 3, 4],
        "en-US": [1, 2, 3, 4],
    }


def test_another_variant_reuses_the_numbers_of_equal_passages(tmp_path: Path) -> None:
    article = one(tmp_path, nl_NL=paper(), de_DE=paper(words={}), es_ES=paper(CHANGED))
    numbers = {locale: [n for n, _, _ in ranges] for locale, ranges in article.ranges.items()}
    assert numbers == {
        "de-DE": [1, 2, 3, 4],
        "nl-NL": [1, 2, 3, 4],
        "en-US": [1, 2, 3, 4],
        "es-ES": [1, 5, 3, 4],
    }
    assert "until it clicks" in article.passages[4].text


def test_the_source_localization_is_that_of_the_variant_that_most_locales_have(tmp_path: Path) -> None:
    article = one(tmp_path, ar_SA=paper(CHANGED), de_DE=paper(words={}), nl_NL=paper())
    assert article.source is not None
    said = [b.text("target") for b in article_from_json(article.source.body).blocks]
    assert "Close the lid." in said and not any("until it clicks" in text for text in said)


def test_passages_that_say_the_same_in_one_article_keep_numbers_of_their_own(tmp_path: Path) -> None:
    twice = "# {T}\n\n## {Again}\n\n{Press the button.}\n\n## {Again}\n\n{Press the button.}\n"
    article = one(tmp_path, de_DE=paper(twice), nl_NL=paper(twice + "\n{More.}\n"))
    assert [p.embedded for p in article.passages[:2]] == ["T\nAgain\nPress the button."] * 2
    for ranges in article.ranges.values():
        assert len({n for n, _, _ in ranges}) == len(ranges)


def test_the_source_is_a_locale_with_the_lines_of_the_file_it_was_read_from(tmp_path: Path) -> None:
    article = one(tmp_path, nl_NL=paper())
    row = article.source
    assert row is not None
    assert (row.title, row.source_title, row.translation) == ("The paper jams in the printer", None, None)
    assert row.lines_locale == "nl-NL"
    source = article_from_json(row.body)
    assert source.locale == "en-US" and not source.bilingual
    original = parsed(paper())
    assert [(b.kind, b.lines, b.text("target")) for b in source.blocks] == [
        (b.kind, b.lines, b.text("source")) for b in original.blocks
    ]


def test_a_monolingual_article_is_cut_on_its_target_and_has_no_source(tmp_path: Path) -> None:
    article = one(tmp_path, nl_NL="# Titel\n\n1. Doe dit.\n2. En dat.\n")
    assert article.source is None and list(article.ranges) == ["nl-NL"]
    assert [p.text for p in article.passages] == ["Doe dit.\nEn dat."]


def test_an_article_with_a_file_in_the_source_locale_keeps_that_one(tmp_path: Path) -> None:
    english = "# The paper jams in the printer\n\nWritten by hand.\n"
    jam, tunnel = joined(
        tmp_path,
        {
            "nl-NL": {PATH: paper(), "vpn/tunnel-drops": paper(TUNNEL)},
            "en-US": {PATH: english},
        },
    )
    assert jam.source is None and tunnel.source is not None
    assert len(jam.ranges["en-US"]) == 1 and len(tunnel.ranges["en-US"]) >= 1


def test_a_monolingual_source_file_with_equal_text_is_of_the_same_variant(tmp_path: Path) -> None:
    english = "# The paper jams in the printer\n\nPress.\n\n1. Wait.\n"
    bilingual = "# {The paper jams in the printer}\n\n{Press.}\n\n1. {Wait.}\n"
    article = one(tmp_path, nl_NL=paper(bilingual), en_US=english)
    assert len(article.passages) == 1
    assert [n for n, _, _ in article.ranges["en-US"]] == [n for n, _, _ in article.ranges["nl-NL"]] == [1]


def test_articles_that_say_the_same_below_their_titles_have_one_digest(tmp_path: Path) -> None:
    files = {
        "a": paper(),
        "b": paper(PAPER.replace("# {The paper jams in the printer}", "# {Paper is stuck}")),
        "c": paper(CHANGED),
    }
    first, second, third = joined(tmp_path, {"nl-NL": files})
    assert first.digest == second.digest != third.digest


@pytest.mark.parametrize("order", [("nl-NL", "de-DE", "es-ES"), ("es-ES", "nl-NL", "de-DE")])
def test_the_order_of_the_sources_changes_nothing(tmp_path: Path, order: tuple[str, ...]) -> None:
    texts = {
        "nl-NL": {"a": paper(), "b": paper(TUNNEL)},
        "de-DE": {"b": paper(TUNNEL, words={}), "a": paper(words={})},
        "es-ES": {"a": paper(CHANGED, words={})},
    }
    expected = joined(tmp_path / "1", texts)
    assert joined(tmp_path / "2", {locale: texts[locale] for locale in order}) == expected
    assert [j.path for j in expected] == ["a", "b"]


def test_passages_become_rows_counted_through_the_collection(tmp_path: Path) -> None:
    article = one(tmp_path, nl_NL=paper())
    rows = list(stored(article.passages, PATH, 7))
    assert [(r.row, r.path, r.number) for r in rows] == [(7 + n, PATH, n + 1) for n in range(4)]
    assert [f"{r.context}\n{r.text}" for r in rows] == [p.embedded for p in article.passages]
