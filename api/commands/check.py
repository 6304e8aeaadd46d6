"""kb check translations, kb check terms."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.text import Text

from api.commands.options import Cache, Model, command_app, print_lines, read_settings
from api.console import plain, progress, say
from indexer.checks.finding import Kind
from indexer.checks.htmlreport import write_html
from indexer.checks.jsonreport import write_json
from indexer.checks.kinds import DEFAULT_KINDS, KINDS
from indexer.checks.meaning import find_meaning
from indexer.checks.run import CheckRun, check_sources, summarize
from indexer.checks.sarif import write_sarif
from indexer.checks.spool import Spool
from indexer.report import Progress
from indexer.terms import bilingual_terms
from indexer.termsreport import write_terms_csv, write_terms_json
from kb.embedcache import EmbeddingCache
from kb.errors import InputError
from kb.lazyencoder import LazyEncoder
from kb.modelstore import resolve

app = command_app(no_args_is_help=True)
_ANY = "any"
Sources = Annotated[
    list[Path], typer.Argument(metavar="SRC...", help="Folders, archives (.tar.gz, .zip) or git checkouts.")
]
FileLocale = Annotated[
    str | None, typer.Option("--locale", help="Locale of files that tell none, nor lie in its folder.")
]


@app.callback()
def check() -> None:
    """Check translations against their sources, and list their terms."""


@app.command()
def translations(
    sources: Sources,
    json_file: Annotated[
        str | None, typer.Option("--json", metavar="FILE|-", help="Write the findings as JSON.")
    ] = None,
    html_file: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the findings as one HTML page.")
    ] = None,
    sarif_file: Annotated[
        Path | None, typer.Option("--sarif", metavar="FILE", help="Write the findings as SARIF 2.1.0.")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only", metavar="KIND", help=f"Only this kind; repeatable. Kinds: {', '.join(KINDS)}."
        ),
    ] = None,
    all_kinds: Annotated[
        bool, typer.Option("--all-kinds", help="Kinds that are off by default too, but for meaning.")
    ] = False,
    meaning: Annotated[
        bool, typer.Option("--meaning", help="Compare the sides' embeddings too: slow the first time.")
    ] = False,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-on", metavar="KIND|any", help="Exit status 1 if there are any of these; repeatable."
        ),
    ] = None,
    locale: FileLocale = None,
    model: Model = None,
    cache: Cache = None,
) -> None:
    """Find what differs between translations and their sources: numbers, codes, links, bold labels, names."""
    kinds = _kinds(only or [], all_kinds, meaning)
    failing = {kind for name in fail_on or [] for kind in (kinds if name == _ANY else (_kind(name),))}
    if missing := failing - {*kinds}:
        raise typer.BadParameter(
            f"--fail-on {', '.join(sorted(missing))}: this kind is off; add it with --only"
        )
    with Spool() as spool:
        with progress() as shown:
            run = check_sources(sources, locale, kinds, shown, spool)
            if "meaning" in kinds:
                _compare_meaning(spool, model, cache, shown)
        summarize(run)
        outputs: tuple[tuple[Path | str | None, Callable[[CheckRun, TextIO], None]], ...] = (
            (json_file, write_json),
            (html_file, write_html),
            (sarif_file, write_sarif),
        )
        for file, write in outputs:
            if file is not None:
                with _output(file) as out:
                    write(run, out)
        if json_file != "-":
            print_lines(_summary(run))
        for problem in run.skipped:
            say(f"skipped {problem.file}: {problem.reason}")
    if any(run.total(kind) for kind in failing):
        raise typer.Exit(1)


@app.command()
def terms(
    sources: Sources,
    json_file: Annotated[
        str,
        typer.Option("--json", metavar="FILE|-", help="Write the terms as JSON; by default to the output."),
    ] = "-",
    csv_file: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Write the terms as CSV, a translation a row."),
    ] = None,
    least: Annotated[int, typer.Option("--least", min=1, help="Terms of at least so many units.")] = 3,
    locale: FileLocale = None,
) -> None:
    """List what source terms are called in each locale, how often and where."""
    with progress() as shown:
        found = bilingual_terms(sources, locale, least, shown)
        if csv_file is not None:
            with _output(csv_file) as out:
                write_terms_csv(found, out)
        else:
            with _output(json_file) as out:
                write_terms_json(found, out)


def _kinds(only: list[str], all_kinds: bool, meaning: bool) -> tuple[Kind, ...]:
    if only and all_kinds:
        raise typer.BadParameter("--only and --all-kinds don't go together")
    chosen = {_kind(name) for name in only}
    if not only:
        chosen = {kind for kind in KINDS if kind != "meaning"} if all_kinds else {*DEFAULT_KINDS}
    if meaning:
        chosen.add("meaning")
    return tuple(kind for kind in KINDS if kind in chosen)


def _kind(name: str) -> Kind:
    for kind in KINDS:
        if kind == name:
            return kind
    raise typer.BadParameter(f"found kind {name!r}, expected one of {', '.join(KINDS)}")


def _compare_meaning(spool: Spool, model: str | None, cache: Path | None, shown: Progress) -> None:
    settings = read_settings(cache=cache, model=model)
    encoder = LazyEncoder(resolve(settings.model, settings.cache))
    shown.stage("encode", None)
    with EmbeddingCache(settings.cache, encoder.fingerprint) as embeddings:
        find_meaning(spool, lambda: encoder, embeddings, shown.advance)


@contextmanager
def _output(file: Path | str) -> Iterator[TextIO]:
    """A text file, UTF-8 with line feeds; "-" is standard output."""
    if str(file) == "-":
        sys.stdout.flush()
        with open(sys.stdout.fileno(), "w", encoding="utf-8", newline="\n", closefd=False) as out:
            yield out
        return
    try:
        with Path(file).open("w", encoding="utf-8", newline="\n") as out:
            yield out
    except OSError as error:
        raise InputError(
            f"{file}: can't be written: {error.strerror or error}; choose another place"
        ) from error


def _summary(run: CheckRun) -> Iterator[Text]:
    width = max(len(info.title) for info in KINDS.values())
    yield Text(
        f"{'':<{width}}" + "".join(f"{plain(locale):>12}" for locale in run.units) + f"{'all':>10}", "bold"
    )
    for kind in run.kinds:
        counts = "".join(f"{run.counts.get((locale, kind), 0):>12,}" for locale in run.units)
        yield Text(f"{KINDS[kind].title:<{width}}{counts}{run.total(kind):>10,}")
    units = sum(units for _, units in run.units.values())
    yield Text(
        f"{run.total():,} findings in {units:,} units of {run.files:,} files, {len(run.skipped):,} skipped"
    )
