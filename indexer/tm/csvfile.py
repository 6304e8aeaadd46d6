"""CSV: a unit a line, a column for each locale, as visible text (RFC 4180, UTF-8 without a mark).

Texts stand as they are, so one that begins with "=" is a formula to a spreadsheet program that is told to guess.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import TextIO

from indexer.tm.memory import MemoryUnit
from kb.article import visible

FIXED = ("collection", "article", "unit", "covers", "heading")


def write_csv(
    stream: TextIO, units: Iterable[MemoryUnit], source_locale: str, locales: Sequence[str]
) -> None:
    """Writes FIXED, the source, and for each locale its text and "<locale> translation": MT, HT, with "corrected" or
    "untranslated" behind it. The stream must be open with newline=""."""
    table = csv.writer(stream)
    told = [name for locale in locales for name in (locale, f"{locale} translation")]
    table.writerow([*FIXED, source_locale, *told])
    for unit in units:
        row = [
            unit.collection,
            unit.article,
            unit.unit or "",
            " ".join(unit.covers),
            " › ".join(unit.heading),
            visible(unit.source),
        ]
        for locale in locales:
            text = unit.texts.get(locale)
            if text is None:
                row += ["", ""]
                continue
            kinds = (text.translation, "corrected" * text.corrected, "untranslated" * (not text.translated))
            row += [visible(text.runs), " ".join(kind for kind in kinds if kind)]
        table.writerow(row)
