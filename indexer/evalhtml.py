"""Pieces of a plain HTML page that needs nothing beside it: head, tables, foreign text, paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em;
       color: #1a1a1a; background: #fff }
table { border-collapse: collapse; margin: 0.6em 0 1.4em }
th, td { padding: 0.2em 0.7em; text-align: start; vertical-align: top }
thead th { border-bottom: 2px solid #888 }
tbody tr { border-bottom: 1px solid #ddd }
td.n { text-align: end; font-variant-numeric: tabular-nums }
svg { max-width: 100%; height: auto }
code { overflow-wrap: anywhere }
.wide { overflow-x: auto }
"""


@dataclass(frozen=True, slots=True)
class Html:
    """Text that is markup already; all other text is escaped."""

    markup: str


def page_head(title: str) -> str:
    """The page up to and including its <body> tag."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>\n"
    )


def html_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A table, row by row; fractions with three digits."""
    yield '<div class="wide"><table><thead><tr>'
    yield "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    yield "</tr></thead><tbody>\n"
    for row in rows:
        yield f"<tr>{''.join(_cell(value) for value in row)}</tr>\n"
    yield "</tbody></table></div>\n"


def html_text(said: str) -> Html:
    """A text of any language, in the direction of its own script."""
    return Html(f'<bdi dir="auto">{escape(said)}</bdi>')


def html_paths(found: Iterable[str]) -> Html:
    """Article paths, one a line."""
    return Html("<br>".join(f"<code>{escape(path)}</code>" for path in found))


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f'<td class="n">{value:.3f}</td>'
    if isinstance(value, int):
        return f'<td class="n">{value}</td>'
    return f"<td>{value.markup if isinstance(value, Html) else escape(str(value))}</td>"
