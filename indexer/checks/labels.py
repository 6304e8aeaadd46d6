"""User interface labels: bold on both sides, paired by their order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import regex

from indexer.checks.finding import Pair, Stretch, linked, marked

_LETTER = regex.compile(r"\p{L}")
_EDGE = " \t\u00a0.,:;…\"'“”„«»[]()（）「」【】"
_LONGEST = 60


class Label(NamedTuple):
    """A label's text and place on both sides."""

    source: Stretch
    target: Stretch


def labels(pair: Pair) -> list[Label]:
    """Bold stretches paired by order, where both sides have as many; none where they haven't."""
    mine = [s for s in marked(pair.source_runs, "strong") if _LETTER.search(s.text)]
    theirs = [s for s in marked(pair.target_runs, "strong") if _LETTER.search(s.text)]
    if len(mine) != len(theirs) or pair.source.strip() == pair.target.strip():
        return []
    return [Label(s, t) for s, t in zip(mine, theirs, strict=True) if len(s.text) <= _LONGEST]


def link_labels(pair: Pair) -> Iterator[Label]:
    """Link texts paired by their targets, each target once on both sides."""
    mine, theirs = linked(pair.source_runs), linked(pair.target_runs)
    for s in mine:
        same = [t for t in theirs if t.href == s.href]
        if len(same) == 1 and sum(o.href == s.href for o in mine) == 1 and 0 < len(s.text) <= _LONGEST:
            yield Label(s, same[0])


def label_key(text: str) -> str:
    """A label without what a sentence adds to it: its case, outer punctuation, double blanks."""
    return " ".join(text.split()).strip(_EDGE).casefold()
