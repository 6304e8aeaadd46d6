"""Every error of the service as problem details (RFC 9457), and the limit of request bodies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.bodies import field_errors, summary
from kb.errors import InputError, KbError, ModelError, NotFound, WriterBusy

MEDIA_TYPE = "application/problem+json"
# What every route may answer besides its own, in words.
COMMON = {
    400: "The body can't be read.",
    413: "The body is larger than the service takes.",
    422: "A parameter or field does not fit.",
    503: "The index or the encoder can't be used; the detail says what to run.",
}


def problem(
    request: Request,
    status: int,
    detail: str,
    *,
    errors: Sequence[Mapping[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The response; ASCII JSON, since a detail may quote what is no valid text."""
    told = details(request, status, detail)
    if errors is not None:
        told["errors"] = list(errors)
    return Response(json.dumps(told), status, headers, media_type=MEDIA_TYPE)


def details(request: Request, status: int, detail: str) -> dict[str, Any]:
    """A problem's members, for a response or an event of a stream."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
    }


def status_of(error: KbError) -> int:
    """The HTTP status of an error that people are told."""
    match error:
        case NotFound():
            return 404
        case ModelError():
            return 503
        case InputError():
            return 422
        case WriterBusy():
            return 409
        case _:
            return 503


def install(app: FastAPI) -> None:
    """Makes every error of the app a problem: its own, the framework's and bugs.

    Comes before whatever adds headers to responses (`security.install`), so that a bug's has them, too.
    """
    app.add_middleware(Bugs)

    async def told(request: Request, error: KbError) -> Response:
        return problem(request, status_of(error), str(error))

    async def invalid(request: Request, error: RequestValidationError) -> Response:
        errors = field_errors(error.errors())
        return problem(request, 422, summary(errors), errors=errors)

    async def http(request: Request, error: HTTPException) -> Response:
        return problem(request, error.status_code, _http_detail(request, error), headers=error.headers)

    app.exception_handler(KbError)(told)
    app.exception_handler(RequestValidationError)(invalid)
    app.exception_handler(HTTPException)(http)


def _http_detail(request: Request, error: HTTPException) -> str:
    if error.detail != HTTPStatus(error.status_code).phrase:
        return error.detail
    match error.status_code:
        case 404:
            return f"no such route: {request.url.path}; /docs lists all"
        case 405:
            allowed = (error.headers or {}).get("Allow", "another method")
            return f"{request.url.path} does not take {request.method}; it takes {allowed}"
        case _:
            return error.detail


class Bugs:
    """Answers a bug as a problem, and passes it on for the log.

    A handler of Exception would not do: Starlette runs it outside all middleware, so without the headers that let a
    page of another origin read the problem.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception:
            if not started:
                # uvicorn hangs up after an exception; without this header a client would send its next request there
                headers = {"Connection": "close"}
                told = problem(
                    Request(scope), 500, "the service failed; its log holds the reason", headers=headers
                )
                await told(scope, receive, send)
            raise


class BodyLimit:
    """Refuses larger bodies, by their announced length or as they come in.

    Stands in for FastAPI(max_body_size=…), which answers in plain text.
    """

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > self.max_bytes:
            await problem(Request(scope), 413, self._detail())(scope, receive, send)
            return
        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.max_bytes:
                raise HTTPException(413, self._detail())
            return message

        await self.app(scope, limited, send)

    def _detail(self) -> str:
        return f"the body is larger than the {self.max_bytes:,} bytes that this service takes"
