"""A text folded: NFKC, case folded, digits of any script as ASCII ones, invisible marks gone; and where each of its
characters came from."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import regex

# Default-ignorable and bidi marks, tatweel, Arabic vowel signs, Hebrew points: not seen, or left out at will.
_INVISIBLE = regex.compile(
    r"[\u00AD\u034F\u061C\u0640\u064B-\u065F\u0670\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u115F\u1160"
    r"\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0"
    r"\U000E0000-\U000E0FFF]|(?<=i)\u0307+"
)
_MARK_PILE = regex.compile(r"\p{M}{31}")
# Nothing composes across these chunks: conjoining jamo, or a character with its marks (at most 30, as in
# UAX #15's Stream-Safe Text Format; half-width voiced marks become combining ones).
_CHUNK = regex.compile(
    r"[\x00-\x7f]+(?![\p{M}\uFF9E\uFF9F])|[\u1100-\u11FF\uA960-\uA97F\uAC00-\uD7FF\u3131-\u318E\uFFA0-\uFFDC]+"
    r"|.[\p{M}\uFF9E\uFF9F]{0,30}",
    regex.DOTALL,
)
# Blanks, hyphens and full-width characters that NFKC makes one other character of, whatever is beside them.
_ONE_FOR_ONE = re.compile(r"[\u00a0\u2000-\u200a\u2011\u202f\u205f\u3000\uff01-\uff5e]")
# regex may know digits of a newer Unicode than unicodedata does; those stay as they are
_FOREIGN_DIGIT = regex.compile(r"[\p{Nd}--[0-9]]", regex.V1)
_QUOTES = (("\u2019", "'"), ("\u02bc", "'"), ("\u2018", "'"), ("\u05f3", "'"), ("\u05f4", '"'))
# Text of these characters alone, Latin letters and general punctuation, needs no more than re: half the time.
LATIN = re.compile(r"[\x00-\u024f\u2000-\u206f]*")
# The invisible ones among them, and the letter that leaves a mark behind when its case is folded.
_ODD_LATIN = re.compile(r"[\u00ad\u0130\u200b-\u200f\u202a-\u202e\u2060-\u206f]")
_BARE = {'"': "", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ħ": "h", "ŧ": "t"}


class Token(NamedTuple):
    """A token and where it stands: code points [start, end) of the text as given."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; character i came from code points [starts[i], ends[i]), or [i, i + 1) without arrays."""

    text: str
    starts: array[int] | None = None
    ends: array[int] | None = None

    def tokens(self, found: Iterable[tuple[str, int, int]]) -> list[Token]:
        """Tokens at folded characters [start, end), not empty, with their offsets in the text as given."""
        if self.starts is None or self.ends is None:
            return [Token(*token) for token in found]
        starts, ends = self.starts, self.ends
        return [Token(token, starts[start], ends[end - 1]) for token, start, end in found]


def fold(text: str) -> Folded:
    """The text as every stream sees it; folding a folded text changes nothing."""
    if text.isascii():
        return Folded(text.lower())
    plain = _ONE_FOR_ONE.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    if LATIN.fullmatch(plain) and not _ODD_LATIN.search(plain):
        # nothing of what _fold_chunk looks for is there
        whole = _straight(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", plain).casefold()))
    # a pile of marks is cut into chunks, since sorting it by combining class would be quadratic
    elif _INVISIBLE.search(plain) or _MARK_PILE.search(plain):
        return _fold_chunks(text)
    else:
        whole = _fold_chunk(plain)
    if len(whole) == len(text) and unicodedata.is_normalized("NFKC", plain):
        return Folded(whole)
    return _fold_chunks(text)


def without_accents(folded: str) -> str:
    """A folded text whose Latin, Greek and Cyrillic letters have lost their accents."""
    return folded if folded.isascii() else "".join(map(bare_letter, folded))


def bare_letter(character: str) -> str:
    """The letter without its accent; empty for a Hebrew quote, and for a mark that no letter took up."""
    if character in _BARE:
        return _BARE[character]
    if "\u0300" <= character <= "\u036f":
        return ""
    if "\u0080" < character < "\u0530" or "\u1e00" <= character <= "\u1fff":  # Latin, Greek, Cyrillic
        return unicodedata.normalize("NFD", character)[0]
    return character


def _fold_chunk(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    if _FOREIGN_DIGIT.search(folded):
        folded = _FOREIGN_DIGIT.sub(lambda m: str(unicodedata.decimal(m.group(), m.group())), folded)
    seen = _INVISIBLE.sub("", folded)
    if len(seen) < len(folded):  # what stood apart may compose now
        seen = unicodedata.normalize("NFC", seen)
    return _straight(seen)


def _straight(text: str) -> str:
    """With straight quotes; one after the other takes a tenth of the time of str.translate."""
    for quote, plain in _QUOTES:
        text = text.replace(quote, plain)
    return text


def _fold_chunks(text: str) -> Folded:
    """`fold` for a text whose characters do not stand one for one: chunk by chunk, with arrays of offsets."""
    origin = array("I", (i for i, c in enumerate(text) if not _INVISIBLE.match(c)))
    kept = "".join(text[i] for i in origin)
    parts: list[str] = []
    known: dict[str, str] = {}
    starts, ends = array("I"), array("I")
    for match in _CHUNK.finditer(kept):
        first, last, chunk = match.start(), match.end(), match.group()
        if chunk.isascii():
            parts.append(chunk.lower())
            starts.extend(origin[first:last])
            ends.extend(i + 1 for i in origin[first:last])
        else:
            if chunk not in known:
                known[chunk] = _fold_chunk(chunk)
            parts.append(known[chunk])
            starts.extend([origin[first]] * len(parts[-1]))
            ends.extend([origin[last - 1] + 1] * len(parts[-1]))
    return Folded("".join(parts), starts, ends)
