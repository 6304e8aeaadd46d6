"""Localizations joined: variants, passage numbers, the source as a locale of its own."""

from collections.abc import Mapping
from typing import Any

import pytest
from smallkb import DUTCH, PAPER, TUNNEL, Words, localized, parsed

from indexer.join import JoinedArticle, join_article, stored
from indexer.nearduplicates import gist_of
from indexer.passages import PassageSettings
from indexer.stage import article_row, pivot_side
from kb.articledb import PackedRow

SMALL = PassageSettings(target_tokens=20, max_tokens=60, context_tokens=24)
CHANGED = PAPER.replace("{Close the lid.}", "{Close the lid until it clicks.}")
PATH = "printing/paper-jam"


def joined(articles: Mapping[str, Mapping[str, str]]) -> list[JoinedArticle]:
    """articles: {locale: {path: file text}}, in the order given."""
    rows: dict[str, dict[str, PackedRow]] = {}
    for locale, files in articles.items():
        for path, text in files.items():
            article = parsed(text, locale, path)
            rows.setdefault(path, {})[locale] = article_row(article, pivot_side(article), locale).packed()
    return [join_article(path, rows[path], "en-US", Words(), SMALL) for path in sorted(rows)]


def one(**texts: str) -> JoinedArticle:
    """The join of one article; locales as nl_NL."""
    (article,) = joined({name.replace("_", "-"): {PATH: text} for name, text in texts.items()})
    return article


def paper(template: str = PAPER, words: Mapping[str, str] = DUTCH, **options: Any) -> str:
    return localized(template, words, "nl-NL", **options)


def test_one_variant_has_one_set_of_passages() -> None:
    article = one(nl_NL=paper(), de_DE=paper(words={}), ja_JP=paper(merged=True))
    assert [p.number for p in article.passages] == [1, 2, 3, 4]
    assert {locale: [n for n, _, _ in ranges] for locale, ranges in article.ranges.items()} == {
        "nl-NL": [1, 2, 3, 4],
        "de-DE": [1, 2, 3, 4],
        "ja-JP": [1, 2, 3, 4],
        "en-US": [1, 2, 3, 4],
    }


def test_another_variant_reuses_the_numbers_of_equal_passages() -> None:
    article = one(nl_NL=paper(), de_DE=paper(words={}), es_ES=paper(CHANGED))
    numbers = {locale: [n for n, _, _ in ranges] for locale, ranges in article.ranges.items()}
    assert numbers == {
        "de-DE": [1, 2, 3, 4],
        "nl-NL": [1, 2, 3, 4],
        "en-US": [1, 2, 3, 4],
        "es-ES": [1, 5, 3, 4],
    }
    assert "until it clicks" in article.passages[4].text


def test_the_source_localization_is_that_of_the_variant_that_most_locales_have() -> None:
    article = one(ar_SA=paper(CHANGED), de_DE=paper(words={}), nl_NL=paper())
    assert article.source is not None
    said = [b.text("target") for b in article.source.unpacked().article.blocks]
    assert "Close the lid." in said and not any("until it clicks" in text for text in said)


def test_passages_that_say_the_same_in_one_article_keep_numbers_of_their_own() -> None:
    twice = "# {T}\n\n## {Again}\n\n{Press the button.}\n\n## {Again}\n\n{Press the button.}\n"
    article = one(de_DE=paper(twice), nl_NL=paper(twice + "\n{More.}\n"))
    assert [p.embedded for p in article.passages[:2]] == ["T\nAgain\nPress the button."] * 2
    for ranges in article.ranges.values():
        assert len({n for n, _, _ in ranges}) == len(ranges)


def test_the_source_is_a_locale_with_the_lines_of_the_file_it_was_read_from() -> None:
    article = one(nl_NL=paper())
    row = article.source
    assert row is not None
    assert (row.title, row.source_title, row.translation) == ("The paper jams in the printer", None, None)
    assert row.lines_locale == "nl-NL"
    source = row.unpacked().article
    assert source.locale == "en-US" and not source.bilingual
    original = parsed(paper())
    assert [(b.kind, b.lines, b.text("target")) for b in source.blocks] == [
        (b.kind, b.lines, b.text("source")) for b in original.blocks
    ]


def test_a_monolingual_article_is_cut_on_its_target_and_has_no_source() -> None:
    article = one(nl_NL="# Titel\n\n1. Doe dit.\n2. En dat.\n")
    assert article.source is None and list(article.ranges) == ["nl-NL"]
    assert [p.text for p in article.passages] == ["Doe dit.\nEn dat."]


def test_an_article_with_a_file_in_the_source_locale_keeps_that_one() -> None:
    english = "# The paper jams in the printer\n\nWritten by hand.\n"
    jam, tunnel = joined(
        {
            "nl-NL": {PATH: paper(), "vpn/tunnel-drops": paper(TUNNEL)},
            "en-US": {PATH: english},
        },
    )
    assert jam.source is None and tunnel.source is not None
    assert len(jam.ranges["en-US"]) == 1 and len(tunnel.ranges["en-US"]) >= 1


def test_a_monolingual_source_file_with_equal_text_is_of_the_same_variant() -> None:
    english = "# The paper jams in the printer\n\nPress.\n\n1. Wait.\n"
    bilingual = "# {The paper jams in the printer}\n\n{Press.}\n\n1. {Wait.}\n"
    article = one(nl_NL=paper(bilingual), en_US=english)
    assert len(article.passages) == 1
    assert [n for n, _, _ in article.ranges["en-US"]] == [n for n, _, _ in article.ranges["nl-NL"]] == [1]


def test_articles_that_say_the_same_below_their_titles_have_one_digest() -> None:
    files = {
        "a": paper(),
        "b": paper(PAPER.replace("# {The paper jams in the printer}", "# {Paper is stuck}")),
        "c": paper(CHANGED),
    }
    first, second, third = (gist_of(article.said).digest for article in joined({"nl-NL": files}))
    assert first == second != third


@pytest.mark.parametrize("order", [("nl-NL", "de-DE", "es-ES"), ("es-ES", "nl-NL", "de-DE")])
def test_the_order_of_the_sources_changes_nothing(order: tuple[str, ...]) -> None:
    texts = {
        "nl-NL": {"a": paper(), "b": paper(TUNNEL)},
        "de-DE": {"b": paper(TUNNEL, words={}), "a": paper(words={})},
        "es-ES": {"a": paper(CHANGED, words={})},
    }
    expected = joined(texts)
    assert joined({locale: texts[locale] for locale in order}) == expected
    assert [j.path for j in expected] == ["a", "b"]


def test_passages_become_rows_counted_through_the_collection() -> None:
    article = one(nl_NL=paper())
    rows = list(stored(article.passages, PATH, 7))
    assert [(r.row, r.path, r.number) for r in rows] == [(7 + n, PATH, n + 1) for n in range(4)]
    assert [f"{r.context}\n{r.text}" for r in rows] == [p.embedded for p in article.passages]
