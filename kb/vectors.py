"""Embedding views: FAISS rows in passage order, centred by language. The only file that imports faiss."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from kb.errors import IndexDamaged
from kb.generation import REBUILD

Floats = npt.NDArray[np.float32]


def centre(vectors: Floats, mean: npt.NDArray[np.float64]) -> Floats:
    """Vectors without their language: the language's mean subtracted, unit length again (float32 [n, dim]).

    E5's vectors carry the language of their text; without it, texts of equal meaning meet across languages
    (Yang et al. 2021, "A simple and effective method to eliminate the self language bias").
    """
    shifted = vectors.astype(np.float64) - mean
    norms = np.linalg.norm(shifted, axis=1, keepdims=True)
    return np.asarray(shifted / np.where(norms == 0.0, 1.0, norms), dtype=np.float32)


def mean_of(vectors: Floats) -> npt.NDArray[np.float64]:
    """The mean vector, summed in float64 in row order so that equal rows give equal bits; zeros for no rows."""
    if not len(vectors):
        return np.zeros(vectors.shape[1], dtype=np.float64)
    return np.asarray(np.add.reduce(vectors.astype(np.float64), axis=0) / len(vectors), dtype=np.float64)


def write_view(file: Path, vectors: Floats) -> None:
    """Writes a view: exact inner product, fp16 rows."""
    index = faiss.IndexScalarQuantizer(
        vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    index.train(vectors)
    index.add(np.ascontiguousarray(vectors))
    file.parent.mkdir(parents=True, exist_ok=True)
    faiss.write_index(index, str(file))


class View:
    """A view opened for search. Threads may share one."""

    def __init__(self, file: Path) -> None:
        try:
            self._index = faiss.read_index(str(file), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
        except RuntimeError as error:
            raise IndexDamaged(f"{file} is no readable view ({error}); {REBUILD}") from error

    @property
    def rows(self) -> int:
        return int(self._index.ntotal)

    def top(self, query: Floats, top_k: int) -> tuple[npt.NDArray[np.int64], Floats]:
        """(rows, inner products) of the rows nearest to a unit vector [dim], best first, ties by row."""
        if not self.rows:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        # the setting is each thread's own; a second thread costs more than it helps on views of this size
        faiss.omp_set_num_threads(1)
        found, rows = self._index.search(np.ascontiguousarray(query[None, :]), min(top_k, self.rows))
        order = np.lexsort((rows[0], -found[0]))
        return rows[0][order], found[0][order]

    def at(self, query: Floats, rows: npt.NDArray[np.int64]) -> Floats:
        """Inner product of a unit vector [dim] with the given rows, in their order."""
        if not len(rows):
            return np.empty(0, dtype=np.float32)
        return np.asarray(self._index.reconstruct_batch(rows) @ query, dtype=np.float32)

    def all(self) -> Floats:
        """float32 [rows, dim], every row as the view keeps it."""
        return np.asarray(self._index.reconstruct_n(0, self.rows), dtype=np.float32)
