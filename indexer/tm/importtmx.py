"""`kb import tmx`: a corrected memory becomes the collection's overlay and, at once, a generation that has it.

The overlay is what lasts: every later `kb index` applies it again. Changed locales are written anew; their own
embeddings of what has changed, and the centroid's, no longer fit and are left out until `kb deepen` makes them again.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from indexer.buildstate import FILE as STATE
from indexer.buildstate import set_about
from indexer.failures import disk_failures
from indexer.links import link_files
from indexer.localefiles import EarlierLocale, LocaleWriter
from indexer.report import Progress
from indexer.targets import CENTROID, TARGET, carry_target
from indexer.tm.corrections import Applied, corrected_row
from indexer.tm.overlay import Correction, Overlay, changed_overlay, overlay_file, overlay_stamp
from indexer.tm.readtmx import TmxUnit, read_tmx
from indexer.words import WordsJob, write_all_words
from kb.article import visible
from kb.checked import checksum
from kb.errors import InputError, NotFound
from kb.generation import CollectionEntry, Manifest, read_manifest
from kb.locales import is_valid, lookup, normalise
from kb.publish import building_beside, building_folder, free_id, new_id, publish
from kb.writerlock import writer_lock


@dataclass(slots=True)
class ImportReport:
    """What an import did. By locale: `stored` corrections of the file, `segments` that carry one now, `articles`
    changed. skipped: units or texts left out, by reason; corrections: all that the overlay holds; deepen: views to
    make again with `kb deepen`."""

    collection: str
    generation: str
    units: int = 0
    stored: dict[str, int] = field(default_factory=dict)
    segments: dict[str, int] = field(default_factory=dict)
    articles: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    corrections: int = 0
    deepen: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Made:
    """What an import has made: the folder of the generation, that of the files beside it, and the digest of the
    corrections in there."""

    building: Path
    beside: Path
    overlay: str


def import_tmx(
    file: Path, home: Path, *, collection: str | None, fresh: bool, progress: Progress
) -> ImportReport:
    """Takes in a memory. fresh: what earlier imports said is dropped first.

    Errors: InputError for a file that is no TMX or has none of the collection's locales, NotFound for a collection
    that is not there, IndexMissing where nothing is indexed. Whatever is raised, nothing has changed.
    """
    if not file.is_file():
        raise InputError(f"{file} is no file; name a TMX file")
    with disk_failures(home), writer_lock(home):
        served, manifest = read_manifest(home)
        name, entry = _entry(manifest, collection)
        report = ImportReport(name, manifest.id)
        with building_folder(home) as building, building_beside(home) as beside:
            kept = overlay_file(home, name)
            corrections = beside / kept.relative_to(home)
            with changed_overlay(kept, corrections) as overlay:
                if fresh:
                    overlay.clear()
                _read(file, entry, overlay, report, progress)
                changed = _apply(served / name, building / name, entry, overlay, report, progress)
                report.corrections = overlay.count()
            if changed:
                made = Made(building, beside, overlay_stamp(corrections))
                report.generation = _publish(home, served, made, manifest, name, changed, report, progress)
            else:
                kept.parent.mkdir(exist_ok=True)
                corrections.replace(kept)
    return report


def _entry(manifest: Manifest, collection: str | None) -> tuple[str, CollectionEntry]:
    names = sorted(manifest.collections)
    if collection is None and len(names) != 1:
        raise InputError(f"there are several collections; name one with --collection: {', '.join(names)}")
    name = names[0] if collection is None else collection
    if name not in manifest.collections:
        raise NotFound(f"no collection {name!r} here; there are {', '.join(names)}")
    return name, manifest.collections[name]


def _read(
    file: Path, entry: CollectionEntry, overlay: Overlay, report: ImportReport, progress: Progress
) -> None:
    progress.stage("Reading the memory", None)
    stored: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    targets = [locale for locale in entry.locales if locale != entry.source_locale]
    for unit in read_tmx(file):
        progress.advance()
        report.units += 1
        for correction in _corrections(unit, entry.source_locale, targets, skipped):
            overlay.add([correction])
            stored[correction.locale] += 1
    report.skipped = dict(sorted(skipped.items()))
    report.stored = dict(sorted(stored.items()))
    if report.units and not stored:
        raise InputError(
            f"{file} has {report.units} units, none with a source in {entry.source_locale} and a text in one of "
            f"{', '.join(targets)}"
        )


def _corrections(
    unit: TmxUnit, source_locale: str, targets: list[str], skipped: Counter[str]
) -> Iterator[Correction]:
    tags = {tag: tag.replace("_", "-") for tag in unit.texts if is_valid(tag.replace("_", "-"))}
    # the tag itself before another region of its language
    sources = sorted(
        (t for t in tags if lookup(tags[t], [source_locale])),
        key=lambda t: normalise(tags[t]) != source_locale,
    )
    source = visible(unit.texts[sources[0]]) if sources else ""
    if not source:
        skipped["units without a source"] += 1
        return
    by_locale: dict[str, str] = {}
    for tag in sorted(tags, key=lambda t: normalise(tags[t]) not in targets):
        locale = None if tag in sources else lookup(tags[tag], targets)
        if locale is not None:
            by_locale.setdefault(locale, tag)
        elif tag not in sources:
            skipped["texts in other locales"] += 1
    for locale, tag in by_locale.items():
        runs = unit.texts[tag]
        if not visible(runs):
            skipped["empty texts"] += 1
            continue
        place = unit.properties.get("x-article", ""), unit.properties.get("x-unit", "")
        yield Correction(locale, source, *(place if place[0] else ("", "")), runs)


def _apply(
    served: Path,
    building: Path,
    entry: CollectionEntry,
    overlay: Overlay,
    report: ImportReport,
    progress: Progress,
) -> dict[str, frozenset[str]]:
    """Paths of changed articles by locale; the locales' articles lie in the building folder, rewritten."""
    targets = [locale for locale in sorted(entry.locales) if locale != entry.source_locale]
    progress.stage("Correcting articles", len(targets))
    changed: dict[str, frozenset[str]] = {}
    for locale in targets:
        earlier = EarlierLocale(served / locale)
        with closing(earlier), closing(LocaleWriter(building / locale, earlier)) as writer:
            applied = _correct(earlier, writer, locale, overlay)
            written = writer.finish()
        overlay.remove(applied.needless)
        if applied.segments:
            report.segments[locale] = applied.segments
        if written is not None and written.rewritten:
            report.articles[locale] = len(applied.articles)
            changed[locale] = frozenset(applied.articles)
        progress.advance()
    return changed


def _correct(earlier: EarlierLocale, writer: LocaleWriter, locale: str, overlay: Overlay) -> Applied:
    """Puts the articles that corrections change, or whose corrections have gone."""
    applied = Applied()
    corrections = overlay if locale in overlay.locales() else None
    for path in earlier.articles.paths():
        row = earlier.articles.packed(path)
        changed = None if row is None else corrected_row(corrections, locale, row, applied)
        if row is not None and changed is not None:
            writer.put(changed, earlier.before(path) or row, earlier.ranges(path))
    applied.needless -= applied.used
    return applied


def _publish(
    home: Path,
    served: Path,
    made: Made,
    manifest: Manifest,
    name: str,
    changed: Mapping[str, frozenset[str]],
    report: ImportReport,
    progress: Progress,
) -> str:
    building = made.building
    rewritten = (*(f"{name}/{locale}/" for locale in changed), f"{name}/{STATE}")
    views = {f"{name}/{locale}/{TARGET}" for locale in changed} & set(manifest.files)
    if views:
        views |= {f"{name}/{CENTROID}"} & set(manifest.files)
    kept = {f: said for f, said in manifest.files.items() if not f.startswith(rewritten) and f not in views}
    link_files(served, building, kept)
    progress.stage("Indexing words", len(changed))
    source = manifest.collections[name].source_locale
    jobs = [
        WordsJob(building / name / locale, locale, served / name / locale, paths, locale == source)
        for locale, paths in changed.items()
    ]
    for _ in write_all_words(jobs, sum(map(len, changed.values()))):
        progress.advance()
    for job in jobs:
        carry_target(job.folder, served / name / job.locale, job.changed)
    # the next build finds all of this as it would have made it
    shutil.copyfile(served / name / STATE, building / name / STATE)
    set_about(building / name, {"overlay": made.overlay})
    folders = [building / name / locale for locale in changed]
    fresh = sorted(f for folder in folders for f in folder.rglob("*") if f.is_file())
    fresh.append(building / name / STATE)
    files = dict(sorted((kept | {f.relative_to(building).as_posix(): checksum(f) for f in fresh}).items()))
    created = datetime.now(UTC).isoformat(timespec="seconds")
    new: Manifest = replace(manifest, id=free_id(home, new_id(files)), created=created, files=files)
    publish(home, building, new, beside=made.beside)
    report.deepen = sorted(view.removesuffix(".view").removesuffix("/target") for view in views)
    return new.id
