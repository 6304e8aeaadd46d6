"""What p-units cover: a unit "p101" holds several sentences and replaces the numbers that they had."""

from __future__ import annotations

import re
from itertools import groupby

from indexer.sxs import RawUnit

# A sentence's end inside a p-unit's source. The numbers were given out by sentence.
_SENTENCE_END = re.compile(r"[.!?:][\"')\]*_]*+(?:\([^()\s]*\)[.]?[\"')\]*_]*+)?\s+(?=\S)")
# How many numbers more than sentences a gap may have; the widest one seen has 5.
MAX_GAP = 20
_ALT_TEXT = re.compile(r"!\[[^\]]+\]\(")


def covered_numbers(units: list[RawUnit], body: str) -> list[tuple[str, ...]]:
    """For each unit the numbers that it stands for, read from the gaps in the file's own numbering.

    A picture's alt text takes a number too. Where p-units share a gap, or end the article, the number of
    sentences in their sources divides it; that is a guess which the join across locales corrects.
    """
    covers: list[tuple[str, ...]] = []
    previous = 101
    position = 0
    for is_plain, group in groupby(units, key=lambda u: u.number.isascii() and u.number.isdigit()):
        run = list(group)
        if is_plain:
            covers += [(unit.number,) for unit in run]
            previous = int(run[-1].number)
            position = run[-1].end
            continue
        after = next((int(u.number) for u in units[len(covers) + len(run) :][:1]), None)
        counts = [1 + len(_SENTENCE_END.findall((u.source or "").strip())) for u in run]
        pictures = [len(_ALT_TEXT.findall(body[a:b])) for a, b in _betweens(run, position)]
        if after is not None:
            counts = _fit(counts, after - previous - 1 - sum(pictures))
        number = previous + 1
        for unit, count, skipped in zip(run, counts, pictures, strict=True):
            number += skipped
            covers.append(
                tuple(str(n) for n in range(number, number + count)) if unit.number[:1] == "p" else ()
            )
            number += count
        position = run[-1].end
        previous = number - 1
    return covers


def _betweens(run: list[RawUnit], position: int) -> list[tuple[int, int]]:
    starts = [position, *(unit.end for unit in run[:-1])]
    return [(a, unit.start) for a, unit in zip(starts, run, strict=True)]


def _fit(counts: list[int], total: int) -> list[int]:
    """Counts that add up to the gap: the longest guesses give way first, and take what is over."""
    if total < len(counts):
        return [1] * len(counts)
    if total > MAX_GAP + 2 * sum(counts):
        # the numbers leap for another reason
        return counts
    counts = list(counts)
    while sum(counts) > total:
        counts[counts.index(max(counts))] -= 1
    while sum(counts) < total:
        counts[counts.index(max(counts))] += 1
    return counts
