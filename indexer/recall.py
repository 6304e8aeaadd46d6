"""Files that an earlier build has read already: known by their text, archives by their bytes, so that what is unchanged
is neither opened nor parsed again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from indexer.buildstate import ArchiveRecord, FileFacts
from indexer.sources import ArticleFile, ExcludedFile, SeenFile, SkippedFile, content_hash
from indexer.stamp import program_stamp, stamp_of
from kb.checked import checksum


@dataclass(frozen=True, slots=True)
class KnownFile:
    """An article file whose text has been read before, and what came of it."""

    source: str
    name: str
    key: str
    facts: FileFacts


def file_key(file: ArticleFile | ExcludedFile | SeenFile, locale: str | None, source_locale: str) -> str:
    """Names a file's text, and all else that what comes of it depends on."""
    if isinstance(file, SeenFile):
        excluded, digest = file.pattern is not None, file.digest
    else:
        excluded, digest = isinstance(file, ExcludedFile), content_hash(file.data)
    kind = "excluded" if excluded else "article"
    return stamp_of(program_stamp(), source_locale, locale or "", kind, file.source, file.name, digest)


class RecalledArchive:
    """An archive with the bytes that it had when it was read before."""

    def __init__(self, label: str, records: Sequence[ArchiveRecord], files: Mapping[str, FileFacts]) -> None:
        self.label = label
        self._records = records
        self._files = files

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[KnownFile | SkippedFile]:
        for record in self._records:
            if record.key is None:
                yield SkippedFile(self.label, record.name, record.line, record.reason or "")
            else:
                yield KnownFile(self.label, record.name, record.key, self._files[record.key])


class Recall:
    """What an earlier build knows of this one's sources.

    origins  by locale the origin of each article that is still there as it was parsed
    keys     of the archives that were asked for, by label
    """

    def __init__(
        self,
        files: Mapping[str, FileFacts],
        archives: Mapping[str, list[ArchiveRecord]],
        origins: Callable[[str], Mapping[str, str]],
        *,
        locale: str | None,
        source_locale: str,
        excludes: Sequence[str],
    ) -> None:
        self.keys: dict[str, str] = {}
        self._files = files
        self._archives = archives
        self._origins = cache(origins)
        self._locale = locale
        self._source_locale = source_locale
        self._settings = stamp_of(program_stamp(), source_locale, locale or "", *excludes)

    def archive(self, label: str, path: Path) -> RecalledArchive | None:
        """The archive, if all its files are known; OSError if it can't be read."""
        key = self.keys[label] = stamp_of(self._settings, label, checksum(path)[1])
        records = self._archives.get(key)
        if records is None or not all(r.key is None or self._usable(r.key) for r in records):
            return None
        return RecalledArchive(label, records, self._files)

    def file(self, file: ArticleFile | ExcludedFile | SeenFile) -> KnownFile | None:
        key = file_key(file, self._locale, self._source_locale)
        return KnownFile(file.source, file.name, key, self._files[key]) if self._usable(key) else None

    def _usable(self, key: str) -> bool:
        """Whether what came of a file is known, and its article, if it is one, still there."""
        facts = self._files.get(key)
        if facts is None:
            return False
        return (
            facts.excluded or facts.problem is not None or self._origins(facts.locale).get(facts.path) == key
        )
