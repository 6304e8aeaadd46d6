"""Locale tags: canonical form, refusal of what is none, and which installed locale serves which wish."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.errors import InputError
from kb.locales import direction, is_valid, language_of, lookup, normalise, script_of

INSTALLED = ["de-DE", "en-US", "nl-NL", "pt-BR", "sr-Latn-RS", "zh-CN", "zh-TW"]


@pytest.mark.parametrize(
    ("tag", "canonical"),
    [
        ("NL-nl", "nl-NL"),
        ("sr-latn-rs", "sr-Latn-RS"),
        ("ES-419", "es-419"),
        ("iw-il", "he-IL"),
        ("no", "nb"),
        ("DE-1996", "de-1996"),
        ("en-US-U-CA-GREGORY-X-Lab", "en-US-u-ca-gregory-x-lab"),
        ("fil", "fil"),
    ],
)
def test_normalise(tag: str, canonical: str) -> None:
    assert normalise(tag) == canonical
    assert normalise(canonical) == canonical


@pytest.mark.parametrize(
    "tag",
    [
        "",
        "n",
        "dutch-nl-",
        "nl_NL",
        "nl NL",
        "nl-NL\n",
        "nl--NL",
        "nl-u",
        "../nl",
        "ｎl",
        "nl" + "-abcde" * 20,
    ],
)
def test_malformed_tags_are_refused(tag: str) -> None:
    assert not is_valid(tag)
    for function in (normalise, language_of, direction, lambda wanted: lookup(wanted, INSTALLED)):
        with pytest.raises(InputError, match="is not a locale; write a BCP 47 tag"):
            function(tag)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("nl-NL", "nl-NL"),
        ("nl", "nl-NL"),
        ("NL-be", "nl-NL"),
        ("de-CH-1996", "de-DE"),
        ("pt-PT", "pt-BR"),
        ("zh", "zh-CN"),
        ("zh-SG", "zh-CN"),
        ("zh-HK", "zh-TW"),
        ("zh-Hant", "zh-TW"),
        ("zh-Hant-CN", "zh-TW"),
        ("zh-Hans-TW", "zh-CN"),
        ("sr", "sr-Latn-RS"),
        ("sr-Cyrl-RS", "sr-Latn-RS"),
        ("en-GB-oxendict", "en-US"),
        ("fr", None),
        ("und", None),
        (None, None),
    ],
)
def test_lookup(wanted: str | None, found: str | None) -> None:
    assert lookup(wanted, INSTALLED) == found


def test_lookup_prefers_the_script_then_the_region() -> None:
    assert lookup("sr", ["sr-Latn-RS", "sr-Cyrl-RS"]) == "sr-Cyrl-RS"
    assert lookup("sr-Latn", ["sr-Cyrl-RS", "sr-Latn-RS"]) == "sr-Latn-RS"
    assert lookup("sr-ME", ["sr-Cyrl-RS", "sr-Latn-RS"]) == "sr-Latn-RS"
    assert lookup("zh-TW", ["zh-CN", "zh-Hant-HK"]) == "zh-Hant-HK"
    assert lookup("pt", ["pt-PT", "pt-BR"]) == "pt-BR"
    assert lookup("pt-PT", ["pt-BR", "pt"]) == "pt"
    assert lookup("pt-AO", ["pt-PT", "pt-BR"]) == "pt-BR"
    assert lookup("en-AU", ["en-GB", "en-US"]) == "en-US"
    assert lookup("fr-CA-u-ca-gregory", ["fr-FR", "fr-CA"]) == "fr-CA"


def test_lookup_gives_back_the_installed_spelling() -> None:
    assert lookup("nb", ["NO-no"]) == "NO-no"
    assert lookup("he", ["iw-IL"]) == "iw-IL"


def test_lookup_does_not_depend_on_the_order() -> None:
    assert {lookup("es", order) for order in (["es-MX", "es-AR"], ["es-AR", "es-MX"])} == {"es-AR"}


def test_language_script_and_direction() -> None:
    assert [language_of(t) for t in ("nl-NL", "no-NO", "SR-latn")] == ["nl", "nb", "sr"]
    assert [script_of(t) for t in ("zh-TW", "zh", "sr", "sr-Latn-RS")] == ["Hant", "Hans", "Cyrl", "Latn"]
    assert script_of("nl") == ""
    assert {direction(t) for t in ("ar-SA", "he", "fa-IR", "az-Arab")} == {"rtl"}
    assert {direction(t) for t in ("nl", "sr", "az", "ja")} == {"ltr"}


SUBTAG = st.text("abcXYZ019", min_size=1, max_size=9)


@settings(deadline=None)
@given(st.lists(SUBTAG, min_size=1, max_size=5).map("-".join) | st.text(max_size=20))
def test_any_text_is_either_refused_or_made_canonical(tag: str) -> None:
    if not is_valid(tag):
        with pytest.raises(InputError):
            normalise(tag)
        return
    canonical = normalise(tag)
    assert normalise(canonical) == canonical == normalise(tag.upper())
    assert lookup(canonical, [tag]) == tag
    assert lookup(language_of(tag), [tag]) == tag
