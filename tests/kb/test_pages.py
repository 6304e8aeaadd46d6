"""Addresses of articles and of whom to turn to: the service's own, or the operator's templates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import InputError
from kb.pages import MAX_ASKED, Pages


def test_the_services_own_page_is_quoted() -> None:
    pages = Pages()
    assert pages.url("a b/ü?#", "nl-NL", "default") == "/a/a%20b/%C3%BC%3F%23?locale=nl-NL"
    assert pages.url("a", "nl-NL", "x&y=z") == "/a/a?locale=nl-NL&collection=x%26y%3Dz"


def test_the_operators_template_takes_each_field() -> None:
    pages = Pages("https://help.example.com/{language}/{collection}/{path}?l={locale}")
    assert pages.url("a b/{x}", "nl-NL", "d/e") == "https://help.example.com/nl/d%2Fe/a%20b/%7Bx%7D?l=nl-NL"


def test_the_contact_takes_the_question() -> None:
    pages = Pages(contact="mailto:help@example.com?subject={question}")
    asked = pages.contact_for(" VPN & 809?\r\nBcc: x ", "en-US")
    assert asked == "mailto:help@example.com?subject=VPN%20%26%20809%3F%0D%0ABcc%3A%20x"
    assert Pages().contact_for("VPN", "en-US") is None


@given(st.text())
def test_a_question_never_changes_the_contacts_address(question: str) -> None:
    contact = Pages(contact="https://help.example.com/new?q={question}").contact_for(question, "en")
    assert contact is not None and contact.startswith("https://help.example.com/new?q=")
    rest = contact.removeprefix("https://help.example.com/new?q=")
    assert rest.isascii() and not set(rest) & set("&?#/=\"'<>\r\n ")
    assert len(rest) <= MAX_ASKED * 12


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("https://help.example.com/", "has {path}"),
        ("https://help.example.com/{path}/{lang}", "found {lang} in"),
        ("javascript:alert('{path}')", "begins with http://"),
        ("help/{path}", "begins with http://"),
        ("https://help.example.com/{path} {locale}", "begins with http://"),
    ],
)
def test_a_template_that_leads_nowhere_is_refused(template: str, says: str) -> None:
    with pytest.raises(InputError, match="expected") as refused:
        Pages(template)
    assert says in str(refused.value)


@pytest.mark.parametrize("template", ["javascript:{question}", "help@example.com", "https://x/{path}"])
def test_a_contact_that_leads_nowhere_is_refused(template: str) -> None:
    with pytest.raises(InputError, match="expected"):
        Pages(contact=template)
