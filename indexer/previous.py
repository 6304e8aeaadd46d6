"""What a build takes over of the generation before: other collections, and locales not replaced."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from indexer.links import link_files
from indexer.report import LocaleReport, Progress
from kb.articledb import keep_own_articles
from kb.errors import IndexDamaged, InputError
from kb.generation import CollectionEntry, Manifest, current_id, read_manifest

_MAY_SHRINK = 0.3
_BEGIN_ANEW = "index its sources in the same run, or run again with --allow-shrink to go on without it"


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

    def carry_over(self, folder: Path, collection: str, fresh: set[str]) -> dict[str, Path]:
        """Links other collections' files into the new generation, copies this one's locales that stay.

        The copied locales' articles are given back, by locale. IndexDamaged where a file is not what the
        manifest says, unless the home may shrink.
        """
        stores: dict[str, Path] = {}
        if self.manifest is None or self.folder is None:
            return stores
        for name, entry in self.manifest.collections.items():
            if name != collection:
                self._link_collection(folder, name, entry)
                continue
            for locale in sorted(set(entry.locales) - fresh):
                target = self._copy_locale(folder, f"{name}/{locale}/articles.sqlite")
                if target is None:
                    continue
                # of the source locale only articles with a file of their own; the others are made again
                if locale == entry.source_locale and not keep_own_articles(target, locale):
                    target.unlink()
                else:
                    stores[locale] = target
        return stores

    def _link_collection(self, folder: Path, name: str, entry: CollectionEntry) -> None:
        assert self.manifest is not None and self.folder is not None
        files = {file: said for file, said in self.manifest.files.items() if file.startswith(f"{name}/")}
        if not all(self._whole(file, f"collection {name}") for file in files):
            return
        link_files(self.folder, folder, files)
        self.collections[name] = entry
        self.files |= files

    def _copy_locale(self, folder: Path, file: str) -> Path | None:
        assert self.folder is not None
        if not self._whole(file, file.split("/")[1]):
            return None
        target = folder / file
        target.parent.mkdir(parents=True)
        shutil.copyfile(self.folder / file, target)
        return target

    def _whole(self, file: str, what: str) -> bool:
        """Whether a file is what the manifest says; where it need not be, its loss is noted."""
        assert self.manifest is not None and self.folder is not None
        path = self.folder / file
        try:
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            if self.manifest.files.get(file) == (path.stat().st_size, digest):
                return True
            found = "is not what its manifest says"
        except OSError as error:
            found = f"can't be read ({error.strerror or error})"
        if not self.allow_shrink:
            raise IndexDamaged(f"{path} {found}, so {what} can't be kept; {_BEGIN_ANEW}")
        self.progress.note(f"{what} is left behind: {path} {found}")
        return False
