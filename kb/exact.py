"""What of a question is meant to the letter: error codes, GUIDs, cmdlets, KB numbers, and phrases in quotes."""

from __future__ import annotations

from typing import NamedTuple

import regex

from kb.folding import fold
from kb.identifiers import identifiers
from kb.text import words

_MAX_PHRASES = 3
_MAX_IDENTIFIERS = 8
_MAX_PHRASE = 200  # characters
_MAX_QUERY = 4_000  # characters of a question that are looked at
_PAIRS = (
    ('"', '"', '"'),
    ("\u201c", "[\u201d\u201c]", "\u201c\u201d\u201e"),
    ("\u201d", "\u201d", "\u201d"),
    ("\u201e", "[\u201c\u201d]", "\u201c\u201d\u201e"),
    ("«", "»", "«»"),
    ("»", "«", "«»"),
    ("\u2039", "\u203a", "\u2039\u203a"),
    ("「", "」", "「」"),
    ("『", "』", "『』"),
    ("《", "》", "《》"),
    ("(?<!\\w)'", "'(?!\\w)", "'"),
    ("\u2018", "\u2019(?!\\w)", "\u2018\u2019"),
)
# what opens, what closes, what may not stand between; possessive, so that a long text is read once
_QUOTED = regex.compile(
    "|".join(rf"{opens}([^{inside}\n]{{1,{_MAX_PHRASE}}}+){closes}" for opens, closes, inside in _PAIRS)
)
_YEAR = regex.compile(r"(?:19|20)[0-9]{2}")
_IDENTIFIER = regex.compile(
    "|".join(
        (
            r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",  # GUIDs
            r"0x[0-9a-f]{3,}|(?=[0-9a-f]*[0-9])[0-9a-f]{6,}",  # hexadecimal codes
            r"[a-z]{1,10}[0-9]{4,}[a-z0-9]*",  # kb4532693, aadsts50011
            r"[0-9]{4,}",
            r"(?=.*[0-9]{3})[0-9]+[-.][0-9]+|[0-9]+(?:[-.][0-9]+){2,}",  # 30015-25, 5.7.1
            r"[a-z]+-[a-z][a-z0-9]{4,}",  # cmdlets; the analyser knows their verbs
            r"[a-z0-9]+(?:[-.][a-z0-9]+)*\.[a-z]{2,}",  # files and hosts
            r"\w*_\w*",
        )
    )
)


class Exact(NamedTuple):
    """identifiers: as the analyser's; phrases: folded words with one blank between them."""

    identifiers: list[str]
    phrases: list[str]


def exact_of(query: str) -> Exact:
    """Identifiers and quoted phrases of a question, each once, in order.

    None are: a number of a few digits, a year, a single quoted word, which is more often stressed than quoted.
    """
    query = query[:_MAX_QUERY]
    folded = fold(query)
    found = [token.text for token in identifiers(folded)]
    named = [name for name in dict.fromkeys(found) if _is_identifier(name)]
    quoted = (next(group for group in match.groups() if group) for match in _QUOTED.finditer(query))
    phrases = [phrase for text in quoted if " " in (phrase := flat(text))]
    return Exact(named[:_MAX_IDENTIFIERS], list(dict.fromkeys(phrases))[:_MAX_PHRASES])


def _is_identifier(name: str) -> bool:
    return _IDENTIFIER.fullmatch(name) is not None and _YEAR.fullmatch(name) is None


def flat(text: str) -> str:
    """A text's words as a phrase is compared: folded, one blank between them."""
    return " ".join(token.text for token in words(text))
