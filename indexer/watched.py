"""What a source looks like from outside: its article files and archives by time, size and inode, none of them read.

Files are looked at again and again, and not told of by the system (inotify and the like): that works on network drives
and mounted folders too, misses nothing while a build runs or a queue overflows, and needs no library. It sees just the
files that a build would (indexer.folder).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from indexer.archives import archive_suffix
from indexer.entries import Unread
from indexer.folder import Folder, read_file
from indexer.sources import MAX_ARTICLE_BYTES, decode_article

Stamp = tuple[int, int, int]  # time of change in ns, bytes, inode
Snapshot = Mapping[Path, Stamp | None]
_GONE = None


def snapshot(sources: Sequence[Path]) -> Snapshot:
    """Every file that the sources consist of; OSError where one of them isn't there or can't be listed."""
    return {file: _stamp(file) for source in sources for file in _files(source)}


def _files(source: Path) -> Iterator[Path]:
    if not source.is_dir():
        source.stat()  # or it isn't there
        yield source
        return
    yield from (source / entry.name for entry in Folder(source).entries)
    yield from (path for path in source.iterdir() if archive_suffix(path.name) is not None)


def _stamp(file: Path) -> Stamp | None:
    try:
        found = file.stat()
    except OSError:
        return _GONE
    return found.st_mtime_ns, found.st_size, found.st_ino


def unreadable(files: Sequence[Path]) -> dict[Path, str]:
    """Article files that are no articles at this moment, each with the reason; archives are left to the build."""
    found = {}
    for file in files:
        if archive_suffix(file.name) is None:
            content = read_file(file, MAX_ARTICLE_BYTES)
            text = content if isinstance(content, Unread) else decode_article(content)
            if isinstance(text, Unread) and file.exists():
                found[file] = text.reason
    return found


def git_at_work(source: Path) -> bool:
    """Whether git is changing the checkout that a source lies in, by git's own lock."""
    for folder in (source.absolute(), *source.absolute().parents):
        git = folder / ".git"
        if git.is_dir():
            return (git / "index.lock").exists()
        if git.is_file():  # of a linked worktree or a submodule
            try:
                told = git.read_text(encoding="utf-8", errors="replace").partition("gitdir:")[2].strip()
            except OSError:  # it is being made or removed
                return True
            return bool(told) and Path(os.path.join(folder, told), "index.lock").exists()  # noqa: PTH118  may be absolute
    return False
