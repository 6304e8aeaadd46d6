"""A page of another origin that embeds the search box, as a customer's portal does: a little server of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

# What docs/search-box.md tells an embedding page to set, at its strictest.
POLICY = (
    "default-src 'none'; script-src {service}; connect-src {service}; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types lit-html"
)
_PAGE = """<!doctype html>
<html lang="{lang}" dir="{dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Help of a customer</title>
<link rel="stylesheet" href="/host.css">
<link rel="icon" href="/icon.svg">
<script type="module" src="{script}"></script>
</head>
<body class="{scheme}">
<header><h1>Help</h1></header>
<main>
<p><a id="before" href="#top">Before</a></p>
<kb-search {attributes}></kb-search>
<p><a id="after" href="#end">After</a> <input id="other" aria-label="Another field"></p>
</main>
</body>
</html>
"""
_STYLES = """
:root { color-scheme: light dark }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: #1b2430; background: #f3f5f8; min-height: 46rem }
main { max-width: 44rem; margin: 0 auto; padding: 0 1rem }
header { padding: 0.5rem 1rem }
body.wide main { max-width: 62rem }
@media (prefers-color-scheme: dark) { body { color: #e8ebf0; background: #0d1014 } a { color: #7db8f5 } }
"""
_ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1H0z"/></svg>'


class HostPage:
    """Addresses of pages with the box; `service` is told once it listens.

    The query of an address gives the element's attributes; `page-lang`, `page-dir` and `page-class` are the page's.
    """

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.service = ""

    def answer(self, address: str) -> tuple[str, str]:
        """Media type and body."""
        parts = urlsplit(address)
        if parts.path == "/host.css":
            return "text/css", _STYLES
        if parts.path == "/icon.svg":
            return "image/svg+xml", _ICON
        given = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        of_page = {name: given.pop(f"page-{name}", "") for name in ("lang", "dir", "class")}
        body = _PAGE.format(
            lang=escape(of_page["lang"] or "en"),
            dir=escape(of_page["dir"] or "ltr"),
            scheme=escape(of_page["class"]),
            script=f"{self.service}/static/box/kb-search.js",
            attributes=" ".join(f'{escape(name)}="{escape(value)}"' for name, value in given.items()),
        )
        return "text/html; charset=utf-8", body


@contextmanager
def hosting(port: int = 0) -> Iterator[HostPage]:
    """Serves the pages, from an origin of their own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = host.answer(self.path)
            data = body.encode()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Content-Security-Policy", POLICY.format(service=host.service))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    host = HostPage(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
