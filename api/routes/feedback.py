"""POST /feedback."""

from __future__ import annotations

from fastapi import APIRouter

from api.chatschemas import FeedbackBody, Kept
from api.routes.state import StateDep

router = APIRouter(tags=["feedback"])


@router.post("/feedback")
def feedback(body: FeedbackBody, service: StateDep) -> Kept:
    """Takes down whether an answer, or a step of it, helped. Kept on this service alone, personal data masked."""
    service.feedback.add(body.given())
    return Kept(kept=True)
