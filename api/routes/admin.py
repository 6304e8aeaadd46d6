"""POST /admin/reindex, a build's progress as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Header, HTTPException, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api import problems
from api.buildprocess import Event
from api.reindex import Build
from api.routes.state import StateDep
from kb.errors import NotFound

router = APIRouter(tags=["admin"])
_LOOK_EVERY_S = 0.1
_OFF = (
    "reindexing over HTTP is off; who runs the service switches it on with the settings KB_SOURCES (what to index) "
    "and KB_ADMIN_TOKEN (the key to ask with)"
)
_REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"description": "No `Authorization: Bearer` with the service's KB_ADMIN_TOKEN."},
    404: {"description": "Reindexing over HTTP is off."},
    409: {"description": "Another build is at work; the detail says which process, and for how long."},
}


async def _build(
    service: StateDep,
    authorization: Annotated[str | None, Header(description="`Bearer` and the key.")] = None,
) -> Build:
    reindexing = service.reindexing
    if reindexing is None:
        raise NotFound(_OFF)
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not reindexing.allows(token.strip()):
        raise HTTPException(
            401,
            "reindexing needs the header `Authorization: Bearer` with the key in the service's KB_ADMIN_TOKEN",
            {"WWW-Authenticate": "Bearer"},
        )
    return await run_sync(reindexing.start)


@router.post("/admin/reindex", response_class=EventSourceResponse, responses=_REFUSED)
async def reindex(
    request: Request, build: Annotated[Build, Depends(_build)]
) -> AsyncIterator[ServerSentEvent]:
    """Indexes the sources in the service's KB_SOURCES, and tells how far it is, event by event.

    `stage` names what has begun; `progress` counts it; `note` is for people; `report` is the last event, what
    `kb index --json` prints; or `error` is, a problem. Comments keep the line open. The build is a process of its own
    and goes on when the client goes; it ends with the service. What served serves on until the new index is whole.
    """
    sent = 0
    while True:
        ended = build.ended
        for event in build.events[sent:]:
            sent += 1
            yield _sent(request, event)
        if ended:
            return
        await asyncio.sleep(_LOOK_EVERY_S)


def _sent(request: Request, event: Event) -> ServerSentEvent:
    match event:
        case {"event": "report", "report": report}:
            return ServerSentEvent(event="report", data=report)
        case {"event": "error", "message": message, "busy": busy}:
            return ServerSentEvent(
                event="error", data=problems.details(request, 409 if busy else 500, message)
            )
        case _:
            told = {name: value for name, value in event.items() if name != "event"}
            return ServerSentEvent(event=event["event"], data=told)
