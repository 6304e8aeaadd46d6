"""What a question was probably meant to say, where some of its words are unknown to the index."""

from __future__ import annotations

from kb.embedded import Collection
from kb.encoded import Meant
from kb.folding import fold
from kb.identifiers import identifiers
from kb.locales import lookup
from kb.spelling import Speller, spelled_words

_MAX_QUERY = 500  # characters of a question that are looked at; nobody mistypes a log by hand
_MAX_WORDS = 32


def corrections(collection: Collection, text: str, language: str, meant: Meant) -> dict[str, str]:
    """For folded words of the text that nobody knows the words that they were probably meant to be.

    Candidates are words of the question's language, and names; where the language is not installed, names, and what the
    encoder's vocabulary has for `meant`. A word is known if any installed locale has it. Parts of identifiers, and
    scripts without spaces, are left alone.
    """
    own = lookup(language, list(collection.locales))
    spellers = [collection.names]
    if own is not None:
        spellers.insert(0, collection.locales[own].browse.speller)
    asked = text[:_MAX_QUERY]
    exempt = {word for token in identifiers(asked) for word in spelled_words(token.text)}
    found: dict[str, str] = {}
    for word in list(dict.fromkeys(spelled_words(asked)))[:_MAX_WORDS]:
        if word in exempt or any(speller.knows(word) for speller in spellers) or stands_in(collection, word):
            continue
        near = _nearest(spellers, word)
        # in other languages names take endings
        if near is not None and (own is not None or not word.startswith(near)):
            found[word] = near
        elif own is None and (other := meant(word, language)) is not None:
            found[word] = other
    return found


def stands_in(collection: Collection, word: str) -> bool:
    """Whether a folded word stands in any article of the collection, in any locale."""
    return any(store.browse.speller.articles(word) for store in collection.locales.values())


def _nearest(spellers: list[Speller], word: str) -> str | None:
    """The word fewest edits away in any of the vocabularies, the first of them where that is equal."""
    found = [(near[1], n, near[0]) for n, s in enumerate(spellers) if (near := s.nearest(word)) is not None]
    return min(found)[2] if found else None


def corrected(text: str, words: dict[str, str]) -> str | None:
    """The text with its mistaken words replaced, their case kept as far as it goes; None without any."""
    if not words:
        return None
    folded = fold(text)
    out: list[str] = []
    at = 0
    for token in folded.tokens(_occurrences(folded.text, words)):
        out += [text[at : token.start], _cased(words[token.text], text[token.start : token.end])]
        at = token.end
    return "".join([*out, text[at:]])


def _occurrences(folded: str, words: dict[str, str]) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    at = 0
    for word in spelled_words(folded):
        start = folded.index(word, at)
        at = start + len(word)
        if word in words:
            found.append((word, start, at))
    return found


def _cased(word: str, like: str) -> str:
    if word.endswith("σ"):
        word = f"{word[:-1]}ς"
    if len(like) > 1 and like.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if like[:1].isupper() else word
