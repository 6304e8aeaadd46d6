"""The recipe of an index, on one page: read, parse, join, cut, write, encode, publish.

A run replaces in its collection exactly the locales that it finds in its sources; other locales and collections
are carried over. What hasn't changed since the generation before is taken over as it is, so that a run costs what its
changes cost; what comes out is what a run that begins with nothing gives. The generation that serves stays untouched
until the new one is whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from indexer.assemble import Assembly, assemble
from indexer.buildstate import BuildState
from indexer.failures import disk_failures
from indexer.localefiles import EarlierLocale, ParsedLocale
from indexer.memory import cpu_seconds, peak_memory_mb
from indexer.passages import PassageSettings
from indexer.previous import EarlierCollection, Previous
from indexer.recall import Recall
from indexer.reconcile import source_locale_of
from indexer.report import BuildReport, Progress
from indexer.secondreading import SecondReader, reads
from indexer.seenfiles import SeenFiles
from indexer.sources import DEFAULT_EXCLUDES, open_or_recall
from indexer.stage import STAGED, Staging, stage_sources
from indexer.stamp import program_stamp, stamp_of
from indexer.steps import BuildStep
from indexer.tm.overlay import overlay_file, overlay_stamp
from kb.analyser import analyser_stamp
from kb.errors import InputError, NotFound
from kb.lazyencoder import LazyEncoder
from kb.lending import BorrowingEncoder
from kb.modelstore import default_cache, resolve, resolve_second
from kb.publish import building_folder
from kb.tokens import TokenCounter
from kb.writerlock import writer_lock

DEFAULT_SOURCE_LOCALE = "en-US"
_COLLECTION = re.compile(r"\w[\w-]{0,63}")


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """locale: of files that tell none; excludes: replace the collection's globs, at first the default ones;
    allow_shrink: a locale may lose more than 30 % of its articles."""

    collection: str = "default"
    locale: str | None = None
    excludes: tuple[str, ...] | None = None
    model: str | None = None
    cache: Path | None = None
    passages: PassageSettings = field(default_factory=PassageSettings)
    allow_shrink: bool = False


def build(sources: Sequence[Path], home: Path, *, options: BuildOptions, progress: Progress) -> BuildReport:
    """Indexes the sources into a new generation and publishes it; the one that serves where nothing has changed.

    Errors: InputError for sources that can't be read or hold no article, and for a disk that is full or refuses;
    IndexDamaged where what is to be kept can't be. Whatever is raised, the generation that served before still
    does.
    """
    if not _COLLECTION.fullmatch(options.collection):
        raise InputError(
            f"collection {options.collection!r} found, expected a name of at most 64 letters, digits, - and _"
        )
    with _run(home, options, progress) as run:
        with run.report.timed("parse"):
            staging = _stage(sources, run)
        if not run.report.indexed:
            raise InputError(_nothing_found(sources, run.report))
        run.previous.refuse_shrinking(options.collection, run.report.locales)
        kept = run.previous.kept_locales(run.earlier, _locales(staging)) if run.earlier else []
        _assemble(run, staging, kept)
    return run.report


def remove_locale(home: Path, locale: str, *, options: BuildOptions, progress: Progress) -> BuildReport:
    """Publishes a generation without a locale's own articles; NotFound where there are none."""
    with _run(home, options, progress) as run:
        there = _with_articles(run.earlier) if run.earlier else []
        if locale not in there:
            raise NotFound(
                f"collection {options.collection!r} has no articles of {locale}; there are {', '.join(there)}"
            )
        if len(there) == 1:
            raise InputError(
                f"{locale} is all that collection {options.collection} has; "
                f"remove it with `kb remove --collection {options.collection}`"
            )
        _assemble(run, Staging(), [name for name in there if name != locale])
    return run.report


@dataclass(slots=True)
class _Run:
    home: Path
    folder: Path
    options: BuildOptions
    previous: Previous
    earlier: EarlierCollection | None
    encoder: LazyEncoder
    second: LazyEncoder | None
    cache: Path
    report: BuildReport
    progress: Progress

    @property
    def excludes(self) -> tuple[str, ...]:
        """Those of this run, else the collection's own, else the default ones."""
        if self.options.excludes is not None:
            return self.options.excludes
        return DEFAULT_EXCLUDES if self.earlier is None else tuple(self.earlier.entry.excludes)


@contextmanager
def _run(home: Path, options: BuildOptions, progress: Progress) -> Iterator[_Run]:
    progress.stage(BuildStep.READ, None)
    began = cpu_seconds()
    with disk_failures(home):
        cache = options.cache or default_cache()
        encoder = BorrowingEncoder(resolve(options.model, cache), home)
        second = resolve_second(options.model, cache)
        report = BuildReport(collection=options.collection, source_locale=DEFAULT_SOURCE_LOCALE)
        with writer_lock(home), building_folder(home) as folder, ExitStack() as stack:
            previous = Previous.of(home, options.allow_shrink, progress)
            name = str(options.model or encoder.folder.name)
            previous.refuse_other_encoder(options.collection, encoder.fingerprint, name)
            earlier = previous.earlier(options.collection)
            if earlier is not None:
                stack.callback(earlier.close)
            other = BorrowingEncoder(second, home) if second else None
            yield _Run(home, folder, options, previous, earlier, encoder, other, cache, report, progress)
    report.peak_memory_mb = peak_memory_mb()
    report.cpu_seconds = cpu_seconds(since=began)


def _stage(sources: Sequence[Path], run: _Run) -> Staging:
    """Reads the sources; parses what is not known from the generation before."""
    earlier, report = run.earlier, run.report
    state = earlier.state if earlier else BuildState()
    recall = Recall(
        state.files,
        state.archives,
        earlier.origins if earlier else lambda _locale: {},
        locale=run.options.locale,
        source_locale=report.source_locale,
        excludes=run.excludes,
    )
    seen = SeenFiles(run.home)
    opened = open_or_recall(sources, run.excludes, recall.archive, seen)
    run.progress.stage(BuildStep.PARSE, sum(len(source) for source in opened))
    staging = stage_sources(opened, run.folder / STAGED, report, run.progress, run.options.locale, recall)
    seen.save([source.absolute() for source in sources])
    return staging


def _assemble(run: _Run, staging: Staging, kept: Sequence[str]) -> None:
    """Writes and publishes what the staged and the kept locales make."""
    earlier, options = run.earlier, run.options
    before: Mapping[str, EarlierLocale] = earlier.locales if earlier else {}
    with ExitStack() as stack:
        parsed = {
            name: ParsedLocale(before.get(name), staging.stores.get(name), staging.same.get(name, ()))
            for name in _locales(staging)
        }
        parsed |= {name: ParsedLocale.kept(before[name]) for name in kept}
        for locale in parsed.values():
            stack.enter_context(closing(locale))
        own = [name for name, locale in parsed.items() if locale.paths]
        run.report.source_locale = source_locale_of(own, DEFAULT_SOURCE_LOCALE)
        stamp = stamp_of(
            program_stamp(),
            analyser_stamp(),
            run.encoder.fingerprint,
            run.second.fingerprint if run.second else "",
            run.report.source_locale,
            repr(options.passages),
        )
        tokens = _LazyTokens(run.encoder.folder)
        overlay = overlay_stamp(overlay_file(run.home, options.collection))
        assemble(
            Assembly(
                run.home,
                run.folder,
                options.collection,
                run.previous,
                earlier,
                run.encoder,
                _second_reader(run, tokens),
                str(options.model or run.encoder.folder.name),
                run.cache,
                tokens,
                options.passages,
                list(run.excludes),
                stamp,
                overlay,
            ),
            parsed,
            _state(staging, earlier, kept, {"stamp": stamp, "overlay": overlay}),
            run.report,
            run.progress,
        )


def _state(
    staging: Staging, earlier: EarlierCollection | None, kept: Sequence[str], about: dict[str, str]
) -> BuildState:
    """What the next build is to know of files: those of this run, and of earlier ones those in locales that stay."""
    state = BuildState(about, dict(staging.files), dict(staging.archives))
    if earlier is not None:
        state.files |= {key: facts for key, facts in earlier.state.files.items() if facts.locale in kept}
        state.archives |= {
            key: records
            for key, records in earlier.state.archives.items()
            if any(r.key for r in records) and all(r.key is None or r.key in state.files for r in records)
        }
    return state


def _locales(staging: Staging) -> list[str]:
    return sorted(staging.stores.keys() | staging.same.keys())


def _with_articles(earlier: EarlierCollection) -> list[str]:
    return sorted(name for name in earlier.locales if earlier.origins(name))


def _nothing_found(sources: Sequence[Path], report: BuildReport) -> str:
    where = ", ".join(str(s) for s in sources)
    if report.skipped:
        first = report.skipped[0]
        return (
            f"no article could be indexed from {where}: {len(report.skipped)} files skipped, "
            f"{report.excluded} excluded; the first, {first.file}: {first.reason}"
        )
    return (
        f"no articles found in {where}: {report.excluded} files excluded; Markdown files (.md) are expected"
    )


def _second_reader(run: _Run, tokens: _LazyTokens) -> SecondReader | None:
    """None where the second encoder doesn't know the language of the source, or there is none."""
    if run.second is None or not reads(run.report.source_locale):
        return None
    return SecondReader(run.second, _LazyTokens(run.second.folder).spans, tokens.spans)


class _LazyTokens:
    """A model's tokenizer, read when a passage is cut: it takes a second."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._counter: TokenCounter | None = None

    def count(self, texts: Sequence[str]) -> list[int]:
        return self._loaded().count(texts)

    def cut(self, text: str, max_tokens: int) -> list[str]:
        return self._loaded().cut(text, max_tokens)

    def spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        return self._loaded().spans(texts)

    def _loaded(self) -> TokenCounter:
        if self._counter is None:
            self._counter = TokenCounter(self._folder)
        return self._counter
