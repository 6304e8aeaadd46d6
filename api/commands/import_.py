"""kb import."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from api.commands.options import Home, Json, command_app, print_json, print_lines, read_settings
from api.console import progress
from api.render import fact_lines
from indexer.tm.importtmx import import_tmx

app = command_app()


@app.command("import")
def import_(
    format_: Annotated[str, typer.Argument(metavar="FORMAT", help="tmx.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The corrected memory.")],
    collection: Annotated[
        str | None, typer.Option("--collection", help="The collection; needed where there are several.")
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--replace", help="Drop the corrections of earlier imports first.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Take in a corrected translation memory; search, answers and lookup use it at once and after each `kb index`."""
    if format_ != "tmx":
        raise typer.BadParameter(f"found {format_!r}, expected tmx", param_hint="FORMAT")
    with progress() as shown:
        report = import_tmx(
            file, read_settings(home=home).home, collection=collection, fresh=fresh, progress=shown
        )
    if as_json:
        print_json(asdict(report))
        return
    facts = {name: value for name, value in asdict(report).items() if value not in ({}, [])}
    print_lines(fact_lines(facts))
    if report.deepen:
        print_lines([Text("questions find the corrected texts by words now, by meaning after `kb deepen`")])
