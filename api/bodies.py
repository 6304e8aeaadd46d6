"""Bodies as they go out, and what is wrong with those that come in, for HTTP and the command line alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

_ANY: TypeAdapter[Any] = TypeAdapter(Any)


def body(value: Any) -> bytes:
    """A door's JSON for people and programs: UTF-8, indented, one line feed at the end."""
    return _ANY.dump_json(value, indent=2) + b"\n"


def field_errors(errors: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """`field` and `message` of each of pydantic's errors; what was sent is not repeated."""
    return [
        {"field": ".".join(str(part) for part in error["loc"]), "message": _message(error)}
        for error in errors
    ]


def _message(error: Mapping[str, Any]) -> str:
    match error["type"]:
        case "extra_forbidden":
            return "unknown; its name is misspelt, or this version has no such field"
        case "value_error":
            return str(error["ctx"]["error"])
        case _:
            return str(error["msg"])


def summary(errors: Sequence[Mapping[str, str]]) -> str:
    """All field errors in one line."""
    return "; ".join(f"{error['field']}: {error['message']}" for error in errors)
