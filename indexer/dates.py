"""When an article was last written, by its front matter."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any

# The author's own date first, the day of the translation last.
_KEYS = ("ms.date", "lastmod", "last_modified_at", "date", "ms.lasthandoff")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_NAMED = re.compile(
    r"(?:(\d{1,2})\s+)?([A-Za-z]{3})[a-z]*\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})(?!\d)"
)
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def article_date(metadata: Mapping[str, Any]) -> str | None:
    """The date as YYYY-MM-DD from ms.date, lastmod, date or ms.lasthandoff, whichever is readable first.

    Read are ISO dates with or without a time, MM/DD/YYYY with or without leading zeros (the other way round
    where the first number is no month), DD.MM.YYYY and English month names. None where there is no such date.
    """
    for key in _KEYS:
        value = metadata.get(key)
        found = read_date(value) if isinstance(value, str) else None
        if found is not None:
            return found.isoformat()
    return None


def read_date(text: str) -> datetime.date | None:
    """The date that a text begins with, in any of the spellings above."""
    text = text.strip()
    if match := _YEAR_FIRST.match(text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _YEAR_LAST.match(text):
        first, second, year = int(match[1]), int(match[3]), int(match[4])
        year += 2000 if year < 100 else 0
        day_first = match[2] == "." or first > 12
        return _date(year, second, first) if day_first else _date(year, first, second)
    if (match := _NAMED.match(text)) and match[2].lower() in _MONTHS and bool(match[1]) != bool(match[3]):
        return _date(int(match[4]), _MONTHS.index(match[2].lower()) + 1, int(match[1] or match[3]))
    return None


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None
