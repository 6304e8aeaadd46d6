"""Texts compared: what makes two sentences the same sentence."""

from __future__ import annotations

import unicodedata

import regex

_REST = regex.compile(r"[^\p{L}\p{M}\p{N}]+")


def text_key(text: str) -> str:
    """The text's letters and digits, one blank between words, case and width gone."""
    folded = unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode("utf-8")).casefold()
    return _REST.sub(" ", folded).strip()
