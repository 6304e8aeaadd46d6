"""A collection's files in a generation that is being made: those taken over, and those written anew."""

from __future__ import annotations

from pathlib import Path

from indexer.articles import WrittenArticles
from indexer.links import link_files
from indexer.localefiles import ARTICLES, PARSED
from indexer.previous import EarlierCollection
from indexer.targets import DEEPENED
from indexer.words import WORD_FILES, WordsJob
from kb.articledb import ArticleReader
from kb.checked import checksum
from kb.generation import LocaleEntry
from kb.passagedb import PASSAGES


class CollectionFiles:
    """A collection's files: those linked with the checksums that they have, and those written."""

    def __init__(self, folder: Path, source_locale: str, earlier: EarlierCollection | None) -> None:
        self.folder = folder
        self.source_locale = source_locale
        self.earlier = earlier
        self._linked: dict[str, tuple[int, str]] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def link(self, *prefixes: str) -> None:
        """Takes over the files of the generation before whose names begin so."""
        if self.earlier is not None:
            found = self.earlier.files_below(*prefixes)
            link_files(self.earlier.folder, self.folder, found)
            self._linked |= found

    def link_unchanged(self, written: WrittenArticles) -> None:
        if written.linked:
            self.link(PASSAGES)
        for locale, of_locale in written.locales.items():
            if of_locale.changed is None or of_locale.changed:
                continue
            articles = () if of_locale.rewritten else (ARTICLES, PARSED)
            words = () if self._may_have_other_words(locale, written) else WORD_FILES
            self.link(*(f"{locale}/{name}" for name in (*articles, *words, *DEEPENED)))

    def word_jobs(self, written: WrittenArticles) -> list[WordsJob]:
        """The locales whose words have changed."""
        jobs = []
        for locale, found in written.locales.items():
            source = locale == self.source_locale
            if found.changed is None:
                jobs.append(WordsJob(self.folder / locale, locale, source=source))
            elif self.earlier is not None and (found.changed or self._may_have_other_words(locale, written)):
                before = self.earlier.folder / locale
                jobs.append(WordsJob(self.folder / locale, locale, before, found.changed, source))
        return jobs

    def _may_have_other_words(self, locale: str, written: WrittenArticles) -> bool:
        """Whether the words of a locale may have changed though its own articles haven't."""
        return written.changed and locale == self.source_locale

    def articles_to_read(self, job: WordsJob) -> int:
        if job.earlier is not None:
            return len(job.changed)
        return entry_of(job.folder).articles

    def checksums(self) -> dict[str, tuple[int, str]]:
        """(bytes, sha256) of all files by name, sorted; of linked ones they are known."""
        names = sorted(p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*") if p.is_file())
        return {name: self._linked.get(name) or checksum(self.folder / name) for name in names}


def entry_of(folder: Path) -> LocaleEntry:
    """What the manifest says of a locale."""
    reader = ArticleReader(folder / ARTICLES)
    try:
        counts = reader.counts()
        return LocaleEntry(counts.articles, len(reader.passages()), counts.units, counts.translation)
    finally:
        reader.close()
