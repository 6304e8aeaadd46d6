"""What p-units cover, made exact: the plain numbers that another localization gives the same sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kb.article import Article, Segment, visible


def with_exact_covers(article: Article, reference: Article) -> Article:
    """The article, each p-unit covering the run of the reference's units whose source texts it concatenates.

    Both are localizations of one variant of an article. Runs are taken in order, each number once, and none that
    the article has as a plain unit, so that a sentence which occurs twice is told apart by its place. A p-unit
    whose sentences the reference has in no such run keeps what was inferred from the gaps in its own file.
    """
    plain = {s.unit for b in article.blocks for s in b.segments if s.unit is not None and not is_joined(s)}
    pieces = [
        ("" if s.unit in plain else s.unit, _bare(s))
        for b in reference.blocks
        for s in b.segments
        if s.unit is not None and not is_joined(s) and _bare(s)
    ]
    found: dict[str, tuple[str, ...]] = {}
    position = 0
    for segment in (s for b in article.blocks for s in b.segments):
        if segment.unit is not None and is_joined(segment):
            run = _run(_bare(segment), pieces, position)
            if run is not None:
                found[segment.unit] = tuple(number for number, _ in pieces[run[0] : run[1]])
                position = run[1]
    if not found:
        return article
    return replace(
        article,
        blocks=tuple(
            replace(
                b, segments=tuple(replace(s, covers=found.get(s.unit or "", s.covers)) for s in b.segments)
            )
            for b in article.blocks
        ),
    )


def is_joined(segment: Segment) -> bool:
    """Whether a segment is a p-unit."""
    return segment.unit is not None and segment.unit.startswith("p")


def _bare(segment: Segment) -> str:
    return "".join(visible(segment.source or ()).split())


def _run(text: str, pieces: Sequence[tuple[str, str]], position: int) -> tuple[int, int] | None:
    """The first run of free pieces (those with a number) from `position` on that concatenate to the text."""
    for first in range(position, len(pieces)):
        at, last = 0, first
        while last < len(pieces) and pieces[last][0] and text.startswith(pieces[last][1], at):
            at += len(pieces[last][1])
            last += 1
            if at == len(text):
                return first, last
    return None
