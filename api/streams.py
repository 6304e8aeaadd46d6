"""Ids of a chat's events, by which a broken stream is taken up again without anything kept for it.

An answer is a function of the generation, the question and its history. So the id of an event, `<stream>-<n>`, holds
what proves that the same was asked: 8 random bytes and a digest over them, the generation and the request. A client
that posts the request again with its `Last-Event-ID` gets the events after n, from whichever process. Where the index
or the request is another one by now, the digest differs and a new stream starts at 1.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from dataclasses import asdict
from typing import NamedTuple

from kb.chat import ChatRequest

_ID = re.compile(r"([0-9a-f]{16})([0-9a-f]{32})-([0-9]{1,6})")


class EventId(NamedTuple):
    """nonce: the stream's random part; number: of the last event received, from 1."""

    nonce: str
    stream: str
    number: int


def read_event_id(text: str | None) -> EventId | None:
    """The parts of a Last-Event-ID; None where there is none or it is no id of ours."""
    match = _ID.fullmatch(text or "")
    return EventId(match[1], match[1] + match[2], int(match[3])) if match else None


def stream_of(nonce: str, generation: str, request: ChatRequest) -> str:
    told = json.dumps([nonce, generation, asdict(request)], sort_keys=True)
    return nonce + hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def new_nonce() -> str:
    return secrets.token_hex(8)
