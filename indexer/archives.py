"""Article files of tar and zip archives, read in place: nothing is unpacked to where its name points."""

from __future__ import annotations

import gzip
import lzma
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import IO, cast

from indexer.entries import Entry, Unread, in_order, os_reason, packed_entry, shown, too_large
from kb.errors import InputError

ARCHIVE_SUFFIXES = (".tar.gz", ".tgz", ".tar.xz", ".tar", ".zip")
_PIECE = 1 << 16
_SPOOL_IN_MEMORY = 4 << 20
# A header may announce a name of any length, which tarfile would read in one piece.
_LONGEST_HEADER = 1 << 20
# ValueError, struct.error and the like: what tarfile and zipfile let through on headers of nonsense
DAMAGE = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    gzip.BadGzipFile,
    EOFError,
    ValueError,
    struct.error,
    OverflowError,
    NotImplementedError,
)
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_DOS = 0


def archive_suffix(name: str) -> str | None:
    """Which of ARCHIVE_SUFFIXES the name ends in."""
    return next((suffix for suffix in ARCHIVE_SUFFIXES if name.lower().endswith(suffix)), None)


def open_archive(path: Path) -> Tar | Zip:
    """The archive, listed; InputError if it is damaged, OSError if the disk doesn't give it."""
    try:
        return Zip(path) if archive_suffix(path.name) == ".zip" else Tar(path)
    except DAMAGE as error:
        raise InputError(
            f"{path}: found a damaged archive ({error or type(error).__name__}), expected a whole one;"
            " pack or download it again"
        ) from None


class Tar:
    """A tar archive, packed or not. Its catalogue takes one pass over it, since only that shows damage.

    Contents come in the order of the names; where the archive has another order its articles go through a
    temporary file, in one pass as well.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.others = 0
        self._stamp = _stamp(path)
        with unpacked(path) as raw:
            self.entries = in_order(self._list(raw))

    def read(self, max_bytes: int) -> Iterator[tuple[Entry, bytes | Unread]]:
        wanted = [entry for entry in self.entries if entry.refused is None and entry.size <= max_bytes]
        with (
            _unchanged(self.path, self._stamp),
            unpacked(self.path) as raw,
            tempfile.SpooledTemporaryFile(max_size=_SPOOL_IN_MEMORY) as spool,
        ):
            file, places = raw, {entry.place: entry.place for entry in wanted}
            if any(entry.place > following.place for entry, following in pairwise(wanted)):
                file = cast(IO[bytes], spool)
                places = _spool(raw, wanted, file)
            for entry in self.entries:
                yield entry, _unread(entry, max_bytes) or _piece(file, places[entry.place], entry.size)

    def _list(self, raw: IO[bytes]) -> Iterator[Entry]:
        guard = Guard(raw)
        with tarfile.open(fileobj=cast(IO[bytes], guard), mode="r:", encoding="utf-8") as tar:
            member = tar.next()
            end = -1
            while member is not None:
                if member.offset_data <= end:
                    raise tarfile.ReadError(f"the header at {member.offset:,} points back")
                end = member.offset_data
                vars(tar)["members"] = []  # or it keeps every header
                entry = packed_entry(member.name, Entry("", member.size, end, odd_member(member)))
                if entry is not None and not member.isdir():
                    yield entry
                else:
                    self.others += member.isreg()
                member = tar.next()
        # tarfile takes a header of nonsense, or none, for the end
        if guard.last.strip(b"\0") or not guard.last:
            raise tarfile.ReadError("no end marker: cut short, or a header overwritten")
        while raw.read(_PIECE):  # the checksum comes last
            pass


class Zip:
    """A zip archive of stored or deflated files, the two kinds whose unpacking can be bounded."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp = _stamp(path)
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
        found = [
            packed_entry(_zip_name(info), Entry("", info.file_size, index, _odd_info(info)))
            for index, info in enumerate(infos)
            if not info.filename.endswith("/")
        ]
        self.entries = in_order(entry for entry in found if entry is not None)
        self.others = len(found) - len(self.entries)

    def read(self, max_bytes: int) -> Iterator[tuple[Entry, bytes | Unread]]:
        with _unchanged(self.path, self._stamp), zipfile.ZipFile(self.path) as archive:
            infos = archive.infolist()
            for entry in self.entries:
                yield entry, _unread(entry, max_bytes) or _inflate(archive, infos[entry.place])


class Guard:
    """A file for tarfile: remembers what was read last, refuses headers of absurd length."""

    def __init__(self, raw: IO[bytes]) -> None:
        self.raw = raw
        self.last = b""
        self.seek: Callable[..., int] = raw.seek
        self.tell: Callable[[], int] = raw.tell

    def read(self, size: int) -> bytes:
        if not 0 <= size <= _LONGEST_HEADER:
            raise tarfile.ReadError(f"a header of {size:,} bytes")
        self.last = self.raw.read(size)
        return self.last


def unpacked(path: Path) -> IO[bytes]:
    suffix = archive_suffix(path.name)
    if suffix in (".tar.gz", ".tgz"):
        return cast(IO[bytes], gzip.open(path))
    return cast(IO[bytes], lzma.open(path)) if suffix == ".tar.xz" else path.open("rb")


def _stamp(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


@contextmanager
def _unchanged(path: Path, stamp: tuple[int, int, int]) -> Iterator[None]:
    """Holds while the archive is the one that was listed; InputError if it is not."""
    try:
        found: tuple[int, int, int] | None = _stamp(path)
    except FileNotFoundError:
        found = None
    if found != stamp:
        raise InputError(
            f"{path}: the archive {'changed' if found else 'is gone'} since the run began; run it again"
        )
    try:
        yield
    except OSError as error:
        raise InputError(
            f"{path}: the archive can't be read any more ({os_reason(error)}); run it again"
        ) from None


def _piece(file: IO[bytes], place: int, size: int) -> bytes:
    file.seek(place)
    return file.read(size)


def _spool(raw: IO[bytes], wanted: list[Entry], spool: IO[bytes]) -> dict[int, int]:
    """Where in the spool the entries begin, by their place in the archive."""
    places = {}
    for entry in sorted(wanted, key=lambda entry: entry.place):
        places[entry.place] = spool.tell()
        data = _piece(raw, entry.place, entry.size)
        try:
            spool.write(data)
            spool.flush()
        except OSError as error:
            raise InputError(
                f"{tempfile.gettempdir()}: can't hold an archive's articles ({os_reason(error)});"
                " free some room there, or set TMPDIR to another folder"
            ) from None
    return places


def _unread(entry: Entry, max_bytes: int) -> Unread | None:
    if entry.refused is not None:
        return Unread(entry.refused)
    return too_large(entry.size, max_bytes) if entry.size > max_bytes else None


def _inflate(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes | Unread:
    """The file's bytes: at most as many as its header says, which the caller has checked."""
    try:
        with archive.open(info) as file:
            return file.read(info.file_size)
    except DAMAGE as error:
        return Unread(f"damaged in the archive: {error or type(error).__name__}")


def odd_member(member: tarfile.TarInfo) -> str | None:
    if member.issym() or member.islnk():
        return f"a link to {shown(member.linkname)} in an archive; pack the file itself"
    if member.issparse():
        return "packed as a sparse file; pack it again without --sparse"
    return None if member.isreg() else "a device or pipe in an archive; expected a file"


def _odd_info(info: zipfile.ZipInfo) -> str | None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "a link in an archive; pack the file itself"
    if kind not in (0, stat.S_IFREG):
        return "a device or pipe in an archive; expected a file"
    if info.flag_bits & _ENCRYPTED_FLAG:
        return "encrypted; pack it without a password"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"packed by method {info.compress_type}; pack it stored or deflated"
    return None


def _zip_name(info: zipfile.ZipInfo) -> str:
    """The name: UTF-8 if the flag says so or if it can be, else code page 437."""
    name = info.filename
    if not info.flag_bits & _UTF8_FLAG:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = info.filename
    return name.replace("\\", "/") if info.create_system == _DOS else name
