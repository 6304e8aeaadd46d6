"""`kb export`: the translation memory of a collection as TMX, XLIFF or CSV, streamed to files that appear whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Literal, TextIO

from indexer.report import Progress
from indexer.tm.csvfile import write_csv
from indexer.tm.memory import MemoryUnit, memory_units
from indexer.tm.tmx import write_tmx
from indexer.tm.xliff import write_xliff
from kb.embedded import Collection, Generation
from kb.errors import InputError, NotFound
from kb.parallel import locales_asked

Format = Literal["tmx", "xliff", "csv"]


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """locales: all when empty; collection: None where there is only one; distinct: equal units once."""

    format: Format
    locales: tuple[str, ...] = ()
    collection: str | None = None
    distinct: bool = False


@dataclass(slots=True)
class ExportReport:
    """What was written: files, units, and by locale how many of them it has."""

    generation: str
    collection: str
    source_locale: str
    files: list[str] = field(default_factory=list)
    units: int = 0
    texts: dict[str, int] = field(default_factory=dict)


def export(home: Path, out: Path, options: ExportOptions, progress: Progress) -> ExportReport:
    """Writes the memory to `out`: a file, for XLIFF a folder with `<locale>.xlf` in it.

    Errors: NotFound for an unknown collection or locale, InputError where there are several collections and none is
    named, or nothing to translate.
    """
    generation = Generation(home)
    try:
        collection = _collection(generation, options.collection)
        asked = locales_asked(collection, options.locales)
        locales = [name for name in asked if name != collection.source_locale]
        if not locales:
            raise InputError(
                f"only the source locale {collection.source_locale} is asked for; name one that is translated to"
            )
        report = ExportReport(generation.id, collection.name, collection.source_locale)
        report.texts = dict.fromkeys(locales, 0)
        _write(generation, collection, locales, out, options, report, progress)
    finally:
        generation.close()
    return report


def _collection(generation: Generation, name: str | None) -> Collection:
    if name is not None:
        return generation.collection(name)
    if len(generation.collections) > 1:
        raise InputError(
            f"there are several collections; name one with --collection: {', '.join(sorted(generation.collections))}"
        )
    if not generation.collections:
        raise NotFound("the index has no collection; run `kb index SRC…`")
    return next(iter(generation.collections.values()))


def _write(
    generation: Generation,
    collection: Collection,
    locales: Sequence[str],
    out: Path,
    options: ExportOptions,
    report: ExportReport,
    progress: Progress,
) -> None:
    source = collection.source_locale

    def units(of: Sequence[str]) -> Iterator[MemoryUnit]:
        for unit in memory_units(generation, collection, of, options.distinct):
            report.units += 1
            for locale in unit.texts:
                report.texts[locale] += 1
            progress.advance()
            yield unit

    def put(file: Path, write: Callable[[TextIO], None]) -> None:
        with whole_file(file) as stream:
            write(stream)
        report.files.append(str(file))

    progress.stage(f"Writing {options.format}", None)
    match options.format:
        case "tmx":
            put(out, lambda stream: write_tmx(stream, units(locales), source, version("kb-bilingual")))
        case "csv":
            put(out, lambda stream: write_csv(stream, units(locales), source, locales))
        case "xliff":
            for locale in locales:
                write = _xliff_writer(units([locale]), source, locale)
                put(out / f"{locale}.xlf", write)


def _xliff_writer(units: Iterable[MemoryUnit], source: str, locale: str) -> Callable[[TextIO], None]:
    return lambda stream: write_xliff(stream, units, source, locale)


@contextmanager
def whole_file(file: Path) -> Iterator[TextIO]:
    """A stream to a file that appears, or is replaced, when the block ends well."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
            yield stream
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
