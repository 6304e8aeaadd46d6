"""kb watch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from api.buildprocess import BuildProcess, Event, Job
from api.commands.options import Cache, Home, Json, Model, command_app, print_lines, read_settings
from api.console import progress, say
from indexer.sources import open_sources
from indexer.watch import Pace, Watch

app = command_app()


@app.command()
def watch(
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
    every: Annotated[
        float, typer.Option("--every", min=0.1, metavar="SECONDS", help="Between two looks at the sources.")
    ] = 1.0,
    settle: Annotated[
        float,
        typer.Option(
            "--settle", min=0.0, metavar="SECONDS", help="Without a change before articles are indexed."
        ),
    ] = 1.0,
    as_json: Json = False,
) -> None:
    """Index articles now, and again whenever they change, until Ctrl-C.

    Files are looked at, so that it works on network drives too. A run waits until changes have settled and git has
    finished; while a changed file is half saved, or a source is away, the index stays as it is. A run that fails is
    told and tried again. With --json every run prints its report as a line.
    """
    settings = read_settings(home=home, cache=cache, model=model)
    excludes = None if exclude is None else tuple(exclude)
    open_sources(sources)  # a spelling mistake is told now, and not waited for
    job = Job(
        tuple(source.absolute() for source in sources),
        settings.home,
        settings.cache,
        settings.model,
        collection,
        locale,
        excludes,
    )
    watching = Watch(
        job.sources,
        lambda: _build(job, as_json),
        lambda message: say(f"kb: {message}"),
        Pace(look_s=every, settle_s=settle),
    )
    try:
        watching.run()
    except KeyboardInterrupt:
        say("kb: stopped; the index is as the last run left it")
        raise typer.Exit(130) from None


def _build(job: Job, as_json: bool) -> bool:
    """One run, shown like `kb index`; whether it succeeded."""
    process = BuildProcess(job)
    try:
        last = _shown(process)
    except BaseException:
        process.stop()
        raise
    if last["event"] == "error":
        say(f"kb: {last['message']}")
        return False
    report = last["report"]
    if as_json:
        print(json.dumps(report), flush=True)  # ASCII, so whatever the encoding of the output
    else:
        counts = ", ".join(f"{report[name]:,} {name}" for name in ("indexed", "excluded"))
        took = sum(report["seconds"].values())
        line = (
            f"{counts}, {len(report['skipped']):,} skipped in {took:.1f} s: generation {report['generation']}"
        )
        print_lines([Text(line)])
    return True


def _shown(process: BuildProcess) -> Event:
    last: Event = {}
    done = 0
    with progress() as shown:
        for last in process.events():
            match last:
                case {"event": "stage", "name": name, "total": total}:
                    shown.stage(name, total)
                    done = 0
                case {"event": "progress", "done": now}:
                    shown.advance(now - done)
                    done = now
                case {"event": "note", "message": message}:
                    shown.note(message)
    return last
