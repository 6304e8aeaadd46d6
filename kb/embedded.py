"""A generation opened for reading: the embedded store of articles, words and embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.checked import Checked
from kb.contents import Contents
from kb.curation import FOLDER as CURATION
from kb.curation import CurationFile
from kb.errors import IndexDamaged, NotFound
from kb.facets import FacetTable
from kb.generation import REBUILD, CollectionEntry, check_files, current_id, read_manifest
from kb.locales import language_of
from kb.localestore import LocaleStore, open_tokens, open_view
from kb.means import MEANS, read_means
from kb.namer import FILE as NAMER
from kb.namer import Namer
from kb.pages import Pages
from kb.passagedb import PASSAGES, read_bodies, read_passage_keys, read_source_rows, read_texts
from kb.retention import Hold
from kb.secondreading import FOLDER as SECOND
from kb.secondreading import SecondReading
from kb.spelling import Speller
from kb.vectors import View

_NAME_ARTICLES = 5


class Collection:
    """One collection: its locales, its views, and what their rows stand for.

    encoder         fingerprint of what has read its passages
    paths, numbers  article path and passage number of each row
    copy_of         the first row whose text is the same, for each row
    copies, ordinals  `copy_of` and `numbers` as int64 arrays
    bodies          digest of each article's text, equal for near-duplicates
    source          embeddings of the source text of each row
    centroid        the mean of all views of each row, None until the index was deepened
    tokens          vectors of the source text's tokens, None for an encoder that has none
    namer           what words of other languages are called in the source's, None until the index was deepened
    second          the source as a second encoder reads it, None where there is none for its language
    means           mean vectors: "passage"; "query/<locale>" and "tokens/<locale>" of each locale's questions
    facets          what its articles can be filtered and counted by
    curation        the operator's rules, as the file says now
    pages           where people read its articles
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        entry: CollectionEntry,
        curation: CurationFile,
        pages: Pages,
        contents: Contents,
        encoder: str,
    ) -> None:
        self.name = name
        self.encoder = encoder
        self.pages = pages
        self.curation = curation
        self._passages = folder / PASSAGES
        self.source_locale = entry.source_locale
        keys = contents.of([f"{name}/{PASSAGES}"], "keys", lambda: read_passage_keys(self._passages))
        self.paths = [path for path, _, _ in keys]
        self.numbers = [number for _, number, _ in keys]
        self.copy_of = [first for _, _, first in keys]
        self.copies = np.array(self.copy_of, dtype=np.int64)
        self.ordinals = np.array(self.numbers, dtype=np.int64)
        self.bodies = contents.of([f"{name}/{PASSAGES}"], "bodies", lambda: read_bodies(self._passages))
        row_of = {(path, number): row for row, (path, number, _) in enumerate(keys)}
        said = contents.of([f"{name}/{PASSAGES}"], "said", lambda: read_source_rows(self._passages))
        self.locales = {
            locale: LocaleStore(
                folder / locale, locale, row_of, contents, said if locale == self.source_locale else ()
            )
            for locale in entry.locales
        }
        self.source = View(folder / "source.view")
        self.centroid = open_view(folder / "centroid.view")
        if self.source.rows != len(keys):
            raise IndexDamaged(
                f"{folder / 'source.view'} has {self.source.rows} rows for {len(keys)} passages; {REBUILD}"
            )
        self.tokens = open_tokens(folder / "tokens")
        if self.tokens is not None and self.tokens.rows != len(keys):
            raise IndexDamaged(
                f"{folder / 'tokens'} has {self.tokens.rows} rows for {len(keys)} passages; {REBUILD}"
            )
        self.means = read_means(folder / MEANS)
        self.namer = Namer(folder / NAMER) if (folder / NAMER).exists() else None
        self.second = SecondReading(folder / SECOND, len(keys)) if entry.second else None
        self.facets = FacetTable(
            self.paths,
            {locale: store.browse.facets for locale, store in self.locales.items()},
            {locale: store.paths for locale, store in self.locales.items()},
            self.source_locale,
        )

    @cached_property
    def names(self) -> Speller:
        """Words of the source that most translations keep as they are: names of products, known in any language."""
        source = self.locales.get(self.source_locale)
        others = [store.browse.speller for store in self.locales.values() if store is not source]
        kept = [
            (word, articles)
            for word, articles in (source.browse.speller.vocabulary.items() if source else ())
            if articles >= _NAME_ARTICLES
            and 2 * sum(2 * s.articles(word) >= articles for s in others) > len(others)
        ]
        return Speller(kept, language_of(self.source_locale))

    def locales_of(self, path: str) -> list[str]:
        """Locales that an article exists in, the source locale included, sorted."""
        return sorted(locale for locale, store in self.locales.items() if path in store.paths)

    def texts(self, rows: Sequence[int]) -> list[tuple[str, str]]:
        """(context, text) of passages as they were embedded, in the order of the rows; near each other for speed."""
        first = min(rows, default=0)
        found = read_texts(self._passages, first, max(rows, default=-1) + 1)
        return [found[row - first] for row in rows]

    def has_article(self, path: str) -> bool:
        return any(path in store.paths for store in self.locales.values())

    def question_mean(self, locale: str | None) -> npt.NDArray[np.float64]:
        """The mean vector of a language's questions; of all installed languages where this one is not."""
        return self._mean("query/", locale)

    def token_mean(self, locale: str | None) -> npt.NDArray[np.float64]:
        """The mean vector of the tokens in a language's questions; of all languages' where it is not installed."""
        return self._mean("tokens/", locale)

    def _mean(self, kind: str, locale: str | None) -> npt.NDArray[np.float64]:
        known = self.means.get(f"{kind}{locale}") if locale else None
        if known is not None:
            return known
        rows = [self.means[key] for key in sorted(self.means) if key.startswith(kind)]
        return np.asarray(np.mean(np.stack(rows), axis=0), dtype=np.float64)


class Generation:
    """One generation, whole: a request keeps to the one that it started with, and it stays on disk until `close`.

    checked: remembers files that were whole, for a process that opens one generation after another; pages: addresses
    of its articles; before: the one whose memory is taken over where the files are the same.
    """

    def __init__(
        self,
        home: Path,
        checked: Checked | None = None,
        pages: Pages | None = None,
        before: Generation | None = None,
    ) -> None:
        self.pages = pages or Pages()
        while True:
            serving = current_id(home)
            try:
                self.folder, self.manifest = read_manifest(home, serving)
                self._hold = Hold(self.folder)
                check_files(self.folder, self.manifest, checked or Checked())
                earlier: Contents | None = before._contents if before else None
                self._contents: Contents = Contents(self.manifest.files, earlier)
                self.collections = {
                    name: Collection(
                        self.folder / name,
                        name,
                        entry,
                        CurationFile(home / CURATION / f"{name}.yaml"),
                        self.pages,
                        self._contents,
                        self.manifest.encoder,
                    )
                    for name, entry in self.manifest.collections.items()
                }
            except (IndexDamaged, OSError):
                # removed while it was being opened: two builds have published since
                if current_id(home) == serving:
                    raise
            else:
                return

    @property
    def id(self) -> str:
        return self.manifest.id

    def collection(self, name: str) -> Collection:
        if name not in self.collections:
            raise NotFound(f"no collection {name!r} here; there are {', '.join(sorted(self.collections))}")
        return self.collections[name]

    def installed(self) -> list[str]:
        """All locales of all collections, sorted."""
        return sorted({locale for c in self.collections.values() for locale in c.locales})

    def warm_like(self, other: Generation) -> None:
        """Reads what the other one has been asked for already, so that no request waits for it after a swap."""
        for name, collection in self.collections.items():
            before = other.collections.get(name)
            if before is None:
                continue
            for locale, store in collection.locales.items():
                if locale in before.locales:
                    store.browse.warm_like(before.locales[locale].browse)
            if "names" in vars(before):
                _ = collection.names
        self._contents.settle()

    def close(self) -> None:
        for collection in self.collections.values():
            for store in collection.locales.values():
                store.close()
        self._hold.close()
