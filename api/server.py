"""The HTTP server process: its socket, its configuration, and how it starts and stops."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

from kb.errors import InputError

# A question of 20,001 characters, percent-encoded at 12 bytes each, must reach the check that refuses it.
_MAX_HEAD = 512 * 1024
_STOP_S = 10
# For so long the thread that opens a new generation may keep a request waiting when that one wants to go on. With
# Python's own 5 ms the 90th percentile of searches over 12 locales was 2.2 times as high meanwhile, with this 1.4.
_SWITCH_S = 0.0002


def configuration(app: FastAPI) -> uvicorn.Config:
    """How the service is served; its listening socket comes from `bind`."""
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        log_config=None,
        access_log=False,  # questions are not logged unless an operator asks for it
        server_header=False,
        h11_max_incomplete_event_size=_MAX_HEAD,
        timeout_graceful_shutdown=_STOP_S,
    )


def bind(host: str, port: int) -> socket.socket:
    """A socket bound to the address, not listening yet: a busy port shows at once, and nobody waits in vain.

    Errors: InputError when the address is taken, unknown or not allowed.
    """
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        if os.name == "posix":  # elsewhere it would let two servers share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(place)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise unavailable(host, port, error) from error
    return listener


def unavailable(host: str, port: int, error: OSError) -> InputError:
    """Why the service can't listen there, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return InputError(
            f"port {port} of {host} is taken by another program; choose another with --port, 0 for any"
        )
    return InputError(
        f"can't listen on {host}, port {port}: {error.strerror or error}; choose others with --host, --port"
    )


def address(listener: socket.socket) -> str:
    """The service's URL."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(server: uvicorn.Server, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serves until SIGINT or SIGTERM; calls `ready` once the port is open.

    uvicorn sets its own handlers, and when it has stopped raises what it caught again for those before it:
    these here, so that a stop that was asked for ends with exit status 0.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    sys.setswitchinterval(_SWITCH_S)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    host, port = listener.getsockname()[:2]
    try:
        asyncio.run(_serve(server, listener, ready))
    except OSError as error:
        if server.started:
            raise
        raise unavailable(host, port, error) from error  # another program listens there by now


async def _serve(server: uvicorn.Server, listener: socket.socket, ready: Callable[[], None]) -> None:
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.01)
    if server.started:
        ready()
    await serving
