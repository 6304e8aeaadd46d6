"""Article files of a folder or a git checkout."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from indexer.entries import (
    IGNORED_FOLDERS,
    NAME_NOT_UTF8,
    Entry,
    Unchanged,
    Unread,
    article_suffix,
    os_reason,
    shown,
    too_large,
)
from indexer.seenfiles import SeenFiles
from kb.errors import InputError

_GONE = "gone since the run began"
Remember = Callable[[Path, os.stat_result, os.stat_result, bytes], None]


class Folder:
    """A folder and everything below it, or just one file of it.

    Symbolic links are followed inside the folder, each once and never upwards, so that the walk ends. OSError
    if the folder itself can't be listed.

    only  the one file that is wanted of it; seen: tells of files that needn't be read
    """

    def __init__(self, root: Path, only: str | None = None, seen: SeenFiles | None = None) -> None:
        self.root = root
        self._seen = seen
        self.others = 0
        self._real_root = Path(os.path.realpath(root))
        self._followed: set[Path] = set()
        whole = only is None
        found = (
            self._walk("", self._real_root, frozenset([self._real_root])) if whole else [_entry(only or "")]
        )
        self.entries = sorted(found, key=lambda entry: entry.name)

    def read(self, max_bytes: int) -> Iterator[tuple[Entry, bytes | Unread | Unchanged]]:
        """Each file's bytes; InputError where the whole folder has gone meanwhile, unmounted for example: one whose
        files go one by one would pass for one that has been tidied."""
        place = str(self.root.absolute() / "_")[:-1]
        for entry in self.entries:
            if entry.refused:
                yield entry, Unread(entry.refused)
                continue
            path = place + entry.name
            digest = self._digest(path)
            if digest is None:
                yield entry, self._read(path, max_bytes)
            else:
                yield entry, Unchanged(digest, partial(self._read, path, max_bytes))

    def _digest(self, path: str) -> str | None:
        try:
            return self._seen.digest(path) if self._seen else None
        except OSError:  # reading it tells why
            return None

    def _read(self, path: str, max_bytes: int) -> bytes | Unread:
        content = read_file(Path(path), max_bytes, self._seen.remember if self._seen else None)
        if isinstance(content, Unread) and content.reason == _GONE and not _holds_anything(self.root):
            raise InputError(
                f"{self.root} has gone, or is empty, since the run began; run again when it is back"
            )
        return content

    def _walk(self, prefix: str, real: Path, above: frozenset[Path]) -> Iterator[Entry]:
        """Articles below `prefix`, a folder that is really at `real`; `above`: it and what led to it."""
        try:
            with os.scandir(real) as listing:
                items = sorted(listing, key=lambda item: item.name)
        except OSError as error:
            if not prefix:
                raise
            yield Entry(shown(prefix), refused=f"the folder can't be listed: {os_reason(error)}")
            return
        for item in items:
            name = f"{prefix}/{item.name}" if prefix else item.name
            # a path is made for what needs one: of 35,000 files they take a quarter of a second
            linked = item.is_symlink()
            if linked:
                own, target = real / item.name, Path(os.path.realpath(item.path))
                refused = self._refused_link(own, target, above)
                if refused is not None:
                    if article_suffix(name) or target.is_dir() or target.is_symlink():
                        yield Entry(
                            shown(name), refused=f"symbolic link {refused} ({shown(str(own.readlink()))})"
                        )
                    continue
            if target.is_dir() if linked else item.is_dir():
                if item.name not in IGNORED_FOLDERS:
                    below = target if linked else real / item.name
                    yield from self._walk(name, below, above | {below})
            elif not article_suffix(name):
                self.others += 1
            elif target.is_file() if linked else item.is_file():
                yield _entry(name)
            else:
                yield Entry(shown(name), refused="found a pipe, socket or device; expected a file")

    def _refused_link(self, own: Path, target: Path, above: frozenset[Path]) -> str | None:
        """Why the link isn't followed; what a circle of links resolves to is a link still."""
        if target in above or target.is_symlink():
            return "that runs in a circle"
        if self._real_root not in target.parents:
            return "that leaves the source; name its target as a source of its own"
        if not target.exists():
            return "to nothing"
        if own in self._followed:
            return "that was followed by another way already"
        self._followed.add(own)
        return None


def read_file(path: Path, max_bytes: int, remember: Remember | None = None) -> bytes | Unread:
    """The file's bytes; never more than the limit in memory.

    remember  is told of what was read, and what the disk said of it before and after
    """
    try:
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            size = before.st_size
            data = b"" if size > max_bytes else file.read(max_bytes + 1)
            if remember is not None and size <= max_bytes:
                remember(path, before, os.fstat(file.fileno()), data)
    except FileNotFoundError:
        return Unread(_GONE)
    except OSError as error:
        return Unread(f"can't be read: {os_reason(error)}")
    return too_large(max(size, len(data)), max_bytes) if max(size, len(data)) > max_bytes else data


def _holds_anything(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except OSError:
        return False


def _entry(name: str) -> Entry:
    return Entry(shown(name), refused=None if shown(name) == name else NAME_NOT_UTF8)
