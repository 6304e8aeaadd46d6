"""Rows of an .npy file, read where they stand and not mapped: what a map has shown stays in a process's own memory as
long as there is room, and an operator counts it there."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.errors import IndexDamaged
from kb.generation import REBUILD

# (from, to) of rows that follow each other
Span = tuple[int, int]


class RowFile:
    """An array in C order, opened. Threads may share one; it is closed with its last user.

    Errors: OSError and ValueError where there is no such file, or one of another size than its header says.
    """

    def __init__(self, file: Path) -> None:
        mapped = np.lib.format.open_memmap(file, mode="r")  # reads the header, and holds it against the size
        self.dtype, self.shape = mapped.dtype, mapped.shape
        if not mapped.flags.c_contiguous or not mapped.ndim:
            raise ValueError(f"{file} is not an array of rows")
        self._offset = int(mapped.offset)
        self._row = mapped.dtype.itemsize * int(np.prod(mapped.shape[1:], dtype=np.int64))
        self._file = file
        self._descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        self._seeking = threading.Lock()
        weakref.finalize(self, os.close, self._descriptor)

    def __len__(self) -> int:
        return int(self.shape[0])

    def read(self, spans: Iterable[Span]) -> npt.NDArray[Any]:
        """The rows of each span, one span after the other. IndexDamaged where the file has become shorter."""
        spans = list(spans)
        rows = np.empty((sum(stop - start for start, stop in spans), *self.shape[1:]), dtype=self.dtype)
        if not rows.size:
            return rows
        buffer = rows.reshape(-1).view(np.uint8).data
        at = 0
        for start, stop in spans:
            size = (stop - start) * self._row
            self._read_into(buffer[at : at + size], self._offset + start * self._row)
            at += size
        return rows

    def _read_into(self, buffer: memoryview, position: int) -> None:
        while buffer:
            got = self._read_at(buffer, position)
            if not got:
                raise IndexDamaged(f"{self._file} has become shorter; {REBUILD}")
            buffer, position = buffer[got:], position + got

    def _read_at(self, buffer: memoryview, position: int) -> int:
        if hasattr(os, "preadv"):
            return os.preadv(self._descriptor, [buffer], position)
        with self._seeking:  # Windows has one position a file
            os.lseek(self._descriptor, position, os.SEEK_SET)
            read = os.read(self._descriptor, len(buffer))
        buffer[: len(read)] = read
        return len(read)
