"""kb export."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal, cast, get_args

import typer
from rich.text import Text

from api.commands.options import Home, Json, command_app, print_json, print_lines, read_settings
from api.console import progress
from indexer.tm.export import ExportOptions, Format
from indexer.tm.export import export as write_memory

app = command_app()


@app.command()
def export(
    format_: Annotated[str, typer.Argument(metavar="FORMAT", help="tmx, xliff or csv.")],
    out: Annotated[
        Path,
        typer.Option("-o", "--out", metavar="PATH", help="The file; for xliff a folder, a file a locale."),
    ],
    locales: Annotated[
        str | None, typer.Option("--locales", metavar="L,L", help="Only these.  [default: all]")
    ] = None,
    collection: Annotated[
        str | None, typer.Option("--collection", help="The collection; needed where there are several.")
    ] = None,
    distinct: Annotated[
        bool, typer.Option("--distinct", help="A sentence with the same translations only once.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write the translation memory of the indexed articles.

    TMX 1.4b holds all locales in one file, XLIFF 2.0 one target locale a file, CSV a column for each.
    """
    if format_ not in get_args(Format):
        raise typer.BadParameter(
            f"found {format_!r}, expected {', '.join(get_args(Format))}", param_hint="FORMAT"
        )
    asked = tuple(part.strip() for part in (locales or "").split(",") if part.strip())
    options = ExportOptions(cast(Literal["tmx", "xliff", "csv"], format_), asked, collection, distinct)
    with progress() as shown:
        report = write_memory(read_settings(home=home).home, out, options, shown)
    if as_json:
        print_json(asdict(report))
        return
    texts = ", ".join(f"{locale} {count:,}" for locale, count in report.texts.items())
    print_lines([Text(file) for file in report.files] + [Text(f"{report.units:,} units: {texts}")])
