"""POST /ask."""

from __future__ import annotations

from fastapi import APIRouter

from api.routes.state import KnowledgeDep
from api.schemas import AskBody
from kb.hit import Answer

router = APIRouter(tags=["ask"])


@router.post("/ask")
def ask(body: AskBody, knowledge: KnowledgeDep) -> Answer:
    """The procedure that answers, quoted step by step with its citations; or related articles; or none."""
    return body.put(knowledge)
