"""kb parse."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from api.commands.options import Json, command_app, print_json, print_lines
from api.console import progress
from api.parsing import article_of, check_sources, read_article
from api.render import article_lines, check_lines
from indexer.parse import side_markdown
from indexer.report import Problem
from kb.article import Side
from kb.articlejson import article_to_json
from kb.errors import InputError

app = command_app()
SIDES: dict[str, Side] = {"target": "target", "source": "source"}


@app.command()
def parse(
    sources: Annotated[
        list[Path],
        typer.Argument(metavar="FILE", help="An article; with --check any sources."),
    ],
    side: Annotated[
        str | None, typer.Option("--side", metavar="target|source", help="Print the markdown of one side.")
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Parse and count all; exit status 1 if a file gives none."),
    ] = False,
    locale: Annotated[
        str | None,
        typer.Option("--locale", help="Locale of files that tell none, nor lie in its folder."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Parse an article, or check whole sources."""
    if check:
        if side is not None:
            raise typer.BadParameter("--check and --side don't go together")
        with progress() as shown:
            checked = check_sources(sources, locale, shown)
        if as_json:
            print_json(checked)
        else:
            print_lines(check_lines(checked))
        raise typer.Exit(1 if checked.skipped else 0)
    if len(sources) > 1:
        raise typer.BadParameter(f"found {len(sources)} files, expected one; --check takes more")
    file = read_article(sources[0])
    if side is not None:
        if side not in SIDES or as_json:
            raise typer.BadParameter(f"--side takes {' or '.join(SIDES)}, and goes without --json")
        sys.stdout.buffer.write(side_markdown(file.data, SIDES[side]).encode("utf-8", "replace"))
        return
    article = article_of(file, locale)
    if isinstance(article, Problem):
        raise InputError(f"{article.file}: {article.reason}")
    if as_json:
        print_json(article_to_json(article))
    else:
        print_lines(article_lines(article))
