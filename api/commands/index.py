"""kb index."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Annotated

import typer

from api.commands.deepen import deepen_here, deepen_in_background
from api.commands.options import Cache, Home, Json, Model, command_app, print_json, print_lines, read_settings
from api.console import progress, say
from api.render import report_lines
from api.tuning import tune_build
from indexer.build import BuildOptions, build
from kb.errors import InputError
from kb.retention import MOST, write_keep

app = command_app()
UNTOUCHED = "the previous index is untouched"


@app.command()
def index(
    sources: Annotated[
        list[Path],
        typer.Argument(metavar="SRC...", help="Folders, archives (.tar.gz, .zip) or git checkouts."),
    ],
    home: Home = None,
    collection: Annotated[
        str, typer.Option("--collection", help="The collection that the articles are in.")
    ] = "default",
    locale: Annotated[
        str | None,
        typer.Option("--locale", help="Locale of files that tell none, nor lie in its folder."),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            "--exclude", metavar="GLOB", help="Leave out files; repeatable, and replaces the default globs."
        ),
    ] = None,
    model: Model = None,
    cache: Cache = None,
    allow_shrink: Annotated[
        bool,
        typer.Option("--allow-shrink", help="Go on even if a locale loses more than 30 % of its articles."),
    ] = False,
    deepen: Annotated[
        bool,
        typer.Option("--deepen", help="Then embed each locale's own text too, in the background."),
    ] = False,
    keep: Annotated[
        int | None,
        typer.Option(
            "--keep",
            min=0,
            max=MOST,
            help="Earlier generations to keep for `kb rollback`, from now on.  [default: as before, at first 2]",
        ),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="With --deepen: stay until it is done.")] = False,
    as_json: Json = False,
) -> None:
    """Index articles from folders, archives or git checkouts.

    A run replaces, in its collection, the locales that it finds in its sources; all else stays. The previous
    index serves until the new one is whole.
    """
    if wait and not deepen:
        raise typer.BadParameter("--wait is about --deepen; give both, or leave it out")
    settings = read_settings(home=home, cache=cache, model=model)
    options = BuildOptions(
        collection=collection,
        locale=locale,
        excludes=None if exclude is None else tuple(exclude),
        model=settings.model,
        cache=settings.cache,
        allow_shrink=allow_shrink,
    )
    tune_build()
    try:
        if keep is not None:
            write_keep(settings.home, keep)
        with progress() as shown:
            report = build(sources, settings.home, options=options, progress=shown)
    except KeyboardInterrupt:
        say(f"kb: interrupted; {UNTOUCHED}")
        raise typer.Exit(130) from None
    except OSError as error:
        where = error.filename or settings.home
        raise InputError(f"{where}: {error.strerror or error}; {UNTOUCHED}") from error
    except sqlite3.OperationalError as error:  # a full disk, most often
        raise InputError(f"{settings.home}: {error}; {UNTOUCHED}") from error
    if as_json:
        print_json(report.to_json())
    else:
        print_lines(report_lines(report))
    if deepen and wait:
        deepen_here(settings)
    elif deepen:
        say(
            f"further views follow in the background; {deepen_in_background(settings)} tells how far they are"
        )
