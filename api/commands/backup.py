"""kb backup."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from api.commands.options import Home, Json, command_app, print_json, print_lines, read_settings
from indexer.backup import backup as pack

app = command_app()


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file: .tar.gz, .tgz or .tar.")],
    feedback: Annotated[
        bool, typer.Option("--feedback", help="What people said of answers too (personal data masked).")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Pack the index that serves, with corrections and curation, into one file.

    Services go on meanwhile. `kb restore FILE` puts it back, here or on another machine.
    """
    told = pack(read_settings(home=home).home, file, feedback=feedback)
    if as_json:
        print_json(asdict(told))
        return
    beside = f", {', '.join(told.beside)}" if told.beside else ""
    print_lines([Text(f"{told.file}: {told.bytes:,} bytes, generation {told.generation}{beside}")])
