"""Numbers that stand on one side only, whatever the digits, the separators and the order of a date."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import regex

from indexer.checks.finding import Found, Pair
from indexer.checks.masks import blank
from indexer.checks.numberwords import ENGLISH_NUMBERS, MONTHS, WRITTEN

# Not within a word ("E3", "KB45"), where it belongs to a name or a code; "5GB" and "2nd" begin with a number.
_NUMBER = regex.compile(
    r"(?<![\p{Latin}\p{Cyrillic}\p{N}_#@\\])(?<!\p{Nd}[.,'’٫٬]|\p{Latin}-)\p{Nd}+(?:[.,'’٫٬\u00a0\u202f]\p{Nd}+)*+"
)
# Groups that blanks or commas of another script separate, one number if the other side has it.
_SPACED = regex.compile(r"(?<!\p{Nd})\p{Nd}{1,3}(?:[\s\p{Cf}，、]+\p{Nd}{3})+(?!\p{Nd})")
# "1 hour", "100%", "1:1" and "3rd party" are said in words elsewhere; "v2.0" is a number.
_IDIOM = regex.compile(
    r"\b1(?=[\s-](?:hour|minute|day|week|month|year)\b)|\b100%"
    r"|(?<!\d)1\s?(?:[:：-]|-?(?:on|to)-?|対|对|對|към|на)\s?1(?!\d)"
    r"|\b[13](?:rd|st)[\s-]party|\b[vV](?=\d)",
    regex.IGNORECASE,
)
# "3h00" is 3:00.
_CLOCK = regex.compile(r"(?<=\d)\s?[hH]\s?(?=\d\d(?!\d))")
_MYRIAD = re.compile(r"\s?([万萬億亿])")
_PERIOD = re.compile(r"\b(?:hour|day|week|month|year)\b", re.IGNORECASE)
_PARTY = re.compile(r"\b(?:3rd|third)[\s-]party", re.IGNORECASE)
_MULTIPLE = regex.compile(r"\s?(k\b|thousand\b|m\b|million\b)", regex.IGNORECASE)
_RUN_OF_DIGITS = re.compile(r"\d+")
_GROUPED = regex.compile(r"\d{1,3}(?:([.,'’٬\u00a0\u202f])\d{3})(?:\1\d{3})*")
_LONGEST = 15  # digits that a float keeps
_ANY = re.compile(r"\d")
_DATE = regex.compile(r"(\d{1,2})[.](\d{1,2})[.](\d{4})|(\d{4})[.](\d{1,2})[.](\d{1,2})")
_LIST = re.compile(r"(?<=\d{4}),(?=\d{4})")
_SPLIT = regex.compile(r"['’\u00a0\u202f]")
_BETWEEN = regex.compile(r"(?<=\d)[\s.,'’٫٬\u00a0\u202f\p{Cf}]+(?=\d)")
_WORD = regex.compile(r"\p{Latin}+")
_AFTERNOON = regex.compile(r"(?<=\d|\d\s)[ap]\.?m\b", regex.IGNORECASE)


class Number(NamedTuple):
    """A number's digits in one spelling ("1000" for "1,000", "1.5" for "1,5") and where it stands."""

    value: str
    start: int
    end: int


def numbers(text: str) -> list[Number]:
    """Numbers of a text in reading order; dates with dots give their parts, 万 and 亿 count."""
    found = (number for match in _NUMBER.finditer(text) for number in _read(match.group(), match.start()))
    return [_myriads(text, number) for number in found]


def check_numbers(pair: Pair) -> Iterator[Found]:
    """At most one finding: the numbers that only one side has.

    A number that is written out, an English month or hour that became a number, and one that only groups its
    digits in another way are no difference.
    """
    if not (_ANY.search(pair.source_prose) or _ANY.search(pair.target_prose)):
        return
    source, target = (
        _CLOCK.sub(blank, _IDIOM.sub(blank, text)) for text in (pair.source_prose, pair.target_prose)
    )
    mine, theirs = numbers(source), numbers(target)
    if not mine and not theirs:
        return
    big = _multiples(source, mine)
    values = {n.value for n in mine} | set(big.values())
    mine, theirs = _regrouped(source, mine, {n.value for n in theirs}), _regrouped(target, theirs, values)
    lost = _without(mine, theirs)
    extra = _without(theirs, mine)
    if not lost and not extra:
        return
    source_digits, target_digits = _digits(pair.source), _digits(pair.target)
    written = _written_in(target)
    afternoon = _AFTERNOON.search(source) is not None
    told = _told_in(pair.source)
    values = {n.value for n in theirs}
    lost = [
        n
        for n in lost
        if not _is_written(n.value, written)
        and not _within(n.value, target_digits)
        and not {big.get(n), _evening(n) if afternoon else None} & values
    ]
    told |= set(big.values())
    if afternoon:
        told |= {"0", *filter(None, map(_evening, mine))}
    extra = [n for n in extra if n.value not in told and not _within(n.value, source_digits)]
    if lost or extra:
        yield Found("number", _message(lost, extra), _ranges(lost), _ranges(extra))


def _regrouped(text: str, found: list[Number], values: set[str]) -> list[Number]:
    """The numbers, those joined that together make a number of the other side ("5 000" beside "5,000")."""
    for match in _SPACED.finditer(text):
        value = _ascii(regex.sub(r"\P{Nd}", "", match.group())).lstrip("0")
        if value in values:
            start, end = match.span()
            kept = [n for n in found if n.end <= start or end <= n.start]
            found = sorted([*kept, Number(value, start, end)], key=lambda n: n.start)
    return found


def _multiples(text: str, found: Sequence[Number]) -> dict[Number, str]:
    """What "100K" and "30 million" stand for, written out."""
    big = {}
    for number in found:
        match = _MULTIPLE.match(text, number.end)
        if match:
            factor = 1000 if match[1].casefold() in ("k", "thousand") else 1_000_000
            big[number] = _scaled(number.value, factor) or number.value
    return big


def _ascii(text: str) -> str:
    """The text with the digits of every script as ASCII ones."""
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def _read(text: str, start: int) -> Iterator[Number]:
    plain = _ascii(text).replace("٫", ".")
    end = start + len(text)
    if _GROUPED.fullmatch(plain):
        yield Number(regex.sub(r"\D", "", plain).lstrip("0") or "0", start, end)
    elif date := _DATE.fullmatch(plain):
        for n in (1, 2, 3) if date[1] else (4, 5, 6):
            yield Number(_bare(date[n]), start + date.start(n), start + date.end(n))
    else:
        position = 0
        for part in _SPLIT.split(_LIST.sub("'", plain)):
            value = ".".join(_bare(piece) for piece in part.replace(",", ".").split("."))
            yield Number(value, start + position, start + position + len(part))
            position += len(part) + 1


def _bare(digits: str) -> str:
    return digits.lstrip("0") or "0"


def _without(these: Sequence[Number], those: Sequence[Number]) -> list[Number]:
    values = {n.value for n in those}
    return [n for n in these if n.value not in values]


def _digits(text: str) -> str:
    """The text, digits ASCII and together whatever separates them."""
    return _BETWEEN.sub("", _ascii(text))


def _within(value: str, digits: str) -> bool:
    """Whether digits of the other side, its separators gone, hold the number; short ones must match at an edge."""
    bare = value.replace(".", "")
    return bare in (_RUN_OF_DIGITS.findall(digits) if len(bare) < 3 else digits)


def _written_in(target: str) -> set[str]:
    folded = target.casefold()
    return {value for value, words in WRITTEN.items() if words.search(folded)}


def _myriads(text: str, number: Number) -> Number:
    """The number times what follows it in Chinese and Japanese."""
    match = _MYRIAD.match(text, number.end)
    if match is None:
        return number
    factor = 10_000 if match[1] in "万萬" else 100_000_000
    value = _scaled(number.value, factor)
    return number if value is None else Number(value, number.start, match.end())


def _scaled(value: str, factor: int) -> str | None:
    """The product, None for a version or the like."""
    plain = value.count(".") < 2 and value.isascii() and len(value) <= _LONGEST
    return f"{float(value) * factor:.0f}" if plain else None


def _evening(hour: Number) -> str | None:
    """The hour in the 24-hour clock; None where it can't be one."""
    plain = hour.value.isdecimal() and hour.value.isascii() and len(hour.value) <= 2
    return str(int(hour.value) + 12) if plain and int(hour.value) < 12 else None


def _is_written(value: str, written: set[str]) -> bool:
    """Whether it is among the written-out numbers, or its tens and ones are."""
    if value in written:
        return True
    tens, ones = value[:-1] + "0", value[-1:]
    return len(value) == 2 and tens in written and ones in written


def _told_in(source: str) -> set[str]:
    """Numbers that English words of the source stand for."""
    words = [word.casefold() for word in _WORD.findall(source)]
    told = {ENGLISH_NUMBERS[word] for word in words if word in ENGLISH_NUMBERS}
    if _PARTY.search(source):
        told.add("3")
    if _PERIOD.search(source):  # "over the past year" is "in 1 year" elsewhere
        told.add("1")
    told |= {MONTHS[word[:3]] for word in words if word[:3] in MONTHS}
    return told


def _message(lost: Sequence[Number], extra: Sequence[Number]) -> str:
    parts = []
    if lost:
        parts.append("only in the source: " + ", ".join(dict.fromkeys(n.value for n in lost)))
    if extra:
        parts.append("only in the translation: " + ", ".join(dict.fromkeys(n.value for n in extra)))
    return "numbers " + "; ".join(parts)


def _ranges(found: Sequence[Number]) -> tuple[tuple[int, int], ...]:
    return tuple((n.start, n.end) for n in found)
