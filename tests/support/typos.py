"""Slips of the finger, always the same for a text and a seed: one in every long word."""

from __future__ import annotations

import random

import regex

_WORD = regex.compile(r"(?<![\p{L}\p{M}\p{N}._@/\\-])\p{L}{5,}(?![\p{L}\p{M}\p{N}_@/\\-])")
KINDS = ("swap", "drop", "replace", "insert")


def with_typos(text: str, seed: int = 0) -> str:
    """The text with one slip in every word of five letters and more; parts of identifiers stay as they are."""
    chance = random.Random(f"{seed} {text}")
    return _WORD.sub(lambda match: slip(match.group(), chance), text)


def slip(word: str, chance: random.Random) -> str:
    """The word with two neighbours swapped, or a letter left out, replaced or put in; never the word itself."""
    kind = chance.choice(KINDS)
    at = chance.randrange(1, len(word) - 1)
    letters = sorted(set(word.casefold()))
    if kind == "swap" and word[at] != word[at + 1]:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == "replace":
        other = chance.choice([letter for letter in letters if letter != word[at]] or ["x"])
        return word[:at] + other + word[at + 1 :]
    if kind == "insert":
        return word[:at] + chance.choice(letters) + word[at:]
    return word[:at] + word[at + 1 :]
