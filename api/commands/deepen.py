"""kb deepen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import typer
from rich.text import Text

from api.commands.options import Cache, Home, Json, Model, command_app, print_json, print_lines, read_settings
from api.console import progress, say
from api.settings import Settings
from indexer.deepen import deepen as make_views

app = command_app()


@app.command()
def deepen(home: Home = None, model: Model = None, cache: Cache = None, as_json: Json = False) -> None:
    """Add each locale's own embeddings to an index that serves already.

    Questions in a language that is indexed find much more with it. Locale by locale a new generation is
    published; what was made before an interruption stays.
    """
    made = deepen_here(read_settings(home=home, cache=cache, model=model))
    if as_json:
        print_json({"views": made})
    else:
        print_lines([Text(f"made: {name}") for name in made] or [Text("every view was there already")])


def deepen_here(settings: Settings) -> list[str]:
    """Makes the missing views with a progress bar; their names."""
    try:
        with progress() as shown:
            return make_views(settings.home, model=settings.model, cache=settings.cache, progress=shown)
    except KeyboardInterrupt:
        say("kb: interrupted; the index serves, `kb deepen` goes on where this stopped")
        raise typer.Exit(130) from None


def deepen_in_background(settings: Settings) -> Path:
    """Starts `kb deepen` as a process of its own; the log that it writes."""
    log = settings.home / "deepen.log"
    command = [sys.executable, "-m", "api.cli", "deepen", "--home", str(settings.home)]
    command += ["--model", str(settings.model)] if settings.model else []
    command += ["--cache", str(settings.cache)] if settings.cache else []
    with log.open("wb") as stream:
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, start_new_session=True
        )
    return log
