"""GET /lookup."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.routes.state import KnowledgeDep
from api.schemas import LookupParams
from kb.lookup import LookupResult

router = APIRouter(tags=["languages"])
_RESPONSES: dict[int | str, dict[str, Any]] = {404: {"description": "No such locale or collection."}}


@router.get("/lookup", responses=_RESPONSES)
def lookup(params: Annotated[LookupParams, Query()], knowledge: KnowledgeDep) -> LookupResult:
    """Sentences that hold a text in one language, and the same sentences in others, hits marked on both sides."""
    return knowledge.lookup(params.request())
