"""kb lookup."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from api.commands.options import (
    Cache,
    Collection,
    Home,
    Json,
    Model,
    checked,
    command_app,
    print_json,
    read_settings,
)
from api.lookuptable import lookup_table
from api.schemas import LookupParams
from kb.knowledge import KnowledgeBase

app = command_app()


@app.command()
def lookup(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A word, a phrase or a sentence.")],
    from_locale: Annotated[
        str | None,
        typer.Option("--from", metavar="L", help="The locale to find it in.  [default: detected]"),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="L,L", help="Locales to show beside it.  [default: all others]"),
    ] = None,
    top_k: Annotated[int, typer.Option("--top-k", help="How many matches at most.")] = 10,
    collection: Collection = None,
    home: Home = None,
    model: Model = None,
    cache: Cache = None,
    as_json: Json = False,
) -> None:
    """Find a text in any language, and the same sentences in others."""
    params = checked(
        LookupParams, **{"q": text, "from": from_locale, "to": to, "top_k": top_k, "collection": collection}
    )
    settings = read_settings(home=home, cache=cache, model=model)
    knowledge = KnowledgeBase.open(
        settings.home, model=settings.model, cache=settings.cache, pages=settings.pages
    )
    result = knowledge.lookup(params.request())
    knowledge.close()
    if as_json:
        print_json(result)
    else:
        lookup_table(result, sys.stdout)
