"""One article file read for the checks: its pairs, what each shows by itself, and what the run will count."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePath

from indexer.checks.finding import Found, Kind, Pair
from indexer.checks.kinds import KINDS
from indexer.checks.labels import Label, labels
from indexer.checks.names import Term, terms
from indexer.frontmatter import parse_frontmatter
from indexer.locate import locate
from indexer.parse import normalise_newlines, parse_article
from indexer.report import Problem
from indexer.sources import ArticleFile
from kb.article import Article
from kb.locales import language_of

_UNIT = re.compile(r"data-ttu-id=.?[^\"'&<>\s]*?-?(p?\d+)[\"'&]")


@dataclass(frozen=True, slots=True)
class CheckedPair:
    """A pair with all that was found in it; runs are left behind."""

    unit: str
    line: int
    source: str
    target: str
    found: tuple[Found, ...]
    terms: tuple[Term, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class CheckedArticle:
    """An article with its pairs in reading order; `pairs` is empty where both sides are one language."""

    locale: str
    path: str
    root: str
    file: str
    pairs: tuple[CheckedPair, ...]


def read_article(file: ArticleFile, locale: str | None, kinds: Collection[Kind]) -> CheckedArticle | Problem:
    """The article of a file, checked for the kinds; a Problem where it has no locale."""
    text = normalise_newlines(file.data)
    located = locate(file.name, file.source, parse_frontmatter(text).metadata, locale)
    if isinstance(located, str):
        return Problem(str(PurePath(file.source, file.name)), None, located)
    article = parse_article(text, located.path, located.locale)
    checked = tuple(_checked(pair, kinds) for pair in pairs(article, text))
    return CheckedArticle(located.locale, located.path, file.source, file.name, checked)


def pairs(article: Article, text: str) -> list[Pair]:
    """Every unit with something on a side, in reading order; none where the sides are one language."""
    if language_of(article.locale) == language_of(article.source_locale):
        return []
    lines = unit_lines(text)
    found = []
    for block in article.blocks:
        if block.kind == "code" and block.lines[0] == 1:
            continue  # front matter that was translated as if it were text
        for segment in block.segments:
            pair = Pair.of(segment, lines.get(segment.unit or "", block.lines[0]))
            if pair is not None:
                found.append(pair)
    return found


def unit_lines(text: str) -> dict[str, int]:
    """The line of each unit's markup, 1-based; of the first where a number repeats."""
    ends = [m.start() for m in re.finditer("\n", text)]
    lines: dict[str, int] = {}
    for match in _UNIT.finditer(text):
        lines.setdefault(match[1], bisect_right(ends, match.start()) + 1)
    return lines


def _checked(pair: Pair, kinds: Collection[Kind]) -> CheckedPair:
    checks = [info.check for kind, info in KINDS.items() if kind in kinds and info.check is not None]
    found = tuple(found for check in checks for found in check(pair))
    named = tuple(t for t in terms(pair) if t.kind in kinds) if {"name", "acronym"} & {*kinds} else ()
    labelled = tuple(labels(pair)) if "label" in kinds else ()
    return CheckedPair(pair.unit, pair.line, pair.source, pair.target, found, named, labelled)
