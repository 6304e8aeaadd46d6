"""Units, or long stretches of them, that were left in English."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from indexer.checks.finding import Found, Pair, Range, linked, marked
from indexer.checks.masks import ADDRESS, blank

_WORD = regex.compile(r"[\p{L}\p{M}]+(?:['’-][\p{L}\p{M}]+)*")
# Words that no name, label or code consists of: a stretch without any may well be a name.
_FUNCTION_WORDS = """
    and are at be because been but by cannot could did does from had has have how if into isn't it its
    might must not of our should that the their them then there these they this those to until were what
    when where which while why with within without would you your don't doesn't can't won't you're i'm
"""
_FUNCTION = frozenset(_FUNCTION_WORDS.split())
# What a name may hold all the same: "Microsoft Defender for Office 365 and Teams".
_IN_NAMES = frozenset(["and", "at", "by", "for", "from", "in", "of", "on", "the", "to", "with"])
_CODE = regex.compile(r"\$\w|[{}=\\]|\s-[A-Z]\w+|::|;\s*$")
_LEAST_WHOLE = 3
_LEAST_RUN = 5


def check_untranslated(pair: Pair) -> Iterator[Found]:
    """At most one finding: the target is the source, or holds a run of five or more of its words.

    English is what counts, by its function words; a source in another language gives none. Text in code, bold
    and links may be names or titles: it is passed over unless the whole unit is equal.
    """
    target, source = pair.target.strip(), pair.source.strip()
    words = [m.group().casefold() for m in _WORD.finditer(source)]
    if target.casefold() == source.casefold():
        if len(words) >= _LEAST_WHOLE and _english(source):
            yield Found(
                "untranslated",
                "the translation equals its source",
                (_whole(pair.source),),
                (_whole(pair.target),),
            )
        return
    found = _longest(pair)
    if found is not None:
        yield Found("untranslated", "words of the source stand untranslated", *((r,) for r in found))


def _english(text: str) -> bool:
    """Whether a text is an English phrase, neither a name nor code."""
    text = ADDRESS.sub(blank, text)
    words = [m.group() for m in _WORD.finditer(text)]
    functions = {w.casefold() for w in words} & _FUNCTION
    lower = [w for w in words if w[0].islower() and w.casefold() not in _IN_NAMES]
    return bool(functions) and bool(functions - _IN_NAMES or len(lower) >= 2) and _CODE.search(text) is None


def _whole(text: str) -> Range:
    bare = text.strip()
    start = len(text) - len(text.lstrip())
    return start, start + len(bare)


def _longest(pair: Pair) -> tuple[Range, Range] | None:
    """(source, target) ranges of the longest run of words that both have outside code, bold and links."""
    if not any(word in _FUNCTION for word in pair.target.casefold().split()):
        return None
    mine = _prose_words(pair.source, _kept(pair, "source"))
    theirs = _prose_words(pair.target, _kept(pair, "target"))
    if len(mine) < _LEAST_RUN or sum(w in _FUNCTION for w, _ in theirs) < 2:
        return None
    best, at = 0, (0, 0)
    before: dict[int, int] = {}
    places: dict[str, list[int]] = {}
    for j, (word, _) in enumerate(theirs):
        if word:
            places.setdefault(word, []).append(j)
    for i, (word, _) in enumerate(mine):
        here: dict[int, int] = {}
        for j in places.get(word, ()):
            here[j] = before.get(j - 1, 0) + 1
            if here[j] > best:
                best, at = here[j], (i, j)
        before = here
    run = mine[at[0] - best + 1 : at[0] + 1]
    if best < _LEAST_RUN or sum(word in _FUNCTION for word, _ in run) < 2:
        return None
    other = theirs[at[1] - best + 1 : at[1] + 1]
    if pair.target[other[-1][1][1] :].lstrip(" .。")[:1] in ("(", "（"):
        return None  # English on purpose, explained in brackets
    return (run[0][1][0], run[-1][1][1]), (other[0][1][0], other[-1][1][1])


def _kept(pair: Pair, side: str) -> list[Range]:
    runs = pair.source_runs if side == "source" else pair.target_runs
    text = pair.source if side == "source" else pair.target
    addresses = [m.span() for m in ADDRESS.finditer(text)]
    return addresses + [s.range for s in (*marked(runs, "code"), *marked(runs, "strong"), *linked(runs))]


def _prose_words(text: str, kept: list[Range]) -> list[tuple[str, Range]]:
    """Words in order with their places; those within kept ranges are empty, and match nothing."""
    return [
        ("" if any(a < m.end() and m.start() < b for a, b in kept) else m.group().casefold(), m.span())
        for m in _WORD.finditer(text)
    ]
