"""Links between articles lead somewhere, and nothing leads where it may not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.links import links_of, resolve

PATHS = {"mail/quota", "mail/rules", "vpn/index", "start", "vpn/error 809", "notes.md"}


def to(href: str, path: str = "mail/rules") -> dict[str, str] | None:
    return resolve(href, path, PATHS.__contains__)


@pytest.mark.parametrize(
    ("href", "leads"),
    [
        ("quota.md", {"article": "mail/quota"}),
        ("./quota.md#raise-it", {"article": "mail/quota", "anchor": "raise-it"}),
        ("../mail/quota", {"article": "mail/quota"}),
        ("../vpn/", {"article": "vpn/index"}),
        ("../vpn/index.html?view=1", {"article": "vpn/index"}),
        ("../vpn/error%20809.md", {"article": "vpn/error 809"}),
        ("/start.md", {"article": "start"}),
        ("../notes.md", {"article": "notes.md"}),
        ("#caf%C3%A9", {"anchor": "café"}),
        ("https://example.com/a?b=c#d", {"url": "https://example.com/a?b=c#d"}),
        ("HTTP://example.com", {"url": "HTTP://example.com"}),
        ("//example.com/a", {"url": "https://example.com/a"}),
        ("mailto:help@example.com?subject=809", {"url": "mailto:help@example.com?subject=809"}),
    ],
)
def test_a_link_leads_to_an_article_a_place_or_out(href: str, leads: dict[str, str]) -> None:
    assert to(href) == leads


@pytest.mark.parametrize(
    "href",
    [
        *("javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>", "vbscript:x", "file:///etc/passwd"),
        *("java\tscript:alert(1)", " javascript:alert(1)", "\x01javascript:alert(1)", "blob:https://example.com/1"),
        *("https://", "https:///x", "http://[::1", "https://exa\u202emple.com", "https://example.com/\u2066x"),
        *("https://example.com/a b", 'https://example.com/"onclick="x', "https:example.com", "mailto:"),
        *("", "#", "../../etc/passwd", "missing.md", "media/shot.png", "quota.md.md/..", "x" * 3000, "http://[x]/"),
    ],
)  # fmt: skip
def test_what_leads_nowhere_has_no_link(href: str) -> None:
    assert to(href) is None


@given(st.text(max_size=60), st.sampled_from(["a", "mail/rules"]))
def test_any_text_leads_to_an_article_a_place_or_out_by_http_or_mail(href: str, path: str) -> None:
    found = resolve(href, path, PATHS.__contains__)
    if found is not None:
        assert found.keys() <= {"article", "anchor", "url"}
        assert found.get("article", "start") in PATHS
        assert found.get("url", "https://").lower().startswith(("http://", "https://", "mailto:"))


def test_an_articles_links_are_those_of_both_sides() -> None:
    segment = {
        "target_runs": [{"text": "quota", "href": "quota.md"}, {"text": "x"}],
        "source_runs": [{"text": "rules", "href": "rules.md"}, {"text": "y", "href": "javascript:y"}],
    }
    article = {"path": "mail/full", "blocks": [{"segments": [segment, {"target": "plain"}]}]}
    assert links_of(article, PATHS.__contains__) == {
        "quota.md": {"article": "mail/quota"},
        "rules.md": {"article": "mail/rules"},
    }
