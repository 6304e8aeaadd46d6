"""Rows that tantivy proposes for tokens: the only file that imports it.

It holds each token as its number, and rounds lengths; so its order is near that of kb.lexical, which counts.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import tantivy

from kb.lexicalfields import FIELDS
from kb.postings import Postings

_WRITER_HEAP = 1_000_000_000  # bytes, used as far as needed; what does not fit goes into another segment


def write_proposals(folder: Path, postings: Postings) -> None:
    """Writes to a folder that is there and empty.

    tantivy knows a token by its place among the postings' terms, so that no text is analysed again for it.
    """
    writer = tantivy.Index(_schema(), path=str(folder)).writer(_WRITER_HEAP, num_threads=1)
    names = [str(place) for place in range(len(postings.terms))]
    for row, fields in enumerate(postings.by_row()):
        document = tantivy.Document()
        document.add_unsigned("row", row)
        for field, places in zip(FIELDS, fields, strict=True):
            document.add_text(field, " ".join([names[place] for place in places.tolist()]))
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    mode = folder.stat().st_mode & 0o666
    for file in folder.iterdir():
        if file.suffix == ".lock":
            file.unlink()
        else:
            file.chmod(mode)  # tantivy keeps meta.json to its own user, whatever the umask


class Proposals:
    """A reader; several threads and processes may ask at once.

    Opening never writes to the folder: tantivy insists on a lock file beside its own, so it is given a
    temporary folder of links to them (copies where the system has no links) for as long as opening takes.
    OSError and ValueError where the folder can't be read.
    """

    def __init__(self, folder: Path) -> None:
        self._searcher = _open(folder)
        self._schema = _schema()

    @property
    def rows(self) -> int:
        return int(self._searcher.num_docs)

    def propose(self, terms: Iterable[tuple[str, int, float]], limit: int) -> npt.NDArray[np.int64]:
        """Row numbers, ascending, that tantivy's own BM25 puts first. terms: field, place among the postings' terms,
        weight."""
        asked = []
        for field, place, weight in terms:
            term = tantivy.Query.term_query(self._schema, field, str(place), "freq")
            asked.append((tantivy.Occur.Should, tantivy.Query.boost_query(term, weight)))
        hits = self._searcher.search(tantivy.Query.boolean_query(asked), limit, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in hits])
        return np.sort(np.array(rows, dtype=np.int64))


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder().add_unsigned_field("row", fast=True)
    for field in FIELDS:
        # tantivy's own splitter at ASCII blanks gives back the numbers
        builder = builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def _open(folder: Path) -> Any:
    """A searcher on the one commit in the folder; it keeps the files open by itself."""
    with tempfile.TemporaryDirectory(prefix="kb-lexical-", ignore_cleanup_errors=True) as temporary:
        for file in folder.iterdir():
            link = Path(temporary) / file.name
            try:
                link.symlink_to(file.resolve())
            except (OSError, NotImplementedError):
                shutil.copyfile(file, link)
        index = tantivy.Index.open(temporary)
        index.config_reader("manual")
        return index.searcher()
