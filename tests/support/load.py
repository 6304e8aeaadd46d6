"""Requests of every kind, sent to a service without a pause, and what came back when."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

_GENERATION = re.compile(r'"generation":\s*"([^"]+)"')


@dataclass(frozen=True)
class Ask:
    """A request: its kind, method, path, query and body."""

    kind: str
    method: str
    path: str
    params: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] | None = None


@dataclass(frozen=True)
class Told:
    """What came back: began_s on the clock of time.monotonic, generations that the response names, and its text."""

    kind: str
    began_s: float
    took_s: float
    status: int
    generations: frozenset[str]
    text: str

    @property
    def failed(self) -> bool:
        return self.status != 200 or "event: error" in self.text


@dataclass
class Load:
    """Clients that ask one thing after the other until they are stopped."""

    told: list[Told] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def ask(self, client: httpx2.Client, asked: Ask) -> Told:
        began = time.monotonic()
        try:
            response = client.request(asked.method, asked.path, params=asked.params, json=asked.body)
            status, text = response.status_code, response.text
        except httpx2.HTTPError as error:
            status, text = 0, repr(error)
        took = time.monotonic() - began
        return Told(asked.kind, began, took, status, frozenset(_GENERATION.findall(text)), text)

    def client(self, address: str, asks: Sequence[Ask], first: int) -> None:
        with httpx2.Client(base_url=address, timeout=120) as client:
            number = first
            while not self.stopping.is_set():
                self.told.append(self.ask(client, asks[number % len(asks)]))
                number += 1


@contextmanager
def under_load(address: str, asks: Sequence[Ask], clients: int) -> Iterator[Load]:
    """Load from as many clients, each beginning elsewhere in the list of requests."""
    load = Load()
    step = max(1, len(asks) // clients)
    threads = [
        threading.Thread(target=load.client, args=(address, asks, n * step), name=f"client {n}")
        for n in range(clients)
    ]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        load.stopping.set()
        for thread in threads:
            thread.join()
