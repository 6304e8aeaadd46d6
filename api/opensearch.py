"""OpenSearch 1.1 description documents: how a browser adds the portal to its search engines, one a locale."""

from __future__ import annotations

from xml.etree import ElementTree

from kb.locales import language_of, normalise

MEDIA_TYPE = "application/opensearchdescription+xml"
_NAMESPACE = "http://a9.com/-/spec/opensearch/1.1/"
# (short name, at most 16 characters; description) in the languages of the portal's texts
_TEXTS = {
    "en": ("Support", "Search the support knowledge base"),
    "nl": ("Ondersteuning", "Zoeken in de kennisbank"),
    "de": ("Support", "Die Wissensdatenbank durchsuchen"),
    "fr": ("Assistance", "Rechercher dans la base de connaissances"),
    "es": ("Soporte", "Buscar en la base de conocimientos"),
    "ja": ("サポート", "サポート ナレッジ ベースを検索"),
    "ar": ("الدعم", "البحث في قاعدة المعرفة"),
}


def name_of(locale: str) -> str:
    """The engine's name in the locale's language, its tag behind it: several may be installed side by side."""
    return f"{_texts(locale)[0]} {locale}"


def description(root: str, locale: str, icon: str) -> bytes:
    """The document, UTF-8. root: the service's absolute address, ending in a slash; icon: an SVG's below it."""
    short, told = _texts(locale)
    document = ElementTree.Element("OpenSearchDescription", xmlns=_NAMESPACE)
    _add(document, "ShortName", short)
    _add(document, "LongName", name_of(locale))
    _add(document, "Description", told)
    page = f"{root}?q={{searchTerms}}&locale={locale}"
    suggest = f"{root}opensearch-suggest?q={{searchTerms}}&locale={locale}"
    data = f"{root}search?q={{searchTerms}}&locale={locale}&top_k={{count?}}"
    _add(document, "Url", type="text/html", rel="results", template=page)
    _add(document, "Url", type="application/x-suggestions+json", rel="suggestions", template=suggest)
    _add(document, "Url", type="application/json", template=data)
    _add(document, "Image", root + icon, width="16", height="16", type="image/svg+xml")
    _add(document, "Query", role="example", searchTerms="VPN 809")
    _add(document, "Language", normalise(locale))
    _add(document, "InputEncoding", "UTF-8")
    _add(document, "OutputEncoding", "UTF-8")
    ElementTree.indent(document)
    written: bytes = ElementTree.tostring(document, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _texts(locale: str) -> tuple[str, str]:
    return _TEXTS.get(language_of(locale), _TEXTS["en"])


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> None:
    ElementTree.SubElement(parent, name, attributes).text = text
