"""Bilingual term candidates of translated articles: what each source term is called in a locale, how often, where.

Four origins, from sure to guessed:

    bold    labels in bold, paired by their order where both sides have as many
    link    texts of links with the same target
    text    whole units of at most five words: headings, table cells, list items
    phrase  source phrases of two to four words that repeat, with the words that their translations share and other
            units lack
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from indexer.checks.finding import Pair
from indexer.checks.labels import label_key, labels, link_labels
from indexer.checks.read import pairs
from indexer.frontmatter import parse_frontmatter
from indexer.locate import locate
from indexer.parse import normalise_newlines, parse_article
from indexer.phrases import common_words, phrases, target_grams
from indexer.pool import mapped
from indexer.report import Progress
from indexer.sources import ArticleFile, open_sources

LINKS = 5  # concordance links of a translation
SAMPLE = 2_000  # units that tell how common a target's words are anyway
MOST_WORDS = 5
_PHRASE_UNITS = 100  # units of a phrase that are looked at
_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA temp_store = FILE;
CREATE TABLE pair (id INTEGER PRIMARY KEY, locale TEXT, article TEXT, unit TEXT, line INTEGER, target TEXT);
CREATE TABLE term (locale TEXT, source TEXT, target TEXT, origin TEXT, pair INTEGER);
CREATE TABLE phrase (locale TEXT, source TEXT, pair INTEGER);
"""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a translation stands: an article's path, and the unit in it."""

    article: str
    unit: str
    line: int


@dataclass(frozen=True, slots=True)
class Translation:
    """One translation of a term; `count` is by units of all origins together, `links` the first of them."""

    target: str
    count: int
    origins: tuple[str, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class BilingualTerm:
    """A source term in a locale, its translations from common to rare, ties by text."""

    locale: str
    source: str
    count: int
    translations: tuple[Translation, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """What a pair gives: its place, its candidates (source, target, origin), its phrases."""

    locale: str
    article: str
    unit: str
    line: int
    target: str
    candidates: tuple[tuple[str, str, str], ...]
    phrases: tuple[str, ...]


def bilingual_terms(
    sources: Sequence[Path], locale: str | None, least: int, progress: Progress
) -> Iterator[BilingualTerm]:
    """Terms that at least `least` units have, by locale, then from common to rare, ties by text.

    Every article file of the sources is read, none is excluded; those without a locale or text give nothing.
    Memory doesn't grow with the articles. Errors: InputError when a source can't be opened.
    """
    opened = open_sources(sources, ())
    progress.stage("read", sum(map(len, opened)))
    files = (record for source in opened for record in source if isinstance(record, ArticleFile))
    with (
        tempfile.TemporaryDirectory(prefix="kb-terms-") as folder,
        closing(sqlite3.connect(Path(folder) / "terms.sqlite", isolation_level=None)) as db,
    ):
        db.executescript(_SCHEMA)
        db.execute("BEGIN")
        for rows in mapped(partial(_read_all, locale=locale), files):
            progress.advance()
            for row in rows:
                _keep(db, row)
        db.execute("CREATE INDEX term_source ON term (locale, source, target)")
        db.execute("CREATE INDEX phrase_source ON phrase (locale, source)")
        progress.stage("align", None)
        _align_phrases(db, least)
        yield from _grouped(db, least)


def _read_all(files: list[ArticleFile], locale: str | None) -> list[list[_Row]]:
    return [_read(file, locale) for file in files]


def _read(file: ArticleFile, locale: str | None) -> list[_Row]:
    text = normalise_newlines(file.data)
    located = locate(file.name, file.source, parse_frontmatter(text).metadata, locale)
    if isinstance(located, str):
        return []
    article = parse_article(text, located.path, located.locale)
    return [
        _Row(
            located.locale,
            located.path,
            pair.unit,
            pair.line,
            _storable(pair.target),
            tuple(dict.fromkeys(candidates(pair))),
            tuple(dict.fromkeys(phrases(pair.source_prose))) if pair.source != pair.target else (),
        )
        for pair in pairs(article, text)
    ]


def candidates(pair: Pair) -> Iterator[tuple[str, str, str]]:
    """(source, target, origin) of everything in a pair that is a translation by itself, as label_key spells it."""
    for origin, found in (("bold", labels(pair)), ("link", link_labels(pair))):
        for label in found:
            yield from _candidate(label.source.text, label.target.text, origin)
    if len(pair.source.split()) <= MOST_WORDS and not any(run.href for run in pair.source_runs):
        yield from _candidate(pair.source, pair.target, "text")


def _candidate(source: str, target: str, origin: str) -> Iterator[tuple[str, str, str]]:
    one, other = label_key(_storable(source)), label_key(_storable(target))
    if one and other and any(c.isalpha() for c in one) and len(one) > 1:
        yield one, other, origin


def _keep(db: sqlite3.Connection, row: _Row) -> None:
    values = (row.locale, row.article, row.unit, row.line, row.target)
    number = db.execute("INSERT INTO pair VALUES (NULL, ?, ?, ?, ?, ?)", values).lastrowid
    db.executemany(
        "INSERT INTO term VALUES (?, ?, ?, ?, ?)", [(row.locale, *c, number) for c in row.candidates]
    )
    db.executemany("INSERT INTO phrase VALUES (?, ?, ?)", [(row.locale, p, number) for p in row.phrases])


def _align_phrases(db: sqlite3.Connection, least: int) -> None:
    """Adds a candidate for each unit of a repeated phrase whose translations share words."""
    for (locale,) in db.execute("SELECT DISTINCT locale FROM pair ORDER BY locale").fetchall():
        (total,) = db.execute("SELECT count(*) FROM pair WHERE locale = ?", (locale,)).fetchone()
        step = max(1, total // SAMPLE)
        sample = db.execute("SELECT target FROM pair WHERE locale = ? AND id % ? = 0", (locale, step))
        common: Counter[str] = Counter(gram for (target,) in sample for gram in set(target_grams(target)))
        repeated = db.execute(
            "SELECT source, count(*) FROM phrase WHERE locale = ? GROUP BY source HAVING count(*) >= ?"
            " ORDER BY source",
            (locale, max(least, 3)),
        ).fetchall()
        for source, _ in repeated:
            units = db.execute(
                "SELECT p.id, p.target FROM phrase f JOIN pair p ON p.id = f.pair WHERE f.locale = ? AND f.source = ?"
                " ORDER BY p.id LIMIT ?",
                (locale, source, _PHRASE_UNITS),
            ).fetchall()
            target = common_words([text for _, text in units], common, max(1, total // step))
            if target is not None:
                found = [pair for pair, text in units if target in set(target_grams(text))]
                db.executemany(
                    "INSERT INTO term VALUES (?, ?, ?, 'phrase', ?)",
                    [(locale, source.casefold(), target, pair) for pair in found],
                )


def _grouped(db: sqlite3.Connection, least: int) -> Iterator[BilingualTerm]:
    terms = db.execute(
        "SELECT locale, source, count(DISTINCT pair) AS n FROM term GROUP BY locale, source HAVING n >= ?"
        " ORDER BY locale, n DESC, source",
        (least,),
    )
    for locale, source, count in terms:
        found = db.execute(
            "SELECT target, count(DISTINCT pair) AS n, group_concat(DISTINCT origin) FROM term"
            " WHERE locale = ? AND source = ? GROUP BY target ORDER BY n DESC, target",
            (locale, source),
        )
        yield BilingualTerm(
            locale,
            source,
            count,
            tuple(
                Translation(target, n, tuple(sorted(origins.split(","))), _links(db, locale, source, target))
                for target, n, origins in found.fetchall()
            ),
        )


def _links(db: sqlite3.Connection, locale: str, source: str, target: str) -> tuple[Link, ...]:
    rows: list[Any] = db.execute(
        "SELECT DISTINCT p.id, p.article, p.unit, p.line FROM term t JOIN pair p ON p.id = t.pair"
        " WHERE t.locale = ? AND t.source = ? AND t.target = ? ORDER BY p.id LIMIT ?",
        (locale, source, target, LINKS),
    ).fetchall()
    return tuple(Link(article, unit, line) for _, article, unit, line in rows)


def _storable(text: str) -> str:
    """The text without lone surrogates, which UTF-8 can't say; its length stays."""
    return text.encode("utf-8", "replace").decode("utf-8")
