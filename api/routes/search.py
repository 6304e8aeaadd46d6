"""GET /search."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.routes.state import KnowledgeDep
from api.schemas import SearchParams
from kb.hit import SearchResult

router = APIRouter(tags=["search"])


@router.get("/search")
def search(params: Annotated[SearchParams, Query()], knowledge: KnowledgeDep) -> SearchResult:
    """Articles that match a question in any language, best first, each once, shown in the reader's locale."""
    return knowledge.search(params.request())
