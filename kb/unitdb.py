"""One locale's units on disk, ready to be laid side by side and compared with words, in one SQLite file.

Everything in it follows from the articles beside it. It is there for speed: a lookup reads units by the hundred, and
an article's own JSON takes ten times as long to read and to analyse.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from kb.articledb import ArticleReader, ArticleRow
from kb.errors import IndexDamaged
from kb.generation import REBUILD
from kb.locales import language_of
from kb.text import analyse

FILE = "units.sqlite"
_UNSAFE = "PRAGMA page_size=8192; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
_TEXTS_IN_MEMORY = 1 << 14  # sentences that many articles share
_SCHEMA = "CREATE TABLE units (path TEXT PRIMARY KEY, body BLOB NOT NULL);"


class UnitText(NamedTuple):
    """Both sides of a unit as visible text; in an article without units, of a block or table cell.

    unit         the unit's number, None outside units
    covers       the numbers that it stands for
    source       what it translates; None in the source's own localization, and where nobody knows
    block        index of its block; start, stop: half-open range of the article's segments, counted through it
    told         the distinct tokens of its text, as kb.text.analyse has them, with blanks between
    corrected    whether text comes from an imported memory and not from the article's file
    """

    unit: str | None
    covers: tuple[str, ...]
    text: str
    source: str | None
    block: int
    start: int
    stop: int
    told: str = ""
    corrected: bool = False

    @property
    def tokens(self) -> frozenset[str]:
        return frozenset(self.told.split(" "))

    @property
    def pivot(self) -> str:
        """The text that localizations are aligned by."""
        return self.text if self.source is None else self.source


@dataclass(frozen=True, slots=True)
class ArticleUnits:
    """One localization's units in reading order.

    source_hash  the digest of the source file that was translated, where the front matter has it
    own_file     whether it was read from a file of its own, as the source side of bilingual articles is not
    kinds        kind of each block; headings: the headings above each block, outermost first
    """

    path: str
    locale: str
    title: str
    translation: str | None
    date: str | None
    variant: str
    source_language: str
    source_hash: str | None
    own_file: bool
    units: tuple[UnitText, ...]
    kinds: tuple[str, ...]
    headings: tuple[tuple[str, ...], ...]

    def same_source_file(self, other: ArticleUnits) -> bool:
        """Whether both were made of one version of the source file, as far as the front matter tells."""
        return self.source_hash is not None and self.source_hash == other.source_hash


def write_units(
    folder: Path, locale: str, earlier: Path | None = None, changed: Collection[str] = ()
) -> None:
    """Writes a locale's units from the articles in its folder.

    earlier  the folder of an earlier generation's, which has the same articles but those changed
    """
    reader = ArticleReader(folder / "articles.sqlite")
    language = language_of(locale)
    there = _packed(earlier / FILE) if earlier is not None else {}
    for path in changed:
        there.pop(path, None)
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as db:
        db.executescript(_UNSAFE + _SCHEMA)
        db.execute("BEGIN")
        rows = (
            (path, there[path] if path in there else _pack(reader.require(path), locale, language))
            for path in reader.paths()
        )
        db.executemany("INSERT INTO units VALUES (?,?)", rows)
        db.execute("COMMIT")
    reader.close()


def _packed(file: Path) -> dict[str, bytes]:
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            return dict(db.execute("SELECT path, body FROM units"))
    except sqlite3.DatabaseError as error:
        raise IndexDamaged(f"{file} can't be read ({error}); {REBUILD}") from error


class UnitFile:
    """Reads a locale's units. Threads may share one."""

    def __init__(self, folder: Path, locale: str) -> None:
        self._file = folder / FILE
        self._locale = locale
        self._local = threading.local()
        if not self._file.is_file():
            raise IndexDamaged(f"{self._file} is missing; {REBUILD}")

    def article(self, path: str) -> ArticleUnits | None:
        """A localization's units; None where the article does not exist in the locale."""
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        try:
            if db is None:
                uri = f"{self._file.absolute().as_uri()}?mode=ro&immutable=1"
                db = self._local.db = sqlite3.connect(uri, uri=True, check_same_thread=False)
            found = db.execute("SELECT body FROM units WHERE path = ?", (path,)).fetchone()
            return None if found is None else _unpack(found[0], path, self._locale)
        except (sqlite3.DatabaseError, zlib.error, ValueError, IndexError) as error:
            raise IndexDamaged(f"{path} in {self._file} can't be read ({error}); {REBUILD}") from error


def _pack(row: ArticleRow, locale: str, language: str) -> bytes:
    body = row.body
    source_hash = body["metadata"].get("ms.openlocfilehash")
    about = [
        row.title,
        row.translation,
        row.date,
        row.variant,
        language_of(body["source_locale"]),
        source_hash if isinstance(source_hash, str) else None,
        row.lines_locale == locale,
        [block["kind"] for block in body["blocks"]],
        [block["heading_path"] for block in body["blocks"]],
    ]
    units = [
        [u.unit, u.covers, u.text, u.source, u.block, u.start, u.stop, u.corrected, _tokens(u.text, language)]
        for u in units_of(body)
    ]
    return zlib.compress(json.dumps([about, units], ensure_ascii=False, separators=(",", ":")).encode(), 1)


@lru_cache(_TEXTS_IN_MEMORY)
def _tokens(text: str, language: str) -> str:
    """Distinct tokens, which hold no blanks, in one string."""
    return " ".join(dict.fromkeys(token.text for token in analyse(text, language)))


def _unpack(data: bytes, path: str, locale: str) -> ArticleUnits:
    about, units = json.loads(zlib.decompress(data))
    title, translation, date, variant, language, source_hash, own_file, kinds, headings = about
    return ArticleUnits(
        path,
        locale,
        title,
        translation,
        date,
        variant,
        language,
        source_hash,
        own_file,
        tuple(UnitText(u[0], tuple(u[1]), u[2], u[3], u[4], u[5], u[6], u[8], u[7]) for u in units),
        tuple(kinds),
        tuple(tuple(heading) for heading in headings),
    )


def units_of(body: Mapping[str, Any]) -> Iterator[UnitText]:
    """Units of an article's JSON (kb.articlejson) in reading order.

    An article that has units gives those alone: what stands outside is equal on both sides. Of one without, each
    block and each table cell that says something counts as one.
    """
    blocks = body["blocks"]
    has_units = any(s["unit"] is not None for block in blocks for s in block["segments"])
    offset = 0
    for index, block in enumerate(blocks):
        segments = block["segments"]
        if has_units:
            for n, segment in enumerate(segments, offset):
                if segment["unit"] is not None:
                    yield UnitText(
                        segment["unit"],
                        tuple(segment["covers"]),
                        segment["target"],
                        segment["source"],
                        index,
                        n,
                        n + 1,
                        corrected="original" in segment,
                    )
        else:
            yield from _pieces(block, index, offset)
        offset += len(segments)


def _pieces(block: Mapping[str, Any], index: int, offset: int) -> Iterator[UnitText]:
    segments = block["segments"]
    cells = [tuple(cell) for part in block.get("parts", ()) for cell in part["cells"]]
    for start, stop in cells if block["kind"] == "table" else [(0, len(segments))]:
        said = [s for s in segments[start:stop] if not s.get("marker")]
        text = "".join(s.get("glue", "") * (n > 0) + s["target"] for n, s in enumerate(said)).strip()
        sources = [s["source"] for s in said]
        source = (
            None
            if None in sources
            else "".join(s.get("glue", "") * (n > 0) + s["source"] for n, s in enumerate(said)).strip()
        )
        if text or source:
            corrected = any("original" in s for s in said)
            yield UnitText(None, (), text, source, index, offset + start, offset + stop, corrected=corrected)
