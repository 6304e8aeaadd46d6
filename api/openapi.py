"""The OpenAPI document: FastAPI's, with problems as errors and the dataclasses' own words as descriptions."""

from __future__ import annotations

import inspect
import re
from dataclasses import is_dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter

from api import examples
from api.problems import COMMON, MEDIA_TYPE
from api.schemas import Problem
from kb import hit, parallel
from kb import lookup as looking

_REF = "#/components/schemas/{model}"
# a docstring's line such as "units        numbers of the translation units in the passage", and what continues it
_NOTE = re.compile(r"^(\w+) {2,}(\S.*(?:\n {4,}\S.*)*)$", re.MULTILINE)
_ANY: TypeAdapter[Any] = TypeAdapter(Any)


def install(app: FastAPI) -> None:
    """Makes /openapi.json the finished document, made at its first request."""
    make = app.openapi

    def finished() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = finish(make())
        return app.openapi_schema

    app.openapi = finished  # type: ignore[method-assign]  # FastAPI's documented way to extend the document


def finish(document: dict[str, Any]) -> dict[str, Any]:
    """The document with a problem as the body of every error, and notes on the dataclasses' fields."""
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema(ref_template=_REF)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _describe_errors(operation)
            _show_body(operation, examples.BODIES[method, path])
    for module in (hit, parallel, looking):
        for name, dataclass in inspect.getmembers(module, is_dataclass):
            if name in schemas:
                _describe_fields(schemas[name], inspect.getdoc(dataclass) or "")
    return document


def _describe_errors(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    takes = {422, 503} if "parameters" in operation else {503}
    takes |= {400, 413, 422} if "requestBody" in operation else set()
    for status in takes:
        responses[str(status)] = {"description": COMMON[status]}
    for status, response in responses.items():
        if int(status) >= 400:
            told = {
                "type": "about:blank",
                "title": HTTPStatus(int(status)).phrase,
                "status": int(status),
                "detail": response["description"],
                "instance": "/path",
            }
            response["content"] = {
                MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}, "example": told}
            }


def _show_body(operation: dict[str, Any], body: Any) -> None:
    """Adds the example here and not at the route, where FastAPI would drop its nulls."""
    content: dict[str, Any] = operation["responses"]["200"]["content"]
    # an event stream's example is its text, everything else's is JSON
    example = body if isinstance(body, str) else _ANY.dump_python(body, mode="json")
    content["text/event-stream" if isinstance(body, str) else "application/json"]["example"] = example


def _describe_fields(schema: dict[str, Any], doc: str) -> None:
    """Moves a docstring's table of fields to the fields; what is left describes the schema."""
    for name, note in _NOTE.findall(doc):
        if name in schema["properties"]:
            schema["properties"][name]["description"] = " ".join(note.split())
    schema["description"] = _NOTE.sub("", doc).strip()
