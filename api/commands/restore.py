"""kb restore."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from api.commands.options import Home, Json, command_app, print_json, print_lines, read_settings
from indexer.restore import restore as put_back

app = command_app()


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `kb backup` wrote.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Let the index of a backup serve, in a new home or an existing one.

    Everything is checked before it is published; what served before is one `kb rollback` away. Corrections, curation
    and feedback that the home has already stay as they are.
    """
    told = put_back(file, read_settings(home=home).home)
    if as_json:
        print_json(asdict(told))
        return
    lines = [f"serving {told.generation}: {told.files:,} files, made with the model {told.model}"]
    lines += [f"put back: {name}" for name in told.beside]
    lines += [f"left as it is: {name}" for name in told.kept]
    print_lines(Text(line) for line in lines)
