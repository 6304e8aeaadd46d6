"""The only reader of article files: folders, git checkouts, archives and single files.

Every article file comes out as exactly one record (ArticleFile, ExcludedFile, or SkippedFile with a reason),
so that the counts of a run add up.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from indexer.archives import ARCHIVE_SUFFIXES, Tar, Zip, archive_suffix, open_archive
from indexer.entries import ARTICLE_SUFFIXES, Container, Unchanged, Unread, article_suffix, os_reason
from indexer.folder import Folder
from indexer.globs import Globs, compile_globs, first_match
from indexer.locate import article_name, article_path
from indexer.seenfiles import SeenFiles
from kb.errors import InputError

DEFAULT_EXCLUDES = ("**/includes/**", "TOC.*", "README.md")
MAX_ARTICLE_BYTES = 8_000_000
R = TypeVar("R")
_EXPECTED = (
    f"expected a folder of articles ({', '.join(ARTICLE_SUFFIXES)}),"
    f" an archive ({', '.join(ARCHIVE_SUFFIXES)}) or one article"
)


@dataclass(frozen=True, slots=True)
class ArticleFile:
    """An article file's text, line ends and byte order mark as found.

    source  the absolute path of the folder or archive
    name    below it, with forward slashes, else as found
    path    the article's path, see indexer/locate.py
    """

    source: str
    name: str
    path: str
    data: str


@dataclass(frozen=True, slots=True)
class ExcludedFile:
    """An article file that an exclude pattern keeps out of the index: read and counted all the same."""

    source: str
    name: str
    pattern: str
    data: str


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """An article file that can't be indexed, and why; `line` is 1-based where the trouble has one."""

    source: str
    name: str
    line: int | None
    reason: str


FileRecord = ArticleFile | ExcludedFile | SkippedFile


@dataclass(frozen=True, slots=True)
class SeenFile:
    """An article file, excluded where there is a pattern, that is as it was when it was read before.

    digest  what content_hash gives for its text; read: reads it after all
    """

    source: str
    name: str
    pattern: str | None
    digest: str
    read: Callable[[], FileRecord]


class Source:
    """A folder or an archive, listed when it is opened and read when it is iterated.

    Records come in the order of the files' names (code points), whatever the order on disk. len() is their
    number. A SeenFile comes only of a source that was opened with what has been seen. InputError while iterating:
    an archive that changed since it was opened.
    """

    def __init__(self, label: str, container: Container, globs: Globs, max_bytes: int) -> None:
        self.label = label
        self._container = container
        self._globs = globs
        self._max_bytes = max_bytes

    def __len__(self) -> int:
        return len(self._container.entries)

    def __iter__(self) -> Iterator[FileRecord | SeenFile]:
        for entry, content in self._container.read(self._max_bytes):
            if isinstance(content, Unchanged):
                pattern = self._excluded_by(entry.name)
                yield SeenFile(
                    self.label,
                    entry.name,
                    pattern,
                    content.digest,
                    partial(self._reread, entry.name, content),
                )
            else:
                yield self._record(entry.name, content)

    def _reread(self, name: str, seen: Unchanged) -> FileRecord:
        return self._record(name, seen.read())

    def _record(self, name: str, content: bytes | Unread) -> FileRecord:
        text = content if isinstance(content, Unread) else decode_article(content)
        if isinstance(text, Unread):
            return SkippedFile(self.label, name, text.line, text.reason)
        pattern = self._excluded_by(name)
        if pattern is not None:
            return ExcludedFile(self.label, name, pattern, text)
        return ArticleFile(self.label, name, article_path(name, self.label), text)

    def _excluded_by(self, name: str) -> str | None:
        return first_match(self._globs, (name, article_name(name, self.label)))


def open_sources(
    specs: Sequence[Path], excludes: Sequence[str] = DEFAULT_EXCLUDES, max_bytes: int = MAX_ARTICLE_BYTES
) -> list[Source]:
    """The sources in the order given, each listed and found sound before any article is read.

    An archive that lies directly in a given folder and holds articles is a source of its own, after the
    folder's own articles, by name. What is given twice is one source. InputError, one for all, if anything is
    missing, unreadable, damaged, of another kind or without any article.
    """

    def recall(_label: str, _path: Path) -> Source | None:
        return None

    return open_or_recall(specs, excludes, recall, max_bytes=max_bytes)


def open_or_recall(
    specs: Sequence[Path],
    excludes: Sequence[str],
    recall: Callable[[str, Path], R | None],
    seen: SeenFiles | None = None,
    max_bytes: int = MAX_ARTICLE_BYTES,
) -> list[Source | R]:
    """`open_sources`, but an archive stays closed for which `recall`, given its label and path, has something, and so
    does a folder's file that was seen as it is."""
    globs = compile_globs(excludes)
    sources: list[Source | R] = []
    problems = [] if specs else [f"found no source; {_EXPECTED}"]
    for label, spec in {os.path.normpath(spec.absolute()): spec for spec in specs}.items():
        try:
            sources += [
                Source(own, opened, globs, max_bytes) if isinstance(opened, Folder | Tar | Zip) else opened
                for own, opened in _open(spec, label, recall, seen)
            ]
        except InputError as problem:
            problems.append(str(problem))
        except OSError as problem:
            problems.append(
                f"{spec}: can't be read ({os_reason(problem)}); check the path and its permissions"
            )
    if problems:
        raise InputError("\n".join(problems))
    return sources


def _open(
    spec: Path, label: str, recall: Callable[[str, Path], R | None], seen: SeenFiles | None
) -> list[tuple[str, Folder | Tar | Zip | R]]:
    """(label, what it holds) of one thing given; OSError where the disk doesn't give it."""
    if spec.is_dir():
        return _open_folder(spec, label, recall, seen)
    if not spec.exists():
        raise InputError(
            f"{spec}: found nothing there; {_EXPECTED}: check the spelling, and the folder you are in"
        )
    if not spec.is_file():
        raise InputError(f"{spec}: found neither a file nor a folder; {_EXPECTED}")
    if archive_suffix(spec.name) is not None:
        if (recalled := recall(label, spec)) is not None:
            return [(label, recalled)]
        archive = open_archive(spec)
        if not archive.entries:
            raise InputError(
                f"{spec}: found no article in it, only {archive.others} other files; {_EXPECTED}"
            )
        return [(label, archive)]
    if article_suffix(spec.name):
        return [(str(Path(label).parent), Folder(spec.parent, only=spec.name, seen=seen))]
    raise InputError(f"{spec}: found a file that is neither an article nor an archive; {_EXPECTED}")


def _open_folder(
    spec: Path, label: str, recall: Callable[[str, Path], R | None], seen: SeenFiles | None
) -> list[tuple[str, Folder | Tar | Zip | R]]:
    folder = Folder(spec, seen=seen)
    opened: list[tuple[str, Folder | Tar | Zip | R]] = [(label, folder)] if folder.entries else []
    for path in sorted(
        path for path in spec.iterdir() if archive_suffix(path.name) is not None and path.is_file()
    ):
        own = str(Path(label, path.name))
        if (recalled := recall(own, path)) is not None:
            opened.append((own, recalled))
            continue
        archive = open_archive(path)
        if archive.entries:
            opened.append((own, archive))
    if not opened:
        deeper = sorted(
            {str(path.parent) for path in spec.glob("*/*") if archive_suffix(path.name) is not None}
        )
        hint = f"; archives lie in {', '.join(deeper)}: name these folders" if deeper else ""
        raise InputError(
            f"{spec}: found no article in the folder, only {folder.others} other files; {_EXPECTED}{hint}"
        )
    return opened


def decode_article(data: bytes) -> str | Unread:
    """The text of an article file, or why it has none: not UTF-8 (with line and byte), or empty."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return Unread("found UTF-16, expected UTF-8; save it as UTF-8", 1)
        line = data.count(b"\n", 0, error.start) + 1
        found = f"found byte 0x{data[error.start]:02X} at offset {error.start:,}"
        return Unread(f"not UTF-8: {found}, line {line}; save it as UTF-8", line)
    return text if text.removeprefix("\ufeff").strip() else Unread("empty: nothing but blanks")


def content_hash(data: str) -> str:
    """SHA-256 of the text as UTF-8, in hex: equal as long as the file is, wherever it lies."""
    return hashlib.sha256(data.encode("utf-8")).hexdigest()
