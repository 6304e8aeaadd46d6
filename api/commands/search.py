"""kb search."""

from __future__ import annotations

from typing import Annotated

import typer

from api.commands.options import (
    Cache,
    Collection,
    Home,
    Json,
    Lang,
    Locale,
    Model,
    checked,
    command_app,
    print_json,
    print_lines,
    read_settings,
)
from api.render import search_lines
from api.schemas import SearchParams
from kb.knowledge import KnowledgeBase

app = command_app()


@app.command()
def search(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="What is the matter, in any language.")],
    locale: Locale = None,
    lang: Lang = None,
    only_locale: Annotated[
        str | None, typer.Option("--only-locale", help="Only articles that exist in this locale.")
    ] = None,
    top_k: Annotated[int, typer.Option("--top-k", help="How many hits at most.")] = 10,
    collection: Collection = None,
    duplicates: Annotated[str, typer.Option("--duplicates", help="Near-duplicates: fold or keep.")] = "fold",
    product: Annotated[
        list[str] | None,
        typer.Option("--product", help="Only articles of this product, service or custom value; repeatable."),
    ] = None,
    translation: Annotated[
        list[str] | None,
        typer.Option("--translation", help="Only localizations of this kind: MT, HT or none; repeatable."),
    ] = None,
    date_from: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="Only of this day (YYYY-MM-DD) or later.")
    ] = None,
    date_to: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="Only of this day or earlier.")
    ] = None,
    home: Home = None,
    model: Model = None,
    cache: Cache = None,
    as_json: Json = False,
) -> None:
    """Find articles for a question in any language."""
    params = checked(
        SearchParams,
        q=query,
        locale=locale,
        lang=lang,
        only_locale=only_locale,
        top_k=top_k,
        collection=collection,
        duplicates=duplicates,
        product=product or (),
        translation=translation or (),
        date_from=date_from,
        date_to=date_to,
    )
    settings = read_settings(home=home, cache=cache, model=model)
    knowledge = KnowledgeBase.open(
        settings.home, model=settings.model, cache=settings.cache, pages=settings.pages
    )
    result = knowledge.search(params.request())
    knowledge.close()
    if as_json:
        print_json(result)
    else:
        print_lines(search_lines(result))
