"""kb verify."""

from __future__ import annotations

from dataclasses import asdict

import typer
from rich.text import Text

from api.commands.options import Home, Json, command_app, print_json, print_lines, read_settings
from api.console import plain
from kb.verify import verify as verify_home

app = command_app()


@app.command()
def verify(home: Home = None, as_json: Json = False) -> None:
    """Check every file, count, vector and citation of the index.

    A finding a line: the file, what is wrong with it, what to run. Exit status 1 if there is any.
    """
    told = verify_home(read_settings(home=home).home)
    if as_json:
        print_json(asdict(told))
    else:
        print_lines(Text(plain(str(finding))) for finding in told.findings)
        if not told.findings:
            looked = ", ".join(f"{number:,} {what}" for what, number in told.checked.items())
            print_lines([Text(f"generation {told.generation} is whole: {looked}")])
    if told.findings:
        raise typer.Exit(1)
