"""kb chat."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import typer
from pydantic import TypeAdapter, ValidationError

from api.bodies import field_errors, summary
from api.chatschemas import ChatBody
from api.commands.options import (
    Cache,
    Collection,
    Home,
    Json,
    Lang,
    Locale,
    Model,
    command_app,
    print_lines,
    read_settings,
)
from api.console import say
from api.renderchat import turn_lines
from kb.chat import MAX_HISTORY, HistoryItem, Interpreted, leans_on
from kb.errors import KbError
from kb.hit import Answer
from kb.knowledge import KnowledgeBase

app = command_app()
_ANSWER = TypeAdapter(Answer)
HELP = "/new starts anew, /raw takes the last question as it stands, /quit ends; an empty line does nothing."


@dataclass
class Talk:
    """A conversation at the terminal: what has been said, and how answers are asked for."""

    knowledge: KnowledgeBase
    locale: str | None
    lang: str | None
    collection: str | None
    history: list[HistoryItem] = field(default_factory=list)

    def turn(self, question: str, interpret: bool) -> tuple[Interpreted, Answer]:
        body = ChatBody.model_validate(
            {
                "question": question,
                "locale": self.locale,
                "lang": self.lang,
                "collection": self.collection,
                "interpret": interpret,
            }
        )
        parts = list(self.knowledge.chat(body.request(tuple(self.history[-MAX_HISTORY:]))))
        interpreted, answer = parts
        assert isinstance(interpreted, Interpreted)
        assert isinstance(answer, Answer)
        told = HistoryItem(question, interpreted.interpreted_query, leans_on(answer), self.locale)
        self.history.append(told)
        return interpreted, answer


@app.command()
def chat(
    locale: Locale = None,
    lang: Lang = None,
    collection: Collection = None,
    home: Home = None,
    model: Model = None,
    cache: Cache = None,
    as_json: Json = False,
) -> None:
    """Ask question after question, each understood by those before it.

    One question a line, from the terminal or from standard input. /new starts anew, /raw asks the last question
    again as it stands, /quit ends. With --json each answer is one line.
    """
    settings = read_settings(home=home, cache=cache, model=model)
    knowledge = KnowledgeBase.open(
        settings.home, model=settings.model, cache=settings.cache, pages=settings.pages
    )
    talk = Talk(knowledge, locale, lang, collection)
    if sys.stdin.isatty():
        say(f"kb: {HELP}")
    failed = False
    try:
        for line in _lines():
            match line:
                case "":
                    continue
                case "/quit":
                    break
                case "/new":
                    talk.history.clear()
                    continue
                case "/raw" if talk.history:
                    question, interpret = talk.history.pop().question, False
                case _ if line.startswith("/"):
                    say(f"kb: {line.split()[0][:40]} is no command. {HELP}")
                    continue
                case _:
                    question, interpret = line, True
            failed = not _answer(talk, question, interpret, as_json) or failed
    finally:
        knowledge.close()
    if failed and not sys.stdin.isatty():
        raise typer.Exit(1)


def _answer(talk: Talk, question: str, interpret: bool, as_json: bool) -> bool:
    """Prints a turn's answer; False, and a message, where there can be none."""
    try:
        interpreted, answer = talk.turn(question, interpret)
    except ValidationError as error:
        say(f"kb: {summary(field_errors(error.errors()))}")
        return False
    except KbError as error:
        say(f"kb: {error}")
        return False
    if as_json:
        told = {
            **_ANSWER.dump_python(answer, mode="json"),
            "interpreted_query": interpreted.interpreted_query,
        }
        sys.stdout.flush()
        sys.stdout.buffer.write(TypeAdapter(dict).dump_json(told) + b"\n")
        sys.stdout.buffer.flush()
    else:
        print_lines(turn_lines(question, interpreted, answer))
    return True


def _lines() -> Iterator[str]:
    """What is typed, or piped in, line by line; a prompt only on a terminal."""
    while True:
        if sys.stdin.isatty():
            print("> ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.buffer.readline()
        if not line:
            return
        yield line.decode("utf-8", "replace").strip().lstrip("\ufeff")
