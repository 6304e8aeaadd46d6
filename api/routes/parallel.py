"""GET /parallel."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.routes.state import KnowledgeDep
from api.schemas import ParallelParams
from kb.parallel import Parallel

router = APIRouter(tags=["languages"])
_RESPONSES: dict[int | str, dict[str, Any]] = {
    404: {"description": "No such article, locale, passage, unit or collection."}
}


@router.get("/parallel", responses=_RESPONSES)
def parallel(params: Annotated[ParallelParams, Query()], knowledge: KnowledgeDep) -> Parallel:
    """An article, a passage or a unit in any number of locales side by side, with its gaps named."""
    return knowledge.parallel(params.request())
