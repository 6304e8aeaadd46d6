"""GET /articles/{path}."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse

from api import examples
from api.routes.state import KnowledgeDep
from api.schemas import ArticleBody, ArticleParams

router = APIRouter(tags=["articles"])
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"model": ArticleBody},  # describes; the body goes out as `kb parse --json` prints it
    404: {"description": "No such article, locale or collection."},
}


@router.get("/articles/{path:path}", response_model=None, responses=_RESPONSES)
def article(
    path: Annotated[
        str, Path(description="The article's path, without .md.", examples=[examples.HIT.article])
    ],
    params: Annotated[ArticleParams, Query()],
    knowledge: KnowledgeDep,
) -> JSONResponse:
    """An article in one locale, block by block, each segment with its source beside it."""
    return JSONResponse(knowledge.article(path, locale=params.locale, collection=params.collection))
