"""Options that several commands share, and how a command reads its settings and prints its result."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import BaseModel, ValidationError
from rich.text import Text

from api import settings
from api.bodies import body, field_errors, summary
from api.console import console

Home = Annotated[
    Path | None,
    typer.Option("--home", help="Folder of the index.  [default: KB_HOME, else the user's data folder]"),
]
Cache = Annotated[
    Path | None,
    typer.Option(
        "--cache", help="Folder of models and embeddings.  [default: KB_CACHE, else the user's cache folder]"
    ),
]
Model = Annotated[
    str | None,
    typer.Option(
        "--model", help="A sentence-transformers folder or name.  [default: KB_MODEL, else the built-in one]"
    ),
]
Locale = Annotated[
    str | None, typer.Option("--locale", help="The reader's locale, such as nl-NL: orders and displays.")
]
Lang = Annotated[str | None, typer.Option("--lang", help="The question's language.  [default: detected]")]
Collection = Annotated[str | None, typer.Option("--collection", help="Only this collection.  [default: all]")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, as the service sends it.")]


def command_app(**more: Any) -> typer.Typer:
    """An empty Typer for a command's module: plain help and tracebacks, no installing of completion."""
    return typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, **more)


M = TypeVar("M", bound=BaseModel)


def read_settings(**options: Any) -> settings.Settings:
    """Settings with the command's options before them; wrong ones are wrong use."""
    try:
        return settings.read_settings(**options)
    except settings.SettingsError as error:
        raise typer.BadParameter(str(error)) from error


def checked(model: type[M], **values: Any) -> M:
    """The request that the service would make of these values; what it would refuse is wrong use."""
    try:
        return model(**values)
    except ValidationError as error:
        raise typer.BadParameter(summary(field_errors(error.errors()))) from error


def print_json(value: Any) -> None:
    """JSON on standard output, UTF-8 whatever the terminal's encoding is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(body(value))
    sys.stdout.buffer.flush()


def print_lines(lines: Iterable[Text]) -> None:
    """Text for people on standard output."""
    target = console(sys.stdout)
    for line in lines:
        target.print(line)
