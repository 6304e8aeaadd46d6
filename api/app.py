"""The service: create_app(state) gives back the ASGI application that every HTTP door belongs to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from api import docs, openapi, problems, security, site
from api.routes import admin, articles, ask, chat, feedback, health, lookup, parallel, search
from api.state import DISTRIBUTION, State


def create_app(state: State) -> FastAPI:
    """The application over one state, which it closes when it stops.

    FastAPI's telemetry is on by default; here it is off, as nothing at run time may touch a network.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        refreshing = asyncio.create_task(_refresh(state))
        try:
            yield
        finally:
            refreshing.cancel()
            await asyncio.wait([refreshing])
            state.close()

    app = FastAPI(
        title="Knowledge base",
        summary="Search and cited answers over localized troubleshooting articles.",
        version=version(DISTRIBUTION),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.doors = state
    app.add_middleware(problems.BodyLimit, max_bytes=state.max_body_bytes)
    problems.install(app)
    security.install(app, state.cors_origins)
    for door in (search, ask, chat, feedback, articles, parallel, lookup, health, admin):
        app.include_router(door.router)
    docs.install(app)
    site.install(app, state)
    openapi.install(app)
    return app


async def _refresh(state: State) -> None:
    while True:
        await asyncio.sleep(state.refresh_every_s)
        await asyncio.to_thread(state.refresh)
