"""The files that pages load: scripts, style sheets and pictures of the package, with their hashes.

A page names `portal.js?v=<hash>`, which may be kept for ever, as another file has another name; without the hash, or
with an older one, a browser asks each time and is told by the ETag whether the file is still the same. They are
few and small, so they are read once and compressed then.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

FOLDER = Path(__file__).parent / "static"
_FOREVER = "public, max-age=31536000, immutable"
_ASK_FIRST = "no-cache"
# what mimetypes says depends on the machine; these are what browsers insist on
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_COMPRESSED = {".js", ".css", ".svg", ".map", ".json", ".html"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served. gzipped: None where that saves nothing."""

    body: bytes
    gzipped: bytes | None
    media_type: str
    digest: str


class Assets:
    """All files of some folders below `static`, by their path there ("portal/portal.js")."""

    def __init__(self, folders: tuple[str, ...], root: Path = FOLDER) -> None:
        self._assets = {
            file.relative_to(root).as_posix(): read_asset(file)
            for folder in folders
            for file in sorted((root / folder).rglob("*"))
            if file.is_file()
        }

    def address(self, name: str) -> str:
        """Where a page finds it, relative to the service's root; KeyError when there is no such file."""
        return f"static/{name}?v={self._assets[name].digest}"

    def response(self, name: str, request: Request) -> Response:
        """The file, or 304 where the client has it; HTTPException 404."""
        asset = self._assets.get(name)
        if asset is None:
            raise HTTPException(404)
        asked = request.query_params.get("v") == asset.digest
        headers = {"ETag": f'"{asset.digest}"', "Cache-Control": _FOREVER if asked else _ASK_FIRST}
        if asset.gzipped is not None:
            headers["Vary"] = "Accept-Encoding"
        return conditional(request, asset.body, asset.gzipped, asset.media_type, headers)


def read_asset(file: Path) -> Asset:
    body = file.read_bytes()
    packed = gzip.compress(body, 9, mtime=0) if file.suffix in _COMPRESSED else body
    kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    smaller = packed if len(packed) < len(body) else None
    return Asset(body, smaller, kind, digest_of(body))


def digest_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]


def conditional(
    request: Request, body: bytes, gzipped: bytes | None, media_type: str, headers: dict[str, str]
) -> Response:
    """The body, compressed where the client takes it, or 304 where it has what `headers` names as ETag."""
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if headers["ETag"] in known:
        return Response(status_code=304, headers=headers)
    if gzipped is not None and _takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(gzipped, headers={**headers, "Content-Encoding": "gzip"}, media_type=media_type)
    return Response(body, headers=headers, media_type=media_type)


def _takes_gzip(accepted: str) -> bool:
    for offer in accepted.lower().split(","):
        name, _, weight = offer.replace(" ", "").partition(";q=")
        if name == "gzip":
            return weight.strip("0.") != "" or not weight
    return False


def install(app: FastAPI, assets: Assets) -> None:
    """Adds /static/…."""

    async def static(name: str, request: Request) -> Response:
        return assets.response(name, request)

    app.add_api_route("/static/{name:path}", static, methods=["GET", "HEAD"], include_in_schema=False)
