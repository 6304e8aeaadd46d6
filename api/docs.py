"""The page /docs: Swagger UI from an installed package, so that it works without internet.

FastAPI's own page loads its script from a CDN.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from api.security import DOCS_POLICY

PAGE = Path(__file__).parent / "static" / "docs"


def install(app: FastAPI) -> None:
    """Adds /docs and the files that it loads."""

    async def page() -> FileResponse:
        headers = {"Content-Security-Policy": DOCS_POLICY}
        return FileResponse(PAGE / "docs.html", media_type="text/html", headers=headers)

    app.add_api_route("/docs", page, include_in_schema=False)
    swagger = str(files("fastapi_standalone_docs") / "static" / "swagger")
    app.mount("/docs/swagger", StaticFiles(directory=swagger), name="swagger")
    app.mount("/docs/page", StaticFiles(directory=PAGE), name="docs")
