"""Matches of a lookup as a table for people: a row a sentence, a column a locale, hits in bold.

A terminal lays out right-to-left text by itself, cell by cell, only where the cell is closed off from its neighbours;
so such a text stands between U+2067 and U+2069 (UAX #9, isolates), which take no room.
"""

from __future__ import annotations

from typing import TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.console import plain
from kb.locales import direction
from kb.lookup import LookupMatch, LookupResult

_PIPE_WIDTH = 160
_ISOLATE = {"rtl": "\u2067", "ltr": "\u2066"}
_END = "\u2069"


def lookup_table(result: LookupResult, stream: TextIO) -> None:
    """Prints the matches; into a pipe as wide as is good to read, without colours."""
    width = None if stream.isatty() else _PIPE_WIDTH
    target = Console(file=stream, markup=False, highlight=False, emoji=False, width=width)
    if not result.matches:
        target.print(Text(f"Nothing found for {plain(result.query)!r}."))
        return
    locales = list(dict.fromkeys(name for match in result.matches for name in match.texts))
    table = Table(box=box.SIMPLE, show_lines=True, pad_edge=False)
    for locale in locales:
        table.add_column(locale, overflow="fold", ratio=1)
    table.add_column("where", overflow="fold", style="dim")
    for match in result.matches:
        table.add_row(*(_cell(match, locale) for locale in locales), _where(match))
    target.print(table)


def _cell(match: LookupMatch, locale: str) -> Text:
    found = match.texts.get(locale)
    if found is None or found.text is None:
        return Text("missing", "dim italic")
    text = Text(plain(found.text).replace("\n", " "))  # as long as before: the ranges still fit
    if match.linked.get(locale) == "words":
        for start, end in match.highlights[locale]:
            text.stylize("bold", start, end)
    shown = Text.assemble(_ISOLATE[direction(locale)], text, _END)
    if found.status in ("untranslated", "outdated"):
        shown.append(f" ({found.status})", "dim")
    return shown


def _where(match: LookupMatch) -> str:
    unit = f"#{match.unit}" if match.unit is not None else ""
    more = f" and {match.count - 1:,} more" if match.count > 1 else ""
    return f"{match.article}{unit}{more}" + (" (by meaning)" if match.match == "meaning" else "")
