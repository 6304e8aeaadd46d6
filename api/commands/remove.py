"""kb remove."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from api.commands.options import Cache, Home, Json, Model, command_app, print_json, print_lines, read_settings
from api.console import progress
from indexer.build import BuildOptions
from indexer.remove import remove as remove_here

app = command_app()


@app.command()
def remove(
    collection: Annotated[
        str | None, typer.Option("--collection", help="The collection to remove, or that the locale is in.")
    ] = None,
    locale: Annotated[
        str | None, typer.Option("--locale", help="Remove this locale's articles alone.")
    ] = None,
    home: Home = None,
    model: Model = None,
    cache: Cache = None,
    as_json: Json = False,
) -> None:
    """Remove a locale or a collection from the index.

    What served before is one `kb rollback` away, as long as it is kept.
    """
    if collection is None and locale is None:
        raise typer.BadParameter("found nothing to remove; name it with --collection, --locale or both")
    settings = read_settings(home=home, cache=cache, model=model)
    options = BuildOptions(model=settings.model, cache=settings.cache)
    with progress() as shown:
        generation = remove_here(settings.home, collection, locale, options=options, progress=shown)
    if as_json:
        print_json({"generation": generation, "collection": collection, "locale": locale})
    else:
        what = " of ".join(name for name in (locale, collection) if name)
        print_lines([Text(f"removed: {what}; generation {generation}")])
