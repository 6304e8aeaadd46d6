"""Bilingual terms as JSON and CSV, written one after the other."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import TextIO

from indexer.terms import BilingualTerm

VERSION = 1
_COLUMNS = ("locale", "source", "target", "count", "source_count", "origins", "links")
# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t")


def write_terms_json(terms: Iterable[BilingualTerm], out: TextIO) -> None:
    """{"version", "terms": [{"locale", "source", "count", "translations": [{"target", "count", "origins", "links":
    [{"article", "unit", "line"}]}]}]}, a term a line."""
    out.write(f'{{"version": {VERSION}, "terms": [')
    for n, term in enumerate(terms):
        out.write((",\n" if n else "\n") + json.dumps(asdict(term), ensure_ascii=False))
    out.write("\n]}\n")


def write_terms_csv(terms: Iterable[BilingualTerm], out: TextIO) -> None:
    """A row for each translation (RFC 4180, but for line feeds alone); links are "article#unit", blanks between."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for term in terms:
        for one in term.translations:
            links = " ".join(f"{link.article}#{link.unit}" for link in one.links)
            row = (term.locale, term.source, one.target, one.count, term.count, "+".join(one.origins), links)
            writer.writerow([_harmless(value) if isinstance(value, str) else value for value in row])


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
