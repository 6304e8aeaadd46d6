"""Where an article's links lead: to another article, to a place in this one, or out by http(s) or mailto.

An article says `[…](../mail/quota.md#raise)` as its repository lies; whoever shows it needs an address that leads
somewhere. What leads nowhere here (a file that isn't indexed, another scheme) gets no link and stays text.
This is found when an article is read, and not stored: it depends on which other articles are indexed at that time.
It costs a normalised path and a look into a few sets for each of an article's hrefs. The blocks stay as they were
parsed: their runs (marks, hrefs, pictures; kb.articlejson) were made once, when the article was indexed.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# no blank, control or formatting character (bidi overrides among them), nothing that ends an attribute
_OUT = re.compile(
    r"https?://[^\s\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff<>\"'\\`]+", re.I
)
_MAIL = re.compile(
    r"mailto:[^\s\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff<>\"'\\`]+", re.I
)
_ENDINGS = (".md", ".html", ".htm", "/", "")
MAX_HREF = 2_000


def resolve(href: str, path: str, exists: Callable[[str], bool]) -> dict[str, str] | None:
    """{"article", "anchor"?}, {"anchor"} in the same article, {"url"}, or None where it leads nowhere.

    path: of the article that the link stands in; exists: whether a path is an article of its collection.
    """
    if len(href) > MAX_HREF:
        return None
    if href.startswith("//"):
        href = f"https:{href}"
    if _SCHEME.match(href):
        return {"url": href} if _leads_out(href) else None
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    anchor = {"anchor": unquote(parts.fragment)} if parts.fragment else {}
    if not parts.path:
        return anchor or None
    article = _article(unquote(parts.path), path, exists)
    return None if article is None else {"article": article, **anchor}


def _leads_out(href: str) -> bool:
    if _MAIL.fullmatch(href):
        return True
    if not _OUT.fullmatch(href):
        return False
    try:
        return bool(urlsplit(href).hostname)
    except ValueError:
        return False


def _article(written: str, path: str, exists: Callable[[str], bool]) -> str | None:
    """The article that a relative path means, from the folder of the article, or from the locale's root."""
    folder = "" if written.startswith("/") else posixpath.dirname(path)
    plain = posixpath.normpath(posixpath.join(folder, written.lstrip("/")))
    if plain.startswith(".."):
        return None
    stems = [plain.removesuffix(ending) for ending in _ENDINGS if plain.endswith(ending)]
    return next((found for stem in stems for found in (stem, f"{stem}/index") if exists(found)), None)


def links_of(article: dict[str, Any], exists: Callable[[str], bool]) -> dict[str, dict[str, str]]:
    """For each href in an article's JSON that leads somewhere, where it leads: see `resolve`."""
    hrefs = {
        run["href"]: None
        for block in article["blocks"]
        for segment in block["segments"]
        for side in ("target_runs", "source_runs")
        for run in segment.get(side, ())
        if "href" in run
    }
    found = {href: resolve(href, article["path"], exists) for href in hrefs}
    return {href: link for href, link in found.items() if link is not None}
