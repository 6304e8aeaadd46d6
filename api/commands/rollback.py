"""kb rollback."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from api.commands.options import Home, Json, command_app, print_json, print_lines, read_settings
from kb.rollback import rollback as go_back

app = command_app()


@app.command()
def rollback(
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="ID", help="The generation.  [default: the one published before]"),
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Let an earlier generation of the index serve again.

    `kb info` lists them. Running services follow within a second. The one that served stays, so `kb rollback`
    again undoes it.
    """
    told = go_back(read_settings(home=home).home, to)
    if as_json:
        print_json(asdict(told))
        return
    lines = [f"serving {told.generation} of {told.created}, before it {told.before}"]
    lines += [
        f"{name}: " + ", ".join(f"{locale} {articles:,}" for locale, articles in locales.items())
        for name, locales in told.articles.items()
    ]
    print_lines(Text(line) for line in lines)
