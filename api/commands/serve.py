"""kb serve."""

from __future__ import annotations

import logging
import sys
from contextlib import ExitStack, closing
from typing import Annotated, cast

import typer
import uvicorn

from api.app import create_app
from api.buildprocess import Job
from api.commands.options import Cache, Home, Model, command_app, read_settings
from api.console import say
from api.logged import Logged
from api.reindex import Reindexing
from api.server import address, bind, configuration, run
from api.settings import Settings
from api.state import Knowledge, State
from api.tuning import tune
from kb.conversations import FILE as CONVERSATIONS_FILE
from kb.conversations import Conversations
from kb.feedback import FILE as FEEDBACK_FILE
from kb.feedback import FeedbackStore
from kb.knowledge import KnowledgeBase
from kb.querylog import FILE as QUERY_LOG_FILE
from kb.querylog import QueryLog

app = command_app()
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


@app.command()
def serve(
    host: Annotated[
        str | None, typer.Option("--host", help="Address to listen on.  [default: KB_HOST, else 127.0.0.1]")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", help="Port; 0 takes a free one.  [default: KB_PORT, else 8321]")
    ] = None,
    home: Home = None,
    model: Model = None,
    cache: Cache = None,
) -> None:
    """Serve search and answers over HTTP.

    The port opens when the encoder is loaded; the address is the last line printed. Ctrl-C and SIGTERM end it
    after the requests at hand.
    """
    settings = read_settings(home=home, cache=cache, model=model, host=host, port=port)
    listener = bind(settings.host, settings.port)
    knowledge = KnowledgeBase.open(
        settings.home, model=settings.model, cache=settings.cache, pages=settings.pages
    )
    log = QueryLog(settings.home / QUERY_LOG_FILE) if settings.query_log else None
    state = State(
        knowledge if log is None else cast(Knowledge, Logged(knowledge, log)),
        max_body_bytes=settings.max_body_bytes,
        conversations=Conversations(
            settings.home / CONVERSATIONS_FILE,
            expire_s=settings.conversation_expire_s,
            most=settings.conversation_limit,
        ),
        feedback=FeedbackStore(settings.home / FEEDBACK_FILE),
        reindexing=_reindexing(settings),
        cors_origins=settings.cors_origins,
    )
    say(f"kb: loading the encoder for the index in {settings.home}")
    state.warm()
    tune()
    logging.basicConfig(level=logging.WARNING, format=LOG_FORMAT, stream=sys.stderr)
    logging.getLogger("kb").setLevel(logging.INFO)
    url = address(listener)
    server = uvicorn.Server(configuration(create_app(state)))
    with ExitStack() as stack:
        try:
            stack.enter_context(closing(knowledge.lend()))
        except OSError as error:  # a home that can only be read
            say(
                f"kb: `kb index` loads a model of its own: the encoder can't be lent ({error.strerror or error})"
            )
        run(server, listener, lambda: say(f"kb: serving at {url} (interface described at {url}/docs)"))


def _reindexing(settings: Settings) -> Reindexing | None:
    """What POST /admin/reindex may start; None where the operator hasn't set both what to index and the key."""
    if not settings.sources or settings.admin_token is None:
        return None
    job = Job(settings.sources, settings.home, settings.cache, settings.model, kindly=True)
    return Reindexing(job, settings.admin_token.get_secret_value())
