"""Units of article archives as patterns see them: nothing of the parser is used."""

from __future__ import annotations

import re
import tarfile
from html import unescape
from pathlib import Path
from typing import NamedTuple

from smallkb import Workshop

from kb.unitdb import UnitFile

UNIT = re.compile(
    r'<span data-ttu-id="([0-9a-f]+-([0-9p]+))">.*?</span>'
    r'<span class="sxs-lookup"><span data-stu-id="\1">(.*?)</span></span>',
    re.S,
)
EXCLUDED = re.compile(r"(^|/)(includes/.*|TOC\..*|README\.md)$")
MARKUP = re.compile(
    r"!\[[^\]]*\]\([^)]*\)|\]\([^)]*\)|</?(?:a|b|br|em|i|img|strong|u|span)\b[^<>]*>|[*_`~\\\[\]]"
)


class Raw(NamedTuple):
    """A unit as patterns see it: its number, and its source's characters without markup and blanks."""

    number: str
    source: str


Files = dict[str, dict[str, list[Raw]]]


def bare(text: str) -> str:
    return "".join(MARKUP.sub("", unescape(text)).split())


def read(archive: Path) -> dict[str, list[Raw]]:
    """Units of each article by pattern alone, by path."""
    found: dict[str, list[Raw]] = {}
    with tarfile.open(archive) as files:
        for member in files:
            name = member.name.removeprefix("./")
            if member.isfile() and name.endswith(".md") and not EXCLUDED.search(name):
                data = files.extractfile(member)
                assert data is not None
                text = data.read().decode("utf-8")
                found[name.removesuffix(".md")] = [Raw(m[2], bare(m[3])) for m in UNIT.finditer(text)]
    return found


def unit_file(shop: Workshop, locale: str) -> UnitFile:
    return UnitFile(next((shop.home / "generations").iterdir()) / "default" / locale, locale)
