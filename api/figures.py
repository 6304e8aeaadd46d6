"""The figures of an evaluation as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from indexer.evalunits import QUOTINGS
from indexer.metrics import METRICS

_GROUPS = ("all", "en", "installed", "not_installed")


def figure_lines(figures: Mapping[str, Any]) -> Iterator[Text]:
    """The JSON of `kb eval` as tables: ranking by group, language, style and leg, then units, confidence and chat."""
    ranking = {name: figures[name] for name in _GROUPS if name in figures}
    ranking |= {f"  {lang}": table for lang, table in figures.get("by_lang", {}).items()}
    ranking |= {f"  {style}": table for style, table in figures.get("by_style", {}).items()}
    for leg, groups in figures.get("legs", {}).items():
        ranking |= {f"{leg}, {group}": table for group, table in groups.items()}
    yield from _table("ranking", ("queries", *METRICS), ranking)
    if "units" in figures:
        ways = {way: figures["units"].get(way, figures["units"]) for way in QUOTINGS}
        rows = {f"{way}, {group}": ways[way][group] for way in QUOTINGS for group in ("en", "rest")}
        yield from _table("units quoted", ("queries", "precision", "recall", "f1"), rows)
    if "answerable" in figures:
        found = figures["answerable"]
        yield from _table("confidence", ("answered", "related", "none"), found["outcomes"])
        plain = {name: value for name, value in found.items() if isinstance(value, float)}
        kinds = {f"auroc, {kind}": value for kind, value in found["auroc_by_kind"].items()}
        yield from (Text(f"{name:26}{value:>11.3f}") for name, value in (plain | kinds).items())
    if "chat" in figures:
        turns = figures["chat"]["turns"]
        yield Text("")
        for name in ("first", "later"):
            if name in figures["chat"]:
                yield Text(f"chat, {name + ' turns':20}{figures['chat'][name]:>11.3f}  of {turns[name]}")


def _table(title: str, columns: tuple[str, ...], rows: Mapping[str, Mapping[str, float]]) -> Iterator[Text]:
    """A line a row, after a blank one and the columns' names; nothing without rows."""
    if rows:
        yield Text("")
        yield Text(f"{title:26}" + "".join(f"{column:>11}" for column in columns))
    for name, row in rows.items():
        yield Text(f"{name:26}" + "".join(_cell(row.get(column)) for column in columns))


def _cell(value: float | None) -> str:
    if value is None:
        return f"{'–':>11}"
    return f"{value:>11.3f}" if isinstance(value, float) else f"{value:>11}"
