"""POST /chat, an answer as server-sent events, and DELETE /chat/{conversation}."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Header, Path, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import TypeAdapter

from api import problems
from api.chatschemas import ChatBody, ChatMeta, Deleted
from api.routes.state import StateDep
from api.state import State
from api.streams import EventId, new_nonce, read_event_id, stream_of
from kb.chat import ChatRequest, HistoryItem, Interpreted, leans_on
from kb.conversations import new_id
from kb.errors import KbError
from kb.hit import Answer, Step

router = APIRouter(tags=["chat"])
log = logging.getLogger("kb.service")
_ANY: TypeAdapter[Any] = TypeAdapter(Any)
_RETRY_MS = 2000
Parts = Iterator[Interpreted | Answer]
_NO_CONVERSATION: dict[int | str, dict[str, Any]] = {
    404: {"description": "No such conversation: it has expired."}
}


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn to be answered. conversation: where it is kept, None: nowhere; seen: the last event of a broken stream."""

    request: ChatRequest
    conversation: str | None
    seen: EventId | None


@dataclass(frozen=True, slots=True)
class Begun:
    """A turn and its two stages: how it is understood, and its answer."""

    turn: Turn
    parts: Parts


def _turn(
    body: ChatBody,
    service: StateDep,
    last_event_id: Annotated[
        str | None, Header(description="Of a stream that broke: the events after it are sent.")
    ] = None,
) -> Turn:
    seen = read_event_id(last_event_id)
    history: tuple[HistoryItem, ...] = tuple(turn.item() for turn in body.history or ())
    conversation = body.conversation
    kept = None
    if seen and (body.store or conversation):
        kept = service.conversations.before(seen.stream, body.question)
    if kept is not None:
        conversation, history = kept
    elif conversation is not None:
        history = service.conversations.history(conversation)
    elif body.store:
        conversation = new_id()
    return Turn(body.request(history), conversation, seen)


def _begun(turn: Annotated[Turn, Depends(_turn)], service: StateDep) -> Iterator[Begun]:
    """The turn's stages, closed when the response has ended, however that was: an asynchronous generator that is cut
    short is not closed but left to the garbage collector."""
    parts = service.knowledge.chat(turn.request)
    try:
        yield Begun(turn, parts)
    finally:
        _end(parts)


@router.post("/chat", response_class=EventSourceResponse, responses=_NO_CONVERSATION)
async def chat(
    request: Request,
    begun: Annotated[Begun, Depends(_begun)],
    service: StateDep,
) -> AsyncIterator[ServerSentEvent]:
    """Answers a turn of a conversation, event by event.

    `meta` says how the question was understood; each `citation` comes with the `delta` of text that it is for; `done`
    holds the whole answer as `/ask` gives it, and `interpreted_query`; `error` holds a problem instead. Comments keep
    the line open while nothing is ready. A client that goes ends the work.
    """
    turn, parts = begun.turn, begun.parts
    try:
        interpreted = await run_sync(next, parts)
        assert isinstance(interpreted, Interpreted)
        stream, skip = _stream(turn, interpreted.generation)
        if skip < 1:
            yield _event("meta", _meta(interpreted, turn.conversation), f"{stream}-1", retry=_RETRY_MS)
        answer = await run_sync(_answer_of, parts)
        if turn.conversation is not None:
            await run_sync(_keep, service, turn, stream, interpreted, answer)
        for number, (name, data) in enumerate(_events(interpreted, answer), 2):
            if number > skip:
                yield _event(name, data, f"{stream}-{number}")
    except KbError as error:
        yield _event("error", problems.details(request, problems.status_of(error), str(error)))
    except Exception:
        log.exception("a question of a conversation failed")
        yield _event("error", problems.details(request, 500, "the service failed; its log holds the reason"))


@router.delete("/chat/{conversation}", responses=_NO_CONVERSATION)
def forget(
    conversation: Annotated[str, Path(max_length=64, description="The id that `meta` gave.")],
    service: StateDep,
) -> Deleted:
    """Deletes a conversation that the service keeps."""
    service.conversations.delete(conversation)
    return Deleted(deleted=conversation)


def _stream(turn: Turn, generation: str) -> tuple[str, int]:
    """The stream's id, and how many of its events the client has."""
    if turn.seen and stream_of(turn.seen.nonce, generation, turn.request) == turn.seen.stream:
        return turn.seen.stream, turn.seen.number
    return stream_of(new_nonce(), generation, turn.request), 0


def _answer_of(parts: Parts) -> Answer:
    answer = next(parts)
    assert isinstance(answer, Answer)
    _end(parts)
    return answer


def _end(parts: Parts) -> None:
    """Frees the generation that a turn was reading, also of one that was cut short."""
    close = getattr(parts, "close", None)
    if close is not None:
        close()


def _keep(service: State, turn: Turn, stream: str, interpreted: Interpreted, answer: Answer) -> None:
    item = HistoryItem(
        turn.request.question,
        interpreted.interpreted_query,
        leans_on(answer),
        turn.request.locale,
    )
    assert turn.conversation is not None
    service.conversations.add(turn.conversation, stream, item)


def _meta(interpreted: Interpreted, conversation: str | None) -> ChatMeta:
    return ChatMeta(**asdict(interpreted), conversation=conversation)


def _events(interpreted: Interpreted, answer: Answer) -> Iterator[tuple[str, Any]]:
    """Name and data of each event after `meta`, the same for the same answer."""
    citations = {citation.n: citation for citation in answer.citations}
    for step in ([answer.lead] if answer.lead else []) + list(answer.steps):
        if cited := citations.pop(step.citation, None):
            yield "citation", cited
        yield "delta", {"text": _said(step), "citation": step.citation}
    for left in citations.values():
        yield "citation", left
    told = _ANY.dump_python(answer, mode="json")
    yield "done", {**told, "interpreted_query": interpreted.interpreted_query}


def _said(step: Step) -> str:
    label = f"{step.number}. " if step.number else "• " if step.kind == "bullet" else ""
    return f"{'   ' * max(step.depth - 1, 0)}{label}{step.text}\n"


def _event(name: str, data: Any, event_id: str | None = None, retry: int | None = None) -> ServerSentEvent:
    return ServerSentEvent(event=name, raw_data=_ANY.dump_json(data).decode(), id=event_id, retry=retry)
