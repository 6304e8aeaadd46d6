"""GET /search and GET /suggest."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.routes.state import KnowledgeDep
from api.schemas import SearchParams, SuggestParams
from kb.hit import SearchResult
from kb.suggest import Suggestions

router = APIRouter(tags=["search"])


@router.get("/search")
def search(params: Annotated[SearchParams, Query()], knowledge: KnowledgeDep) -> SearchResult:
    """Articles that match a question in any language, best first, each once, shown in the reader's locale."""
    return knowledge.search(params.request())


@router.get("/suggest")
def suggest(params: Annotated[SuggestParams, Query()], knowledge: KnowledgeDep) -> Suggestions:
    """Titles in the reader's locale, and frequent phrases, that go on from what has been typed."""
    return knowledge.suggest(params.q, locale=params.locale, collection=params.collection, limit=params.limit)
