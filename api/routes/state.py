"""The running service's state, as a dependency of routes."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from api.state import Knowledge, State


async def _state(request: Request) -> State:
    state = request.app.state.doors
    assert isinstance(state, State)
    return state


async def _knowledge(state: Annotated[State, Depends(_state)]) -> Knowledge:
    return state.knowledge


StateDep = Annotated[State, Depends(_state)]
KnowledgeDep = Annotated[Knowledge, Depends(_knowledge)]
