"""Addresses for people: where an article is read, and whom to turn to where none answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from kb.errors import InputError

# The service's own page; `collection` is added where it is not the default one.
OWN_ARTICLE = "/a/{path}?locale={locale}"
# A longer question is cut in the contact's address: some servers refuse addresses of more than 2 kB.
MAX_ASKED = 500
_FIELD = re.compile(r"\{([^{}]*)\}")
_ARTICLE_FIELDS = {"path", "locale", "language", "collection"}
_CONTACT_FIELDS = {"question", "locale", "language"}
_ADDRESS = re.compile(r"(https?://[^/\s]+)?/\S*")
_CONTACT = re.compile(r"((https?://[^/\s]+)?/|mailto:)\S*")


@dataclass(frozen=True, slots=True)
class Pages:
    """The operator's templates; each field is percent-encoded as it is put in.

    article  with {path}, {locale}, {language} (nl), {collection}; None: the service's own pages
    contact  with {question}, {locale}, {language}; None: there is nobody to turn to
    """

    article: str | None = None
    contact: str | None = None

    def __post_init__(self) -> None:
        if self.article is not None:
            check_article(self.article)
        if self.contact is not None:
            check_contact(self.contact)

    def url(self, path: str, locale: str, collection: str) -> str:
        """The article's address; slashes of the path stay."""
        told = {"path": path, "locale": locale, "language": _language(locale), "collection": collection}
        own = self.article is None and collection != "default"
        return _filled(self.article or OWN_ARTICLE, told) + (
            f"&collection={quote(collection, safe='')}" if own else ""
        )

    def contact_for(self, question: str, locale: str) -> str | None:
        """The address to turn to with a question; None where there is none."""
        if self.contact is None:
            return None
        asked = question.strip()[:MAX_ASKED]
        return _filled(self.contact, {"question": asked, "locale": locale, "language": _language(locale)})


def check_article(template: str) -> None:
    """InputError unless it is a template of articles' addresses."""
    _check_fields(template, _ARTICLE_FIELDS)
    if "{path}" not in template or not _ADDRESS.fullmatch(template):
        raise InputError(
            f"found {template!r}, expected an address that begins with http://, https:// or / and has {{path}} "
            "in it, such as https://support.example.com/{locale}/{path}"
        )


def check_contact(template: str) -> None:
    """InputError unless it is a template of a contact's address."""
    _check_fields(template, _CONTACT_FIELDS)
    if not _CONTACT.fullmatch(template):
        raise InputError(
            f"found {template!r}, expected an address that begins with http://, https://, / or mailto:, such as "
            "https://support.example.com/new?subject={question}"
        )


def _check_fields(template: str, known: set[str]) -> None:
    unknown = sorted(set(_FIELD.findall(template)) - known)
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in sorted(known))
        raise InputError(f"found {{{unknown[0]}}} in {template!r}, expected fields among {names}")


def _filled(template: str, values: dict[str, str]) -> str:
    def put(field: re.Match[str]) -> str:
        value = values[field[1]].encode("utf-8", "replace")  # a question may have half a surrogate pair
        return quote(value, safe="/" if field[1] == "path" else "")

    return _FIELD.sub(put, template)


def _language(locale: str) -> str:
    return locale.partition("-")[0]
