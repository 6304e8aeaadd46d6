"""Locales as BCP 47 tags: their canonical form, RFC 4647 lookup, and what follows from language and script.

Well-formed tags (RFC 5646, section 2.1) without extended language and grandfathered forms; whether a subtag
is registered is not checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from kb.errors import InputError

_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})"
    r"(?:-(?P<script>[a-z]{4}))?"
    r"(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)"
    r"(?P<extensions>(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*)"
    r"(?P<private>-x(?:-[a-z0-9]{1,8})+)?",
    re.IGNORECASE | re.ASCII,
)
_MAX_TAG = 100

# Deprecated codes and two names for one language; Norwegian articles are Bokmål unless they say nn.
_LANGUAGES = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "no": "nb", "tl": "fil"}
# What a language, or language and region, is written in where the tag names no script (CLDR, likely subtags).
_SCRIPTS = {
    "ar": "Arab", "az": "Latn", "bs": "Latn", "ckb": "Arab", "dv": "Thaa", "fa": "Arab", "he": "Hebr",
    "kk": "Cyrl", "mn": "Cyrl", "pa": "Guru", "pa-PK": "Arab", "ps": "Arab", "sd": "Arab",
    "sr": "Cyrl", "sr-ME": "Latn", "ug": "Arab", "ur": "Arab", "uz": "Latn", "uz-AF": "Arab", "yi": "Hebr",
    "yue": "Hant", "yue-CN": "Hans", "zh": "Hans", "zh-HK": "Hant", "zh-MO": "Hant", "zh-TW": "Hant",
}  # fmt: skip
# The region to prefer where several are installed and the tag names none that is (CLDR, likely subtags; for
# Spanish outside Spain, Latin American locales go first).
_REGIONS = {
    "ar": ("SA", "EG"), "de": ("DE",), "en": ("US", "GB"), "es": ("ES",), "fr": ("FR",), "it": ("IT",),
    "ms": ("MY",), "nb": ("NO",), "nl": ("NL",), "pt": ("BR", "PT"), "ro": ("RO",), "ru": ("RU",),
    "sr": ("RS",), "sv": ("SE",), "zh": ("CN", "TW", "HK"),
}  # fmt: skip
_RIGHT_TO_LEFT = {"Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg", "Mand", "Samr"}


def normalise(tag: str) -> str:
    """The tag in canonical case and with current language codes: "nl-NL", "sr-Latn-RS", "he" for "IW".

    InputError where it is not a well-formed tag.
    """
    language, script, region, rest = _subtags(tag)
    return "-".join(part for part in (language, script, region, *rest) if part)


def is_valid(tag: str) -> bool:
    """Whether the tag is well-formed."""
    return len(tag) <= _MAX_TAG and _TAG.fullmatch(tag) is not None


def language_of(tag: str) -> str:
    """The language subtag, canonical: "nl" for "nl-NL", "nb" for "no"."""
    return _subtags(tag)[0]


def script_of(tag: str) -> str:
    """The script that the tag names or implies, "" where its language has only one that matters: "Hant" for
    "zh-TW", "Cyrl" for "sr", "" for "nl"."""
    language, script, region, _ = _subtags(tag)
    return script or _SCRIPTS.get(f"{language}-{region}") or _SCRIPTS.get(language, "")


def direction(tag: str) -> Literal["ltr", "rtl"]:
    """The direction in which its text runs."""
    return "rtl" if script_of(tag) in _RIGHT_TO_LEFT else "ltr"


def lookup(wanted: str | None, installed: Iterable[str]) -> str | None:
    """The installed locale that serves the wanted one best, spelled as installed; None without its language.

    RFC 4647, section 3.4: the tag itself, then without its last subtags. After that any locale of the
    language: those of the same script first (named or implied: zh-HK takes zh-TW, not zh-CN), among them the
    wanted region, no region, the language's main regions, the alphabet. Another script is better than none.
    """
    return None if wanted is None else _lookup(wanted, tuple(installed))


@lru_cache(maxsize=1024)  # asked for several times a hit
def _lookup(wanted: str, installed: tuple[str, ...]) -> str | None:
    by_tag = {normalise(tag): tag for tag in sorted(installed, reverse=True)}
    parts = normalise(wanted).split("-")
    language, _, region, _ = _subtags(wanted)
    script = script_of(wanted)
    while parts:
        found = "-".join(parts)
        if found in by_tag and script_of(found) == script:
            return by_tag[found]
        parts.pop()
        if parts and len(parts[-1]) == 1:
            parts.pop()
    same_language = [tag for tag in by_tag if language_of(tag) == language]
    regions = _REGIONS.get(language, ())

    def distance(tag: str) -> tuple[bool, bool, bool, int, str]:
        here = _subtags(tag)[2]
        main = regions.index(here) if here in regions else len(regions)
        return (script_of(tag) != script, here != region, here != "", main, tag)

    return by_tag[min(same_language, key=distance)] if same_language else None


@lru_cache(maxsize=1024)
def _subtags(tag: str) -> tuple[str, str, str, tuple[str, ...]]:
    """Language, script and region in canonical case, "" where missing; the other subtags in lower case."""
    match = _TAG.fullmatch(tag) if len(tag) <= _MAX_TAG else None
    if match is None:
        shown = tag if len(tag) <= _MAX_TAG else tag[:_MAX_TAG] + "…"
        raise InputError(f"{shown!r} is not a locale; write a BCP 47 tag such as nl, nl-NL or sr-Latn-RS")
    language = match["language"].lower()
    rest = f"{match['variants']}{match['extensions']}{match['private'] or ''}".lower()
    script = (match["script"] or "").title()
    return (
        _LANGUAGES.get(language, language),
        script,
        (match["region"] or "").upper(),
        tuple(rest.split("-")[1:]),
    )
