"""What a build takes over of the generation before: other collections, locales not replaced, and whatever of a
collection's files is still as it was."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from indexer.buildstate import FILE as STATE
from indexer.buildstate import BuildState, read_state
from indexer.links import link_files
from indexer.localefiles import ARTICLES, PARSED, EarlierLocale
from indexer.report import LocaleReport, Progress
from indexer.words import WORD_FILES, WordsJob
from kb.analyser import analyser_stamp
from kb.checked import Checked
from kb.errors import IndexDamaged, InputError
from kb.generation import CollectionEntry, Manifest, current_id, read_manifest

_MAY_SHRINK = 0.3
_BEGIN_ANEW = "index its sources in the same run, or run again with --allow-shrink to go on without it"


@dataclass(slots=True)
class EarlierCollection:
    """A collection of the generation before.

    folder   its files' folder; files: names below it, with size and SHA-256
    locales  those whose articles are whole
    state    what its build has left; an empty one where that can't be read
    damage   what is wrong, by name below the folder
    """

    folder: Path
    entry: CollectionEntry
    files: dict[str, tuple[int, str]]
    locales: dict[str, EarlierLocale]
    state: BuildState
    damage: dict[str, str]

    def origins(self, locale: str) -> Mapping[str, str]:
        """The origin of each of a locale's articles, by path; empty where nothing is known of it."""
        return self.locales[locale].origins if locale in self.locales else {}

    def files_below(self, *prefixes: str) -> dict[str, tuple[int, str]]:
        """The files whose names begin so."""
        return {name: said for name, said in self.files.items() if name.startswith(prefixes)}

    def close(self) -> None:
        for locale in self.locales.values():
            locale.close()


@dataclass(slots=True)
class Previous:
    """The generation that served before, if any.

    collections  other collections that the new generation holds as well
    files        their files, as the manifest has them
    """

    folder: Path | None
    manifest: Manifest | None
    allow_shrink: bool
    progress: Progress
    collections: dict[str, CollectionEntry] = field(default_factory=dict)
    files: dict[str, tuple[int, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, home: Path, allow_shrink: bool, progress: Progress) -> Previous:
        """Errors: IndexDamaged where its manifest can't be read, unless the home may shrink."""
        try:
            folder, manifest = (None, None) if current_id(home) is None else read_manifest(home)
        except IndexDamaged as error:
            if not allow_shrink:
                raise
            progress.note(f"what was indexed before is left behind: {error}")
            return cls(None, None, allow_shrink, progress)
        return cls(folder, manifest, allow_shrink, progress)

    def refuse_shrinking(self, collection: str, locales: Sequence[LocaleReport]) -> None:
        """InputError where a locale of this run would lose more than 30 % of its articles."""
        entry = self.manifest.collections.get(collection) if self.manifest else None
        if entry is None or self.allow_shrink:
            return
        for locale in locales:
            before = entry.locales.get(locale.locale)
            if before and locale.articles < before.articles * (1 - _MAY_SHRINK):
                raise InputError(
                    f"{locale.locale} would fall from {before.articles} to {locale.articles} articles in"
                    f" collection {collection}; if that is meant, run again with --allow-shrink"
                )

    def refuse_other_encoder(self, collection: str, encoder: str, model: str) -> None:
        """InputError where collections that stay were embedded by another model: a home has one encoder."""
        if self.manifest is None or self.manifest.encoder == encoder:
            return
        others = sorted(set(self.manifest.collections) - {collection})
        if others:
            raise InputError(
                f"collection {', '.join(others)} was indexed with the model {self.manifest.model}, this run"
                f" has {model}; a home has one model: give --model {self.manifest.model}, or another --home"
            )

    def earlier(self, collection: str) -> EarlierCollection | None:
        """What there is of this run's collection, every file looked at: what is made of it must not be damaged."""
        if self.manifest is None or self.folder is None or collection not in self.manifest.collections:
            return None
        folder, entry = self.folder / collection, self.manifest.collections[collection]
        files = {
            name.removeprefix(f"{collection}/"): said
            for name, said in self.manifest.files.items()
            if name.startswith(f"{collection}/")
        }
        kept, rest = (
            {name: files[name] for name in files if (name == STATE) == wanted} for wanted in (True, False)
        )
        damage = dict(Checked().damage(folder, kept))
        # files are read outside the interpreter, what they say is worked out inside
        with ThreadPoolExecutor(1) as aside:
            looked_at = aside.submit(lambda: dict(Checked().damage(folder, rest)))
            state = read_state(folder) if kept and not damage else BuildState()
            damage |= looked_at.result()
        whole = [
            locale
            for locale in entry.locales
            if not damage.keys() & {f"{locale}/{ARTICLES}", f"{locale}/{PARSED}"}
        ]
        return EarlierCollection(
            folder, entry, files, {name: EarlierLocale(folder / name) for name in whole}, state, damage
        )

    def kept_locales(self, earlier: EarlierCollection, replaced: Collection[str]) -> list[str]:
        """Locales that this run has no sources of.

        IndexDamaged where the articles of one are not what the manifest says, unless the home may shrink.
        """
        kept = []
        for locale in sorted(set(earlier.entry.locales) - set(replaced)):
            if locale in earlier.locales:
                kept.append(locale)
                continue
            file = next(f for f in earlier.damage if f.startswith(f"{locale}/"))
            self._lose(earlier.folder / file, earlier.damage[file], locale)
        return kept

    def link_others(self, folder: Path, collection: str) -> list[WordsJob]:
        """Links other collections' files into the new generation; errors as in `kept_locales`.

        Words that another analyser has cut are not linked: what is to be done about them is given back.
        """
        jobs: list[WordsJob] = []
        if self.manifest is None or self.folder is None:
            return jobs
        cut_anew = self.manifest.analyser != analyser_stamp()
        for name, entry in self.manifest.collections.items():
            files = {file: said for file, said in self.manifest.files.items() if file.startswith(f"{name}/")}
            if name == collection:
                continue
            damage = dict(Checked().damage(self.folder, files))
            if damage:
                file = next(iter(damage))
                self._lose(self.folder / file, damage[file], f"collection {name}")
                continue
            if cut_anew:
                jobs += [
                    WordsJob(folder / name / locale, locale, source=locale == entry.source_locale)
                    for locale in entry.locales
                ]
                words = tuple(f"{name}/{locale}/{part}" for locale in entry.locales for part in WORD_FILES)
                files = {file: said for file, said in files.items() if not file.startswith(words)}
            link_files(self.folder, folder, files)
            self.collections[name] = entry
            self.files |= files
        return jobs

    def _lose(self, path: Path, found: str, what: str) -> None:
        if not self.allow_shrink:
            raise IndexDamaged(f"{path} {found}, so {what} can't be kept; {_BEGIN_ANEW}")
        self.progress.note(f"{what} is left behind: {path} {found}")
