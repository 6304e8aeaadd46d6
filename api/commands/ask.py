"""kb ask."""

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
from api.render import answer_lines
from api.schemas import AskBody
from kb.knowledge import KnowledgeBase

app = command_app()


@app.command()
def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="What is the matter, in any language.")],
    locale: Locale = None,
    lang: Lang = None,
    collection: Collection = None,
    home: Home = None,
    model: Model = None,
    cache: Cache = None,
    as_json: Json = False,
) -> None:
    """Answer a question with cited steps."""
    body = checked(AskBody, question=question, locale=locale, lang=lang, collection=collection)
    settings = read_settings(home=home, cache=cache, model=model)
    knowledge = KnowledgeBase.open(
        settings.home, model=settings.model, cache=settings.cache, pages=settings.pages
    )
    answer = body.put(knowledge)
    knowledge.close()
    if as_json:
        print_json(answer)
    else:
        print_lines(answer_lines(answer))
