"""The command `kb`: a table of commands, each in a module of its own, imported when the command is called.

So `kb --help` stays fast, and `kb parse` never loads what only the encoder needs.
"""

from __future__ import annotations

import io
import sys
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from kb.errors import KbError

# name: (module with `app`, what `kb --help` says of it: the first line of the command's own help)
COMMANDS = {
    "model": ("api.commands.model", "Set up the embedding models."),
    "index": ("api.commands.index", "Index articles from folders, archives or git checkouts."),
    "watch": ("api.commands.watch", "Index articles now, and again whenever they change, until Ctrl-C."),
    "deepen": ("api.commands.deepen", "Add each locale's own embeddings to an index that serves already."),
    "remove": ("api.commands.remove", "Remove a locale or a collection from the index."),
    "search": ("api.commands.search", "Find articles for a question in any language."),
    "ask": ("api.commands.ask", "Answer a question with cited steps."),
    "chat": ("api.commands.chat", "Ask question after question, each understood by those before it."),
    "report": ("api.commands.report", "Tell what people ask, what finds nothing and what did not help."),
    "eval": ("api.commands.eval", "Measure ranking, answers, confidence and chat on judged questions."),
    "lookup": ("api.commands.lookup", "Find a text in any language, and the same sentences in others."),
    "export": ("api.commands.export", "Write the translation memory of the indexed articles."),
    "import": (
        "api.commands.import_",
        "Take in a corrected translation memory; search, answers and lookup use it at once and after each `kb index`.",
    ),
    "info": ("api.commands.info", "Tell what is indexed."),
    "verify": ("api.commands.verify", "Check every file, count, vector and citation of the index."),
    "rollback": ("api.commands.rollback", "Let an earlier generation of the index serve again."),
    "backup": (
        "api.commands.backup",
        "Pack the index that serves, with corrections and curation, into one file.",
    ),
    "restore": ("api.commands.restore", "Let the index of a backup serve, in a new home or an existing one."),
    "parse": ("api.commands.parse", "Parse an article, or check whole sources."),
    "check": ("api.commands.check", "Check translations against their sources, and list their terms."),
    "serve": ("api.commands.serve", "Serve search and answers over HTTP."),
}


class LazyCommands(TyperGroup):
    """A group that lists its commands by name and first line, and imports the one that is called."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for name, (_module, summary) in COMMANDS.items():
            self.add_command(TyperCommand(name=name, help=summary))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, listed, rest = super().resolve_command(ctx, args)
        return name, (load(name) if name in COMMANDS else listed), rest


def load(name: str) -> Any:
    """A command, its module imported."""
    command = get_command(import_module(COMMANDS[name][0]).app)
    command.name = name
    return command


app = typer.Typer(
    name="kb",
    cls=LazyCommands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog="Settings come from the environment too: KB_HOME, KB_CACHE, KB_MODEL, KB_HOST, KB_PORT, KB_QUERY_LOG. "
    "Options win. Exit status: 0 done, 1 failed, 2 wrong use.",
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(version("kb-bilingual"))
        raise typer.Exit


@app.callback()
def kb(
    _asked: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Offline search and cited answers over localized troubleshooting articles."""


def main() -> None:
    """Runs the command line; an error for people is one message on standard error, exit status 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal in an old encoding shows "?", and goes on
    try:
        app(prog_name="kb")
    except KbError as error:
        fail(str(error))
    except OSError as error:
        fail(os_error(error))
    except MemoryError:
        fail("memory ran out; close other programs and run again")


def fail(message: str) -> NoReturn:
    print(f"kb: {message}", file=sys.stderr)
    sys.exit(1)


def os_error(error: OSError) -> str:
    """What the system refused, with the path if it says one."""
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}"


if __name__ == "__main__":
    main()
