"""Words, stems and 4-grams of a text: the one analyser for index and query, with kb.identifiers.

Four streams, each a list of tokens in reading order with code-point offsets into the text as given:

    words         whole words as folded, bigrams for scripts without spaces
    analyse       the same, stemmed where the language has a Snowball stemmer
    fourgrams     character 4-grams within words, for compounds and rich morphology
    identifiers   error codes, GUIDs, cmdlets, versions, file names and addresses, each whole

All of them see the text folded: NFKC, case folded, digits of any script as ASCII ones, invisible marks gone.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise
from typing import NamedTuple

import regex
import Stemmer

MAX_WORD = 100  # characters of a token that count; nothing that people write is longer

# ISO 639-1 to Snowball's names. "dutch" (Kraaij-Pohlmann) cuts prefixes too, "gebruikers" to "bruiker"; the
# older "dutch_porter" looks tidier and found no more in questions over a Dutch knowledge base.
STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "eo": "esperanto",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "st": "sesotho",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}


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
    if _LATIN.fullmatch(plain) and not _ODD_LATIN.search(plain):
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


def words(text: str | Folded) -> list[Token]:
    """Words as folded, and bigrams of scripts without spaces (the character itself where it stands alone)."""
    folded = fold(text) if isinstance(text, str) else text
    return folded.tokens((word, start, end) for word, start, end, _ in _words(folded.text))


def analyse(text: str | Folded, language: str) -> list[Token]:
    """Words stemmed by the language's Snowball stemmer, as they are where it has none, and bigrams.

    `language` is a BCP 47 tag; only its first subtag counts. Words with digits are not stemmed.
    """
    folded = fold(text) if isinstance(text, str) else text
    return folded.tokens((stem, start, end) for stem, _, start, end in _stemmed(folded, language))


def stemmed_words(text: str, language: str, wanted: Collection[str]) -> list[tuple[Token, str]]:
    """Of `analyse(text, language)` those tokens that are wanted, each with the word as folded, not stemmed."""
    folded = fold(text)
    stem_of = _stems(language)
    if _LATIN.fullmatch(folded.text):  # the same as below without a step for each word
        matches = ((m[0][:MAX_WORD], m) for m in _LATIN_WORD.finditer(folded.text))
        found = [(stem, word, *m.span()) for word, m in matches if (stem := stem_of(word)) in wanted]
    else:
        found = [one for one in _stemmed(folded, language) if one[0] in wanted]
    tokens = folded.tokens((stem, start, end) for stem, _, start, end in found)
    return [(token, one[1]) for token, one in zip(tokens, found, strict=True)]


def fourgrams(text: str | Folded) -> list[Token]:
    """Overlapping 4-grams within words, shorter words whole; of Hangul bigrams, whose words are that short.

    Latin, Greek and Cyrillic letters lose their accents here, since people leave them out. Scripts without
    spaces have none: their bigrams are in the other streams.
    """
    folded = fold(text) if isinstance(text, str) else text
    found: list[tuple[str, int, int]] = []
    for match in _matches(folded.text):
        if match.lastgroup == "word":
            word, start = match[0], match.start()
            grams = _grams(word) if len(word) <= MAX_WORD else _cut(word)
            found += [(gram, start + left, start + right) for gram, left, right in grams]
    return folded.tokens(found)


def without_accents(folded: str) -> str:
    """A folded text whose Latin, Greek and Cyrillic letters have lost their accents."""
    return folded if folded.isascii() else "".join(map(_bare, folded))


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

_CJK = r"\p{Han}\p{Hiragana}\p{Katakana}\u30FC"
_SPACELESS = rf"{_CJK}\p{{Thai}}\p{{Lao}}\p{{Khmer}}\p{{Myanmar}}"
_LETTER = rf"[[\p{{L}}\p{{N}}]--[{_SPACELESS}]]"
_MORE = rf"[[\p{{L}}\p{{N}}\p{{M}}]--[{_SPACELESS}]]"
_WORD = regex.compile(
    rf"(?P<word>{_LETTER}{_MORE}*+(?:'{_MORE}++|(?<=\p{{Hebrew}})\"(?=\p{{Hebrew}}){_MORE}++)*+)"
    rf"|(?P<run>[{_CJK}]++|"
    + "|".join(
        rf"[\p{{{s}}}&&\p{{L}}][\p{{{s}}}&&[\p{{L}}\p{{M}}]]*+" for s in ("Thai", "Lao", "Khmer", "Myanmar")
    )
    + ")",
    regex.V1,
)
# Text of these characters alone, Latin letters and general punctuation, needs no more than re: half the time.
_LATIN = re.compile(r"[\x00-\u024f\u2000-\u206f]*")
# The invisible ones among them, and the letter that leaves a mark behind when its case is folded.
_ODD_LATIN = re.compile(r"[\u00ad\u0130\u200b-\u200f\u202a-\u202e\u2060-\u206f]")
_LATIN_WORD = re.compile(r"(?P<word>[^\W_]+(?:'[^\W_]+)*)")
_CLUSTER = regex.compile(r".\p{M}{0,15}", regex.DOTALL)
_HANGUL = regex.compile(r"\p{Hangul}")
_DIGIT = regex.compile(r"[0-9]")
_ELISION = regex.compile(r"^[dlmnst]'(?=.)")
_BARE = {'"': "", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ħ": "h", "ŧ": "t"}


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


def _matches(folded: str) -> Iterator[re.Match[str] | regex.Match[str]]:
    """The words, as group "word", and the runs of scripts without spaces of a folded text."""
    return _LATIN_WORD.finditer(folded) if _LATIN.fullmatch(folded) else _WORD.finditer(folded)


def _words(folded: str) -> Iterator[tuple[str, int, int, bool]]:
    """Every word or bigram of a folded text, where it stands, and whether it is a word between spaces."""
    for match in _matches(folded):
        start, end = match.span()
        if match.lastgroup == "word":
            word = folded[start:end]
            yield word.replace('"', "")[:MAX_WORD] if '"' in word else word[:MAX_WORD], start, end, True
            continue
        clusters = [m.span() for m in _CLUSTER.finditer(folded, start, end)]
        if len(clusters) == 1:
            yield folded[start:end], start, end, False
        for (left, _), (_, right) in pairwise(clusters):
            yield folded[left:right], left, right, False


def _stemmed(folded: Folded, language: str) -> Iterator[tuple[str, str, int, int]]:
    """(word or bigram as it is analysed, as it is folded, from, to), in order."""
    stem_of = _stems(language)
    for word, start, end, spaced in _words(folded.text):
        yield stem_of(word) if spaced else word, word, start, end


_STEMS_IN_MEMORY = 20_000  # words of a language, 3 MB; texts of one subject hardly have more
_local = threading.local()  # Snowball stemmers keep state: one of each per thread


def _stems(language: str) -> Callable[[str], str]:
    """What stems a word between spaces, by this thread's stemmer of the language; the same word where it has none."""
    code = language.partition("-")[0].lower()
    cache: dict[str, Callable[[str], str]] | None = getattr(_local, "stems", None)
    if cache is None:
        cache = _local.stems = {}
    if code not in STEMMERS:
        return str
    if code not in cache:
        cache[code] = lru_cache(_STEMS_IN_MEMORY)(
            partial(_stem, Stemmer.Stemmer(STEMMERS[code]), code == "ca")
        )
    return cache[code]


def _stem(stemmer: Stemmer.Stemmer, elided: bool, word: str) -> str:
    if _DIGIT.search(word):
        return word
    return stemmer.stemWord(_ELISION.sub("", word) if elided else word) or word


def _cut(word: str) -> tuple[tuple[str, int, int], ...]:
    """4-grams of a word with their offsets in it; what apostrophes separate is cut by itself."""
    grams: list[tuple[str, int, int]] = []
    size = 2 if _HANGUL.match(word) else 4
    start = 0
    for part in word.split("'"):
        letters = [(bare, i) for i, c in enumerate(part, start) if (bare := _bare(c))]
        start += len(part) + 1
        if len(letters) < 2 and len(part) < len(word):  # the l of "l'accès", the s of "user's"
            continue
        text = "".join(bare for bare, _ in letters)
        for n in range(max(1, len(text) - size + 1) if text else 0):
            gram = text[n : n + size]
            grams.append((gram, letters[n][1], letters[n + len(gram) - 1][1] + 1))
    return tuple(grams)


_grams = lru_cache(maxsize=20_000)(_cut)  # about 15 MB of words of up to MAX_WORD characters


def _bare(character: str) -> str:
    """The letter without its accent; empty for a Hebrew quote, and for a mark that no letter took up."""
    if character in _BARE:
        return _BARE[character]
    if "\u0300" <= character <= "\u036f":
        return ""
    if "\u0080" < character < "\u0530" or "\u1e00" <= character <= "\u1fff":  # Latin, Greek, Cyrillic
        return unicodedata.normalize("NFD", character)[0]
    return character
