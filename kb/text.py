"""Words, stems and 4-grams of a text: the one analyser for index and query, with kb.identifiers.

Four streams, each a list of tokens in reading order with code-point offsets into the text as given:

    words         whole words as folded, bigrams for scripts without spaces
    analyse       the same, stemmed where the language has a Snowball stemmer
    fourgrams     character 4-grams within words, for compounds and rich morphology
    identifiers   error codes, GUIDs, cmdlets, versions, file names and addresses, each whole

All of them see the text folded (kb.folding).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Iterator
from functools import cache, lru_cache, partial
from itertools import pairwise

import regex
import Stemmer

from kb.folding import LATIN, Folded, Token, bare_letter, fold

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


def words(text: str | Folded) -> list[Token]:
    """Words as folded, and bigrams of scripts without spaces (the character itself where it stands alone)."""
    folded = fold(text) if isinstance(text, str) else text
    return folded.tokens((word, start, end) for word, start, end, _ in _words(folded.text))


def runs(text: str) -> list[tuple[int, int, bool]]:
    """(from, to, whether it is a word between spaces) of every word and every run of a script without spaces."""
    folded = fold(text)
    found = [(match.lastgroup or "", *match.span()) for match in _matches(folded.text)]
    return [(token.start, token.end, token.text == "word") for token in folded.tokens(found)]


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
    if LATIN.fullmatch(folded.text):  # the same as below without a step for each word
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
_LATIN_WORD = re.compile(r"(?P<word>[^\W_]+(?:'[^\W_]+)*)")
_CLUSTER = regex.compile(r".\p{M}{0,15}", regex.DOTALL)
_HANGUL = regex.compile(r"\p{Hangul}")
_DIGIT = regex.compile(r"[0-9]")
_ELISION = regex.compile(r"^[dlmnst]'(?=.)")


def _matches(folded: str) -> Iterator[re.Match[str] | regex.Match[str]]:
    """The words, as group "word", and the runs of scripts without spaces of a folded text."""
    return _LATIN_WORD.finditer(folded) if LATIN.fullmatch(folded) else _WORD.finditer(folded)


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


_STEMS_IN_MEMORY = 20_000  # words of a language, 3 MB for all threads; texts of one subject hardly have more
_local = threading.local()  # Snowball stemmers keep state: one of each per thread


def _stems(language: str) -> Callable[[str], str]:
    """What stems a word between spaces by the language's stemmer; the same word where it has none."""
    code = language.partition("-")[0].lower()
    return _remembered(code) if code in STEMMERS else str


@cache
def _remembered(code: str) -> Callable[[str], str]:
    return lru_cache(_STEMS_IN_MEMORY)(partial(_stem, code))


def _stem(code: str, word: str) -> str:
    if _DIGIT.search(word):
        return word
    return _stemmer(STEMMERS[code]).stemWord(_ELISION.sub("", word) if code == "ca" else word) or word


def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    known: dict[str, Stemmer.Stemmer] | None = getattr(_local, "stemmers", None)
    if known is None:
        known = _local.stemmers = {}
    if algorithm not in known:
        known[algorithm] = Stemmer.Stemmer(algorithm)
    return known[algorithm]


def _cut(word: str) -> tuple[tuple[str, int, int], ...]:
    """4-grams of a word with their offsets in it; what apostrophes separate is cut by itself."""
    grams: list[tuple[str, int, int]] = []
    size = 2 if _HANGUL.match(word) else 4
    start = 0
    for part in word.split("'"):
        letters = [(bare, i) for i, c in enumerate(part, start) if (bare := bare_letter(c))]
        start += len(part) + 1
        if len(letters) < 2 and len(part) < len(word):  # the l of "l'accès", the s of "user's"
            continue
        text = "".join(bare for bare, _ in letters)
        for n in range(max(1, len(text) - size + 1) if text else 0):
            gram = text[n : n + size]
            grams.append((gram, letters[n][1], letters[n + len(gram) - 1][1] + 1))
    return tuple(grams)


_grams = lru_cache(maxsize=20_000)(_cut)  # about 15 MB of words of up to MAX_WORD characters
