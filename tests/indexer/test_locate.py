import unicodedata
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.locate import FileName, Located, Places, article_path, locate

FOLDER = "/srv/aster-kb"


def found(
    name: str, source: str = FOLDER, metadata: Mapping[str, Any] | None = None
) -> tuple[str | None, str]:
    """(locale or None, path)"""
    located = locate(name, source, metadata or {}, None)
    return (
        (located.locale, located.path) if isinstance(located, Located) else (None, article_path(name, source))
    )


@pytest.mark.parametrize(
    ("name", "locale", "path"),
    [
        ("nl-NL/vpn/error-809.md", "nl-NL", "vpn/error-809"),
        ("articles/nl-nl/vpn/error-809.md", "nl-NL", "vpn/error-809"),
        ("sr-Latn-RS/vpn.md", "sr-Latn-RS", "vpn"),
        ("docs/zh-hans/vpn.md", "zh-Hans", "vpn"),
        ("pt_BR/vpn.md", "pt-BR", "vpn"),
        ("es-419/vpn.md", "es-419", "vpn"),
        ("nl/vpn.md", "nl", "vpn"),
        ("no/vpn.md", "nb", "vpn"),
        ("content/nl/docs/x.md", "nl", "docs/x"),
        ("content/en/docs/x.md", "en", "docs/x"),
        ("src/content/docs/nl/guide/x.md", "nl", "guide/x"),
        ("i18n/de/current/x.md", "de", "current/x"),
        ("it/nl-NL/x.md", "nl-NL", "x"),  # the IT department's, in Dutch
        ("aster-kb.de-DE-main/mail/x.md", "de-DE", "mail/x"),
    ],
)
def test_a_folder_names_the_locale_and_the_path_begins_below_it(name: str, locale: str, path: str) -> None:
    assert found(name) == (locale, path)


@pytest.mark.parametrize(
    "name",
    [
        "accounts/it/x.md",
        "what/is/new.md",
        "products/no/longer/sold.md",
        "to-do/x.md",
        "ms-ad/x.md",
        "as-is/x.md",
        "how-to/x.md",
        "log-in/x.md",
        "no-code/x.md",
        "zz/x.md",
        "NL/x.md",
        "qq-QQ/x.md",
        "a/b/c/d/docs/it/x.md",
        "nl.md",
    ],
)
def test_a_folder_that_is_only_a_word_names_no_locale(name: str) -> None:
    assert found(name) == (None, name.removesuffix(".md"))


@pytest.mark.parametrize(
    ("source", "locale"),
    [
        ("/srv/nl-NL", "nl-NL"),
        ("/srv/nl", "nl"),
        ("/srv/nl-NL.tar.gz", "nl-NL"),
        ("/srv/nl.zip", "nl"),
        ("/srv/sr-Latn-RS.tgz", "sr-Latn-RS"),
        ("/srv/aster-kb_pt-BR-2024.zip", "pt-BR"),
        ("/srv/OfficeDocs-pr.nl-NL", "nl-NL"),
        ("/srv/commerce-knowledge-base.de-DE", "de-DE"),
        ("/srv/aster-docs.de-de-live.zip", "de-DE"),
        ("/srv/nl-NL/aster.tar", "nl-NL"),
        ("/srv/aster.io", None),
        ("/srv/aster.it.zip", None),
        ("/srv/work-in-US.zip", None),
        ("/srv/it/aster", None),
    ],
)
def test_a_source_s_own_name_is_a_locale_too(source: str, locale: str | None) -> None:
    assert found("vpn/x.md", source) == (locale, "vpn/x")


def test_the_path_is_the_same_from_whatever_depth_the_source_is_given() -> None:
    paths = {
        found("site/nl-NL/vpn/old/x.md", "/srv"),
        found("nl-NL/vpn/old/x.md", "/srv/site"),
        found("vpn/old/x.md", "/srv/site/nl-NL"),
        found("old/x.md", "/srv/site/nl-NL/vpn"),
        found("x.md", "/srv/site/nl-NL/vpn/old"),
    }
    assert paths == {("nl-NL", "vpn/old/x")}


def test_a_folder_outranks_the_archive_and_a_full_tag_outranks_a_word() -> None:
    assert found("de-DE/x.md", "/srv/nl-NL.tar.gz") == ("de-DE", "x")
    assert found("it/x.md", "/srv/nl-NL.tar.gz") == ("nl-NL", "it/x")
    assert found("docs/it/x.md", "/srv/nl-NL.tar.gz") == ("nl-NL", "docs/it/x")


@pytest.mark.parametrize(
    ("metadata", "locale"),
    [
        ({"ms.contentlocale": "de-DE"}, "de-DE"),
        ({"locale": "pt_br"}, "pt-BR"),
        ({"lang": "JA"}, "ja"),
        ({"language": " fr-CA "}, "fr-CA"),
        ({"lang": False}, "nb"),  # what YAML makes of "lang: no"
        ({"ms.contentlocale": "ja-JP", "lang": "en"}, "ja-JP"),
        ({"locale": "", "lang": "ja"}, "ja"),
    ],
)
def test_the_front_matter_decides_first(metadata: dict[str, Any], locale: str) -> None:
    assert found("nl-NL/vpn/x.md", metadata=metadata) == (locale, "vpn/x")


@pytest.mark.parametrize(
    "value", ["powershell", "english", "sql", "xx-YY", "nl-NL or so", "", 7, True, None, ["de"]]
)
def test_a_value_that_is_no_locale_is_passed_over(value: object) -> None:
    assert found("nl-NL/x.md", metadata={"language": value}) == ("nl-NL", "x")


def test_a_folder_makes_the_front_matter_s_language_exact() -> None:
    assert found("nl-BE/x.md", metadata={"lang": "nl"}) == ("nl-BE", "x")
    assert found("nl/x.md", metadata={"lang": "nl-BE"}) == ("nl-BE", "x")


def test_the_option_comes_last() -> None:
    assert locate("vpn/x.md", FOLDER, {}, "nl-nl") == Located("nl-NL", "vpn/x", "option")
    assert locate("de-DE/x.md", FOLDER, {}, "nl-NL") == Located("de-DE", "x", "folder")


def test_without_any_sign_the_reason_says_what_was_found_and_what_to_do() -> None:
    reason = locate("vpn/x.md", FOLDER, {"language": "powershell"}, None)
    assert isinstance(reason, str)
    assert "language: 'powershell'" in reason
    assert "--locale" in reason


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a  b'c\"d.md", "a  b'c\"d"),
        ("zero\u200bwidth.md", "zero\u200bwidth"),
        ("メール/容量.md", "メール/容量"),
        ("cafe\u0301.md", "caf\u00e9"),
        ("v1.2.notes.MD", "v1.2.notes"),
        ("guide.markdown", "guide"),
        ("guide.mdx", "guide"),
    ],
)
def test_odd_names_stay_in_the_path(name: str, path: str) -> None:
    assert article_path(name, FOLDER) == path


@given(st.lists(st.text(min_size=1).filter(lambda part: "/" not in part), min_size=1, max_size=5), st.text())
def test_any_name_has_a_path_that_is_its_end(parts: list[str], source: str) -> None:
    name = "/".join(parts) + ".md"
    path = article_path(name, "/" + source)
    assert path == unicodedata.normalize("NFC", path)
    whole = unicodedata.normalize("NFC", name.removesuffix(".md"))
    assert whole.endswith(path) or path.endswith(whole)


def test_two_files_at_one_place_the_first_stays() -> None:
    places = Places()
    first = ("nl-NL", "vpn")
    assert places.claim(*first, FileName("/srv/a", "nl-NL/vpn.md")) is None
    assert places.claim("de-DE", "vpn", FileName("/srv/a", "de-DE/vpn.md")) is None
    reason = places.claim(*first, FileName("/srv/b", "nl-NL/vpn.markdown"))
    assert reason is not None
    assert "/srv/a/nl-NL/vpn.md" in reason
    assert "/srv/b/nl-NL/vpn.markdown" in reason
    assert "vpn@nl-NL" in reason
    assert places.claim(*first, FileName("/srv/c", "vpn.md")) is not None, "the first stays"
