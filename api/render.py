"""Results for people: hits, answers and facts about an index as styled text; colours only on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.text import Text

from api.console import duration, plain
from api.parsing import Check
from indexer.report import BuildReport, Problem
from kb.article import Article
from kb.hit import Answer, Citation, Hit, SearchResult, Step

_INDENT = "   "
_MACHINE = "machine translated"
NOTHING = "–"


def search_lines(result: SearchResult) -> Iterator[Text]:
    """A numbered hit after the other: title, place, text with what matched marked, source beside it."""
    if not result.hits:
        yield Text(f"Nothing found for {plain(result.query)!r}.")
    for number, hit in enumerate(result.hits, 1):
        yield from _hit_lines(number, hit)
    if result.did_you_mean:
        yield Text(f"Did you mean {plain(result.did_you_mean)!r}?")


def answer_lines(answer: Answer) -> Iterator[Text]:
    """The answer's blocks, each with the number of its citation, then the citations; or what is related."""
    if answer.outcome == "none":
        yield Text("The knowledge base does not answer this.")
    if answer.outcome == "related":
        yield Text("No sure answer; these articles may help:")
    steps = ([answer.lead] if answer.lead else []) + answer.steps
    for step in steps:
        yield from _step_lines(step)
    if answer.citations:
        yield Text()
    for citation in answer.citations:
        yield from _citation_lines(citation)
    if answer.outcome == "related":
        for number, hit in enumerate(answer.related, 1):
            yield from _hit_lines(number, hit)


def _hit_lines(number: int, hit: Hit) -> Iterator[Text]:
    marked = _machine(hit.translation)
    yield Text.assemble(
        f"{number:2}. ", (plain(hit.title), "bold"), (f"  {hit.article} ({hit.locale}){marked}", "dim")
    )
    if hit.heading_path[1:]:
        yield Text(f"    {plain(' › '.join(hit.heading_path[1:]))}", "dim")
    yield from _indented(_highlighted(hit), "    ")
    if hit.source_text and hit.source_text != hit.text:
        yield from _indented(Text(plain(hit.source_text), "dim italic"), "    ")
    if hit.duplicates:
        yield Text(f"    also in {', '.join(hit.duplicates)}", "dim")


def _highlighted(hit: Hit) -> Text:
    text = Text(plain(hit.text))  # as long as before: a control character becomes one other
    for start, end in hit.highlights:
        text.stylize("bold", start, end)
    return text


def _step_lines(step: Step) -> Iterator[Text]:
    indent = _INDENT * max(step.depth, 0)
    if step.kind == "heading":
        yield Text()
    label = f"{step.number}. " if step.number else "• " if step.kind == "bullet" else ""
    style = "bold underline" if step.kind == "heading" else "bold" if step.essential else ""
    text = Text.assemble((label, "bold"), (plain(step.text), style), (f"  [{step.citation}]", "cyan"))
    yield from _indented(text, indent)
    if step.source_text and step.source_text != step.text:
        yield from _indented(Text(plain(step.source_text), "dim italic"), indent + " " * len(label))
    for link in step.links if step.essential else ():
        yield Text(f"{indent}{' ' * len(label)}→ {plain(link.href)}", "dim")


def _citation_lines(citation: Citation) -> Iterator[Text]:
    units = f", units {', '.join(citation.units)}" if citation.units else ""
    place = f"{citation.article}@{citation.lines_locale}, {_lines(citation.lines)}"
    place += f"{units}{_machine(citation.translation)}"
    yield Text.assemble((f"[{citation.n}] ", "cyan"), plain(citation.title), (f"  {place}", "dim"))


def _lines(lines: tuple[int, int]) -> str:
    first, last = lines
    return f"line {first}" if first == last else f"lines {first}–{last}"


def _machine(translation: str | None) -> str:
    return f", {_MACHINE}" if translation == "MT" else ""


def _indented(text: Text, indent: str) -> Iterator[Text]:
    for line in text.split("\n", allow_blank=True):
        yield Text(indent) + line


def fact_lines(facts: Mapping[str, Any], indent: str = "") -> Iterator[Text]:
    """Nested facts, one a line, in their order."""
    width = max((len(name) for name in facts), default=0)
    for name, value in facts.items():
        if isinstance(value, Mapping):
            yield Text.assemble(indent, (plain(name), "bold"))
            yield from fact_lines(value, indent + _INDENT)
        else:
            label = f"{plain(name) or NOTHING:<{width}}  "
            yield Text.assemble(indent, (label, "bold"), plain(_shown(value)))


def _shown(value: Any) -> str:
    match value:
        case bool() | None:
            return {True: "yes", False: "no", None: NOTHING}[value]
        case int():
            return f"{value:,}"
        case list():
            return ", ".join(_shown(item) for item in value) or NOTHING
        case _:
            return str(value)


def report_lines(report: BuildReport) -> Iterator[Text]:
    """A build's closing report; every skipped file and warning with its place."""
    yield from _problem_lines(report.warnings, report.skipped)
    yield Text(
        f"{report.files:,} files: {report.indexed:,} indexed, {report.excluded:,} excluded "
        f"({report.excluded_units:,} units), {len(report.skipped):,} skipped"
    )
    for locale in report.locales:
        unread = (
            f" (and {locale.front_matter_units:,} in broken front matter)"
            if locale.front_matter_units
            else ""
        )
        yield Text(
            f"{_INDENT}{locale.locale}: {locale.articles:,} articles, {locale.passages:,} passages, "
            f"{locale.units:,} units{unread}"
        )
    stages = ", ".join(f"{stage} {duration(seconds)}" for stage, seconds in report.seconds.items())
    if report.changes is not None:
        yield Text(
            f"since the generation before: {report.changes.added:,} articles added, "
            f"{report.changes.changed:,} changed, {report.changes.deleted:,} deleted"
        )
    cores = "" if report.cpu_seconds is None else f"; {report.cpu_seconds:,.1f} s of all cores"
    memory = "" if report.peak_memory_mb is None else f"; peak memory {report.peak_memory_mb:,.0f} MB"
    yield Text(f"{report.passages:,} passages, {report.embedded:,} newly encoded; {stages}{cores}{memory}")
    yield Text(f"collection {report.collection}, generation {report.generation}", "bold")


def article_lines(article: Article) -> Iterator[Text]:
    """A parsed article: each block with its lines in the file, and its source side beside it."""
    title = f"  {article.path} ({article.locale}){_machine(article.translation)}"
    yield Text.assemble((plain(article.title), "bold"), (title, "dim"))
    for block in article.blocks:
        label = f"{block.kind} {block.number}" if block.number else block.kind
        yield Text(f"{label}, {_lines(block.lines)}", "cyan")
        yield from _indented(Text(plain(block.text("target"))), _INDENT)
        source = block.text("source")
        if source and source != block.text("target"):
            yield from _indented(Text(plain(source), "dim italic"), _INDENT)
    for warning in article.warnings:
        yield Text.assemble((f"warning, line {warning.line}: ", "yellow"), plain(warning.message))


def check_lines(check: Check) -> Iterator[Text]:
    """What parsing whole sources gave."""
    yield from _problem_lines(check.warnings, check.skipped)
    locales = ", ".join(f"{locale} {count:,}" for locale, count in sorted(check.locales.items()))
    yield Text(
        f"{check.files:,} files: {check.parsed:,} parsed ({locales}), {len(check.skipped):,} skipped; "
        f"{check.units:,} units, {check.front_matter_units:,} more in broken front matter; "
        f"{len(check.warnings):,} warnings"
    )


def _problem_lines(warnings: Iterable[Problem], skipped: Iterable[Problem]) -> Iterator[Text]:
    for title, problems, style in (("warning", warnings, "yellow"), ("skipped", skipped, "red")):
        for problem in problems:
            line = "" if problem.line is None else f":{problem.line}"
            yield Text.assemble((f"{title} ", style), plain(f"{problem.file}{line}: {problem.reason}"))
