"""Runs and qrels as TREC files, so that any evaluation tool can recompute the figures.

Columns are parted by blanks, so a blank (or %) in an article's path is written percent-encoded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

GAIN_RIGHT = 3
GAIN_PARTIAL = 1


def document(path: str) -> str:
    """An article's path as the id of a TREC document."""
    return re.sub(r"[\s%]", lambda found: quote(found[0]), path)


def gains(right: Iterable[str], partial: Iterable[str]) -> dict[str, int]:
    """Gain of each judged article: 3 where it answers, 1 where it helps in part."""
    return dict.fromkeys(partial, GAIN_PARTIAL) | dict.fromkeys(right, GAIN_RIGHT)


def descending(count: int) -> range:
    """Scores of a ranking of `count` articles: the number of those that stand no higher.

    trec_eval sorts a run by its score alone, held in 32 bits, and breaks ties its own way; whole numbers that fall
    by one keep the order that is measured.
    """
    return range(count, 0, -1)


def run_lines(rankings: Mapping[str, Sequence[str]], tag: str) -> Iterator[str]:
    """ "query Q0 document rank score tag" of each article found, by query in the order given."""
    for query, found in rankings.items():
        for rank, (path, score) in enumerate(zip(found, descending(len(found)), strict=True), 1):
            yield f"{query} Q0 {document(path)} {rank} {score} {tag}\n"


def qrels_lines(judged: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """ "query 0 document gain" of each judged article."""
    for query, by_path in judged.items():
        for path, gain in by_path.items():
            yield f"{query} 0 {document(path)} {gain}\n"


def write_lines(file: Path, lines: Iterable[str]) -> None:
    """Writes UTF-8; what no encoding has (half of a surrogate pair in a question) becomes "?"."""
    file.write_text("".join(lines), encoding="utf-8", errors="replace", newline="\n")
