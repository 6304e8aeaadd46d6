"""GET /health and GET /ready."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from api import problems, state
from api.routes.state import KnowledgeDep, StateDep
from api.schemas import Health, Ready

router = APIRouter(tags=["health"])
_HEALTH: dict[int | str, dict[str, Any]] = {200: {"model": Health}}
_READY: dict[int | str, dict[str, Any]] = {
    200: {"model": Ready},
    503: {"description": "The encoder is not loaded yet."},
}


@router.get("/health", response_model=None, responses=_HEALTH)
def health(knowledge: KnowledgeDep) -> JSONResponse:
    """That the service lives, and what it serves: `kb info` and the program's version."""
    return JSONResponse(state.health(knowledge))


@router.get("/ready", response_model=None, responses=_READY)
def ready(request: Request, service: StateDep) -> Response:
    """200 once the encoder is loaded and has answered; a load balancer's question."""
    if not service.ready:
        return problems.problem(request, 503, "the encoder is not loaded yet; ask again in a few seconds")
    return JSONResponse({"ready": True, "generation": service.knowledge.info()["generation"]})
