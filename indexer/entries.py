"""The hand-over between what holds article files (a folder, an archive) and the reading of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

ARTICLE_SUFFIXES = (".md", ".markdown", ".mdx")
IGNORED_FOLDERS = (".git", "__MACOSX")
NAME_NOT_UTF8 = "the name is not valid UTF-8; rename the file"
_ABSOLUTE = re.compile(r"/|[A-Za-z]:[/\\]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One article file by its name; `refused` says why it can't be read, known without opening it.

    name   below the container, forward slashes, no "." and no empty parts, else as found
    place  where the container finds it: offset in an unpacked tar, index in a zip
    """

    name: str
    size: int = 0
    place: int = 0
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """Why an article file could not be read; `line` is 1-based where the trouble has one."""

    reason: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """An article file that is as it was when it was read before; `read` reads it all the same.

    digest  SHA-256 of its bytes, hex
    """

    digest: str
    read: Callable[[], bytes | Unread]


class Container(Protocol):
    """Article files in the order of their names, and how many other files lie beside them."""

    @property
    def entries(self) -> Sequence[Entry]: ...

    @property
    def others(self) -> int: ...

    def read(self, max_bytes: int) -> Iterator[tuple[Entry, bytes | Unread | Unchanged]]:
        """Every entry in order with its bytes, one at a time; InputError if the container has changed."""
        ...


def article_suffix(name: str) -> str:
    """The suffix that makes a file an article, as spelled; "" for other files.

    macOS's "._" files, which hold attributes, are none, nor is a file whose whole name is a suffix.
    """
    base = name.rpartition("/")[2]
    stem, dot, suffix = base.rpartition(".")
    if f".{suffix.lower()}" not in ARTICLE_SUFFIXES or base.startswith("._") or not stem.strip("."):
        return ""
    return dot + suffix


def shown(name: str) -> str:
    """The name with bytes that are not UTF-8 written as \\xff."""
    if name.isascii():
        return name
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def packed_entry(name: str, entry: Entry) -> Entry | None:
    """The entry under its name cleaned, refused where that leads elsewhere; None if it is no article."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if not parts or not article_suffix(parts[-1]) or not set(parts).isdisjoint(IGNORED_FOLDERS):
        return None
    if _ABSOLUTE.match(name):
        return replace(
            entry, name=shown(name), refused="absolute name in an archive; pack the folder by a relative one"
        )
    if ".." in parts:
        return replace(entry, name=shown(name), refused="the name leads out of the archive")
    clean = "/".join(parts)
    return replace(
        entry, name=shown(clean), refused=entry.refused if shown(clean) == clean else NAME_NOT_UTF8
    )


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """The entries by name; of equal names all but the last packed are refused."""
    ordered = sorted(entries, key=lambda entry: (entry.name, entry.place))
    for index, (entry, following) in enumerate(pairwise(ordered)):
        if entry.name == following.name and entry.refused is None:
            ordered[index] = replace(
                entry, refused="the archive holds this name more than once; only the copy packed last is read"
            )
    return ordered


def too_large(size: int, max_bytes: int) -> Unread:
    return Unread(f"{size:,} bytes; at most {max_bytes:,} are read: split the article")


def os_reason(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__
