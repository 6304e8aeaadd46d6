"""From a collection's articles as parsed to a published generation.

What a change doesn't touch is linked, file by file: a locale that is as it was, the source view as long as no passage
has changed, another collection.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from indexer.articles import Recipe, WrittenArticles, write_articles
from indexer.buildstate import BuildState, write_state
from indexer.collectionfiles import CollectionFiles, entry_of
from indexer.embeddings import (
    SOURCE_FILES,
    Embedder,
    Means,
    Vector,
    earlier_means,
    question_means,
    sample_stamp,
    sample_titles,
    write_source_view,
)
from indexer.localefiles import ARTICLES, ParsedLocale
from indexer.passages import PassageSettings, Tokens
from indexer.pool import POOL_FROM
from indexer.previous import EarlierCollection, Previous
from indexer.probe import probe_views, probe_words
from indexer.report import BuildReport, Changes, LocaleReport, Progress
from indexer.secondreading import SecondReader, write_second_reading
from indexer.stage import STAGED
from indexer.steps import BuildStep
from indexer.targets import CENTROID, TARGET, carry_target, write_centroid
from indexer.words import WORD_FILES, WordsJob, write_all_words
from kb.analyser import analyser_stamp
from kb.checked import checksum
from kb.embedcache import EmbeddingCache
from kb.fusion import GLOSSED, NAMED, ONCE, TWICE
from kb.generation import CollectionEntry, LocaleEntry, Manifest, same_content
from kb.lazyencoder import LazyEncoder
from kb.means import write_means
from kb.namer import FILE as NAMER
from kb.publish import free_id, new_id, publish, tidy
from kb.secondreading import FOLDER as SECOND


@dataclass(frozen=True, slots=True)
class Assembly:
    """What a generation is made with besides the articles.

    folder  where it is written
    second  reads the source once more; None where it doesn't know its language
    stamp   of the program and of all settings, overlay: of the corrections; what was made with others is not taken
            over
    """

    home: Path
    folder: Path
    collection: str
    previous: Previous
    earlier: EarlierCollection | None
    encoder: LazyEncoder
    second: SecondReader | None
    model: str
    cache: Path
    tokens: Tokens
    settings: PassageSettings
    excludes: list[str]
    stamp: str
    overlay: str

    def reusable(self) -> EarlierCollection | None:
        """The generation before, where all of it is whole and was made in the same way."""
        found = self.earlier
        if found is None or found.damage:
            return None
        about = found.state.about
        made_so = about.get("stamp") == self.stamp and about.get("overlay") == self.overlay
        return found if made_so else None


def assemble(
    assembly: Assembly,
    parsed: Mapping[str, ParsedLocale],
    state: BuildState,
    report: BuildReport,
    progress: Progress,
) -> None:
    """Writes the collection below the assembly's folder and publishes the generation, unless nothing has changed."""
    earlier = assembly.reusable()
    files = CollectionFiles(assembly.folder / assembly.collection, report.source_locale, earlier)
    report.changes = None if earlier is None else _changes(parsed, earlier)
    with report.timed("passages"):
        progress.stage(BuildStep.CUT, None)
        recipe = Recipe(
            assembly.home, assembly.collection, report.source_locale, assembly.tokens, assembly.settings
        )
        written = write_articles(files.folder, parsed, recipe, earlier, state, progress)
        progress.stage(BuildStep.WRITE, None)
        files.link_unchanged(written)
    with report.timed("lexical"):
        jobs = files.word_jobs(written)
        progress.stage(BuildStep.WORDS, len(jobs))
        for _ in write_all_words(jobs, sum(files.articles_to_read(job) for job in jobs)):
            progress.advance()
    with report.timed("encode"), EmbeddingCache(assembly.cache, assembly.encoder.fingerprint) as cache:
        embedder = Embedder(assembly.encoder, cache, progress)
        texts = _write_vectors(files, written, embedder, state)
        second = assembly.second if report.source_locale in written.locales else None
        if second is not None:
            _write_second(assembly, second, files, written, report.source_locale, progress)
    report.embedded = assembly.encoder.encoded + (second.encoder.encoded if second else 0)
    report.passages = len(written.passages)
    with report.timed("publish"):
        progress.stage(BuildStep.VERIFY, None)
        write_state(files.folder, state)
        entry = _entry(assembly, files, written, report, texts, second.encoder.fingerprint if second else "")
        if earlier is None or written.changed:
            probe_views(files.folder, entry)
        probe_words(files.folder, entry, [job.locale for job in jobs])
        for locale in parsed.values():
            locale.close()
        shutil.rmtree(assembly.folder / STAGED, ignore_errors=True)
        _publish(assembly, files, entry, report, progress)


def _write_vectors(
    files: CollectionFiles, written: WrittenArticles, embedder: Embedder, state: BuildState
) -> int:
    """Writes or takes over all views and means; how many distinct texts they are of."""
    folder, earlier = files.folder, files.earlier
    before: Means = earlier_means(earlier.folder) if earlier else {}
    texts = [p.embedded for p in written.passages]
    if earlier is not None and not written.changed:
        files.link(*SOURCE_FILES)
        means = {key: mean for key, mean in before.items() if "/" not in key}
    else:
        means = write_source_view(folder, texts, embedder)
    samples = {locale: sample_titles(folder / locale / ARTICLES) for locale in written.locales}
    stamps = {locale: sample_stamp(titles) for locale, titles in samples.items()}
    state.about |= {f"questions/{locale}": stamp for locale, stamp in stamps.items()}
    known = earlier.state.about if earlier else {}
    same = {locale for locale in stamps if known.get(f"questions/{locale}") == stamps[locale]}
    if written.changed:
        # a locale whose titles have no tokens has the mean of the passages', which is another now
        same = {locale for locale in same if not _equal(before.get(f"tokens/{locale}"), before.get("tokens"))}
    means |= {key: mean for key, mean in before.items() if key.partition("/")[2] in same}
    fresh = {locale: titles for locale, titles in samples.items() if locale not in same}
    means |= question_means(fresh, means.get("tokens"), embedder)
    write_means(folder, means)
    _write_targets(files, written)
    return len({*texts, *(title for titles in samples.values() for title in titles)})


def _equal(one: Vector | None, other: Vector | None) -> bool:
    return one is not None and other is not None and one.tobytes() == other.tobytes()


def _write_second(
    assembly: Assembly,
    second: SecondReader,
    files: CollectionFiles,
    written: WrittenArticles,
    source_locale: str,
    progress: Progress,
) -> None:
    """Writes or takes over the second reading of the source."""
    earlier = files.earlier
    if earlier is not None and not written.changed and earlier.entry.second == second.encoder.fingerprint:
        files.link(f"{SECOND}/")
        return
    texts = [p.embedded for p in written.passages]
    titles = sample_titles(files.folder / source_locale / ARTICLES)
    progress.stage(BuildStep.SECOND, len({*texts}) + len({*titles}))
    with EmbeddingCache(assembly.cache, second.encoder.fingerprint) as cache:
        embedder = Embedder(second.encoder, cache, progress)
        write_second_reading(files.folder / SECOND, texts, titles, embedder, second)


def _write_targets(files: CollectionFiles, written: WrittenArticles) -> None:
    """Views of translations, the centroid view where there was one, and what was learned of them."""
    earlier = files.earlier
    if earlier is None:
        return
    if not earlier.locales.keys() - written.locales.keys():
        files.link(NAMER)  # until `kb deepen` has the changed locales' views, and learns anew
    changed = {locale: found.changed for locale, found in written.locales.items() if found.changed}
    for locale, paths in changed.items():
        carry_target(files.folder / locale, earlier.folder / locale, paths)
    if CENTROID in earlier.files:
        touched = any(f"{locale}/{TARGET}" in earlier.files for locale in changed)
        gone = earlier.locales.keys() - written.locales.keys()
        if written.changed or touched or gone:
            write_centroid(files.folder, written.passages, written.locales)
        else:
            files.link(CENTROID)


def _changes(parsed: Mapping[str, ParsedLocale], earlier: EarlierCollection) -> Changes:
    """Articles over all locales that are other than in the generation before."""
    found = Changes()
    for name, locale in parsed.items():
        before = earlier.origins(name).keys()
        found.added += len(locale.paths - before)
        found.deleted += len(before - locale.paths)
        found.changed += sum(path in before and path in locale.paths for path in locale.changed())
    for name in earlier.locales.keys() - parsed.keys():
        found.deleted += len(earlier.origins(name))
    return found


def _entry(
    assembly: Assembly,
    files: CollectionFiles,
    written: WrittenArticles,
    report: BuildReport,
    texts: int,
    second: str,
) -> CollectionEntry:
    earlier = files.earlier
    locales: dict[str, LocaleEntry] = {}
    reports = {found.locale: found for found in report.locales}
    for locale, found in sorted(written.locales.items()):
        kept = earlier is not None and not found.rewritten
        locales[locale] = (
            earlier.entry.locales[locale] if kept and earlier else entry_of(files.folder / locale)
        )
        reports.setdefault(locale, LocaleReport(locale)).passages = locales[locale].passages
    return CollectionEntry(
        report.source_locale,
        assembly.excludes,
        report.passages,
        locales,
        asdict(assembly.settings),
        {
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": dict(report.seconds),
            "texts": texts,
            "encoded": report.embedded,
        },
        second,
    )


def _words_of_others(jobs: list[WordsJob], folder: Path, progress: Progress) -> dict[str, tuple[int, str]]:
    """Cuts other collections' words anew where another analyser has cut them; the files written."""
    if jobs:
        progress.note("words are cut in another way than before: those of the other collections are cut anew")
    for _ in write_all_words(jobs, len(jobs) * POOL_FROM):
        progress.advance()
    return {
        file.relative_to(folder).as_posix(): checksum(file)
        for job in jobs
        for name in WORD_FILES
        for file in ((job.folder / name).rglob("*") if name.endswith("/") else [job.folder / name])
        if file.is_file()
    }


def _publish(
    assembly: Assembly,
    files: CollectionFiles,
    entry: CollectionEntry,
    report: BuildReport,
    progress: Progress,
) -> None:
    previous, name = assembly.previous, assembly.collection
    progress.stage(BuildStep.CHECKSUMS, None)
    own = {f"{name}/{file}": said for file, said in files.checksums().items()}
    others = _words_of_others(previous.link_others(assembly.folder, name), assembly.folder, progress)
    manifest = Manifest(
        id="",
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        encoder=assembly.encoder.fingerprint,
        model=assembly.model,
        collections=dict(sorted((previous.collections | {name: entry}).items())),
        search={
            "fusion": {
                "once": asdict(ONCE),
                "twice": asdict(TWICE),
                "glossed": asdict(GLOSSED),
                "named": asdict(NAMED),
            },
        },
        files=dict(sorted((previous.files | own | others).items())),
        analyser=analyser_stamp(),
    )
    if previous.manifest is not None and same_content(previous.manifest, manifest):
        report.generation = previous.manifest.id
        tidy(assembly.home)
        return
    report.generation = free_id(assembly.home, new_id(manifest.files))
    publish(
        assembly.home,
        assembly.folder,
        replace(manifest, id=report.generation),
        began=lambda step: progress.stage(step, None),
    )
