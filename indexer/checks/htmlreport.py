"""Findings as one HTML page, no script, no other file: a table of counts, then each finding with both texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from typing import TextIO

from indexer.checks.finding import Finding, Kind, Range
from indexer.checks.kinds import KINDS
from indexer.checks.run import CheckRun
from indexer.parse import DEFAULT_SOURCE_LOCALE
from kb.locales import direction

# A page of more is slow to open; JSON has them all.
MOST_OF_A_KIND = 200
_STYLE = """
:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}
table{border-collapse:collapse;display:block;overflow-x:auto}
th,td{border:1px solid #8886;padding:.2rem .6rem;text-align:end}
th:first-child,td:first-child{text-align:start}
article{border-block-start:1px solid #8886;padding:.6rem 0}
article p{margin:.2rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
.place{font-size:.85rem;opacity:.8}
mark{background:#fd08;color:inherit}
"""


def write_html(run: CheckRun, out: TextIO) -> None:
    """The page. At most MOST_OF_A_KIND findings of a kind and locale, with the number of those left out."""
    out.write('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">')
    out.write('<meta name="viewport" content="width=device-width,initial-scale=1">')
    out.write(f"<title>Translation checks</title><style>{_STYLE}</style></head><body>\n")
    out.write(f"<h1>Translation checks</h1>\n<p>{run.total():,} findings in {run.files:,} files")
    out.write(f", {len(run.skipped):,} of them skipped.</p>\n")
    out.writelines(_table(run))
    out.writelines(_skipped(run))
    for locale, kind in sorted(run.counts, key=lambda key: (key[0], run.kinds.index(key[1]))):
        out.writelines(_section(run, locale, kind))
    out.write("</body></html>\n")


def _section(run: CheckRun, locale: str, kind: Kind) -> Iterator[str]:
    total, info = run.counts[locale, kind], KINDS[kind]
    yield f'<section id="{_id(locale, kind)}"><h2>{escape(locale)}: {escape(info.title)} ({total:,})</h2>\n'
    yield f"<p>{escape(info.help)}</p>\n"
    shown = run.spool.findings(locale, kind, MOST_OF_A_KIND)
    for _, findings in groupby(shown, key=lambda f: (f.path, f.root, f.file)):
        for finding in findings:
            yield from _finding(finding)
    if total > MOST_OF_A_KIND:
        yield f"<p>{total - MOST_OF_A_KIND:,} more are in the JSON report.</p>\n"
    yield "</section>\n"


def _finding(finding: Finding) -> Iterator[str]:
    found = finding.found
    place = f"{finding.file}, line {finding.line}, unit {finding.unit}"
    yield f'<article><p class="place">{escape(place)}</p><p>{escape(found.message)}</p>\n'
    yield _text(finding.source, found.source_ranges, DEFAULT_SOURCE_LOCALE)
    yield _text(finding.target, found.target_ranges, finding.locale) + "</article>\n"


def _text(text: str, ranges: Sequence[Range], locale: str) -> str:
    return f'<p lang="{escape(locale)}" dir="{direction(locale)}">{highlighted(text, ranges)}</p>\n'


def highlighted(text: str, ranges: Sequence[Range]) -> str:
    """The text escaped, its ranges in <mark>; what overlaps is one mark."""
    parts: list[str] = []
    position = 0
    for start, end in sorted(ranges):
        start = max(start, position)
        if start < end:
            parts += (escape(text[position:start]), "<mark>", escape(text[start:end]), "</mark>")
            position = end
    return "".join(parts) + escape(text[position:])


def _table(run: CheckRun) -> Iterator[str]:
    yield "<table><thead><tr><th>Kind</th>"
    yield from (f"<th>{escape(locale)}</th>" for locale in run.units)
    yield "<th>All</th></tr></thead><tbody>\n"
    for kind in run.kinds:
        yield f"<tr><td>{escape(KINDS[kind].title)}</td>"
        for locale in run.units:
            count = run.counts.get((locale, kind), 0)
            link = f'<a href="#{_id(locale, kind)}">{count:,}</a>' if count else "0"
            yield f"<td>{link}</td>"
        yield f"<td>{run.total(kind):,}</td></tr>\n"
    yield "</tbody></table>\n"


def _skipped(run: CheckRun) -> Iterator[str]:
    if run.skipped:
        yield "<h2>Skipped</h2>\n<ul>\n"
        yield from (f"<li>{escape(problem.file)}: {escape(problem.reason)}</li>\n" for problem in run.skipped)
        yield "</ul>\n"


def _id(locale: str, kind: Kind) -> str:
    return escape(f"{locale}-{kind}")
