"""kb info."""

from __future__ import annotations

from api.commands.options import Home, Json, command_app, print_json, print_lines, read_settings
from api.render import fact_lines
from api.state import health
from kb.knowledge import KnowledgeBase

app = command_app()


@app.command()
def info(home: Home = None, as_json: Json = False) -> None:
    """Tell what is indexed."""
    settings = read_settings(home=home)
    knowledge = KnowledgeBase.open(settings.home, model=settings.model, cache=settings.cache)
    told = health(knowledge)
    knowledge.close()
    if as_json:
        print_json(told)
    else:
        print_lines(fact_lines({"home": str(settings.home), **told}))
