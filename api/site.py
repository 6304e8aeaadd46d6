"""The portal's pages: one document, filled with what the service serves, and the script that draws it.

Every address in it is relative, so that the portal works behind a proxy's path prefix. Pages live at `/` and
`/a/{path}`; no route of the interface is there.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from fastapi import FastAPI, Request, Response

from api import opensearch
from api.assets import FOLDER, Assets, conditional, digest_of
from api.assets import install as install_assets
from api.security import PAGE_POLICY
from api.state import Knowledge, State
from kb.errors import NotFound
from kb.locales import direction, is_valid, lookup

PAGE = Path("portal") / "portal.html"
_SCRIPT, _STYLE, _ICON = "portal/portal.js", "portal/portal.css", "portal/icon.svg"
_NAME = "Support"
_MAX_TYPED = 500


def install(app: FastAPI, state: State) -> None:
    """Adds the portal, its files, its description as a search engine and its icon."""
    assets = Assets(("portal", "box"))
    template = Template((FOLDER / PAGE).read_text(encoding="utf-8"))

    def page(request: Request, root: str, article: dict[str, Any] | None, status: int = 200) -> Response:
        locales = installed(state.knowledge)
        told = {
            "root": escape(root),
            "title": escape(f"{article['title']} – {_NAME}" if article else _NAME),
            "lang": escape(article["locale"] if article else "en"),
            "dir": direction(article["locale"]) if article else "ltr",
            "locales": escape(" ".join(locales)),
            "engines": "\n".join(_engine(root, locale) for locale in locales),
            **{
                name: escape(root + assets.address(file))
                for name, file in (("script", _SCRIPT), ("style", _STYLE), ("icon", _ICON))
            },
        }
        body = template.substitute(told).encode()
        headers = {
            "ETag": f'"{digest_of(body)}"',
            "Cache-Control": "no-cache",
            "Content-Security-Policy": PAGE_POLICY,
        }
        if status != 200:
            return Response(body, status, headers, media_type="text/html; charset=utf-8")
        return conditional(request, body, None, "text/html; charset=utf-8", headers)

    def home(request: Request) -> Response:
        return page(request, "", None)

    def article(path: str, request: Request) -> Response:
        root = "../" * (request.scope["raw_path"].count(b"/") - 1)  # a browser takes %2F for no slash
        wanted = request.query_params.get("locale", "")
        try:
            found = state.knowledge.article(
                path,
                locale=wanted if is_valid(wanted) else None,
                collection=request.query_params.get("collection") or None,
            )
        except NotFound:
            return page(request, root, None, 404)  # the portal says so in the reader's language
        return page(request, root, found)

    def engine(request: Request, locale: str | None = None) -> Response:
        locales = installed(state.knowledge)
        found = lookup(locale, locales) if locale else next(iter(locales), "en")
        if found is None:
            raise NotFound(f"no locale {locale!r} here; there are {', '.join(locales)}")
        root = str(request.base_url)
        body = opensearch.description(root, found, assets.address(_ICON))
        headers = {"ETag": f'"{digest_of(body)}"', "Cache-Control": "no-cache"}
        return conditional(request, body, None, opensearch.MEDIA_TYPE, headers)

    def completions(q: str = "", locale: str | None = None) -> list[Any]:
        shown = locale if locale and is_valid(locale) else None
        found = state.knowledge.suggest(q[:_MAX_TYPED], locale=shown).suggestions
        return [q, [suggestion.text for suggestion in found]]

    def icon(request: Request) -> Response:
        return assets.response(_ICON, request)

    routes: dict[str, Callable[..., Any]] = {
        "/": home,
        "/a/{path:path}": article,
        "/opensearch.xml": engine,
        "/opensearch-suggest": completions,
        "/favicon.ico": icon,
    }
    for route, view in routes.items():
        app.add_api_route(route, view, methods=["GET", "HEAD"], include_in_schema=False, response_model=None)
    install_assets(app, assets)


def installed(knowledge: Knowledge) -> list[str]:
    """All locales that are served, sorted."""
    collections = knowledge.info()["collections"].values()
    return sorted({locale for collection in collections for locale in collection["locales"]})


def _engine(root: str, locale: str) -> str:
    """The link by which a browser finds a locale's search engine."""
    address = escape(f"{root}opensearch.xml?locale={locale}")
    title = escape(opensearch.name_of(locale))
    return f'<link rel="search" type="{opensearch.MEDIA_TYPE}" href="{address}" title="{title}" hreflang="{locale}">'
