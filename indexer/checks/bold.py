"""Bold that differs between the sides: labels lost, split, joined, or its marks broken."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from indexer.checks.finding import Found, Pair, marked

_STARS = regex.compile(r"\*\*|\\\*|(?<!\*)\*(?=\S)(?:[^*]*\S)?\*(?!\*)|_\s\*|\*\s_")
_LETTER = regex.compile(r"[\p{L}\p{N}]")


def check_bold(pair: Pair) -> Iterator[Found]:
    """At most one finding; stretches of bold without a letter or digit don't count."""
    if _STARS.search(pair.source):
        return
    stars = [m.span() for m in _STARS.finditer(pair.target)]
    if stars:
        yield Found("bold", "asterisks of broken bold stand in the text", (), tuple(stars))
        return
    mine = [s for s in marked(pair.source_runs, "strong") if _LETTER.search(s.text)]
    theirs = [s for s in marked(pair.target_runs, "strong") if _LETTER.search(s.text)]
    if len(mine) != len(theirs):
        yield Found(
            "bold",
            f"{len(mine)} bold in the source, {len(theirs)} in the translation",
            tuple(s.range for s in mine),
            tuple(s.range for s in theirs),
        )
