"""The fields that passages and questions are looked up by, each a stream of kb.text or kb.identifiers.

stem        stems and bigrams of the text        gram   4-grams of title and text
title       words of the title, not stemmed      exact  identifiers of title and text
title_stem  stems and bigrams of the title
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from kb.folding import Token, fold
from kb.identifiers import identifiers
from kb.text import analyse, fourgrams, words

FIELDS = ("stem", "gram", "title", "title_stem", "exact")


def field_tokens(title: str, text: str, language: str, query: bool = False) -> dict[str, list[str]]:
    """Tokens of each field, in the order of FIELDS; a query is looked up in all of them."""
    body = fold(text)
    stems, grams, plain, names = _title_streams(title, language)
    return {
        "stem": stems if query else _texts(analyse(body, language)),
        "gram": grams + _texts(fourgrams(body)),
        "title": plain,
        "title_stem": stems,
        "exact": names + _texts(identifiers(body)),
    }


def weighed_tokens(text: str, language: str) -> list[tuple[str, str]]:
    """The distinct stems, bigrams and 4-grams of a text as (field, token), in order."""
    folded = fold(text)
    stems = [("stem", token.text) for token in analyse(folded, language)]
    return list(dict.fromkeys([*stems, *(("gram", token.text) for token in fourgrams(folded))]))


@lru_cache(64)
def _title_streams(title: str, language: str) -> tuple[list[str], list[str], list[str], list[str]]:
    """Stems, 4-grams, words and identifiers: an article's passages share its title."""
    head = fold(title)
    return (
        _texts(analyse(head, language)),
        _texts(fourgrams(head)),
        _texts(words(head)),
        _texts(identifiers(head)),
    )


def _texts(tokens: Iterable[Token]) -> list[str]:
    return [token.text for token in tokens]
