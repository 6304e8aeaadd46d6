"""Units as text: both sides of each, and the localization that they belong to."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kb.article import Article, Block, Segment, Side
from kb.errors import IndexDamaged
from kb.generation import REBUILD
from kb.packed import unpack
from kb.unittokens import Ids, UnitTokens, unpack_ids, unpack_tokens


class UnitText(NamedTuple):
    """Both sides of a unit as visible text; in an article without units, of a block or table cell.

    unit         the unit's number, None outside units
    covers       the numbers that it stands for
    source       what it translates; None in the source's own localization, and where nobody knows
    block        index of its block; start, stop: half-open range of the article's segments, counted through it
    corrected    whether text comes from an imported memory and not from the article's file
    refolded     the text folded (kb.folding.fold), where lower case is not all of that
    packed       its tokens, as kb.unittokens packs them
    """

    unit: str | None
    covers: tuple[str, ...]
    text: str
    source: str | None
    block: int
    start: int
    stop: int
    corrected: bool = False
    refolded: str | None = None
    packed: bytes = b""

    @property
    def folded(self) -> str:
        return self.text.lower() if self.refolded is None else self.refolded

    @property
    def tokens(self) -> UnitTokens:
        return unpack_tokens(self.packed)

    @property
    def pivot(self) -> str:
        """The text that localizations are aligned by."""
        return self.text if self.source is None else self.source


@dataclass(frozen=True)
class ArticleUnits:
    """One localization's units in reading order.

    source_hash  the digest of the source file that was translated, where the front matter has it
    own_file     whether it was read from a file of its own, as the source side of bilingual articles is not
    outlined     kinds and headings, packed, since few lookups ask for them
    """

    path: str
    locale: str
    title: str
    translation: str | None
    date: str | None
    variant: str
    source_language: str
    source_hash: str | None
    own_file: bool
    units: tuple[UnitText, ...]
    outlined: bytes

    def same_source_file(self, other: ArticleUnits) -> bool:
        """Whether both were made of one version of the source file, as far as the front matter tells."""
        return self.source_hash is not None and self.source_hash == other.source_hash

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kind of each block."""
        return self._outline[0]

    @property
    def headings(self) -> tuple[tuple[str, ...], ...]:
        """The headings above each block, outermost first."""
        return self._outline[1]

    @cached_property
    def _outline(self) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        try:
            kinds, headings = unpack(self.outlined)
            return tuple(kinds), tuple(tuple(heading) for heading in headings)
        except (zlib.error, ValueError) as error:
            raise IndexDamaged(
                f"blocks of {self.path}@{self.locale} can't be read ({error}); {REBUILD}"
            ) from error

    @cached_property
    def held(self) -> tuple[Ids, npt.NDArray[np.int64]]:
        """(ids of all tokens, the index of each one's unit) in reading order."""
        ids, counts = unpack_ids(unit.packed for unit in self.units)
        return ids, np.repeat(np.arange(len(counts)), counts)


def units_of(article: Article) -> Iterator[UnitText]:
    """An article's units in reading order.

    An article that has units gives those alone: what stands outside is equal on both sides. Of one without, each
    block and each table cell that says something counts as one.
    """
    has_units = any(s.unit is not None for block in article.blocks for s in block.segments)
    offset = 0
    for index, block in enumerate(article.blocks):
        if has_units:
            for n, s in enumerate(block.segments, offset):
                if s.unit is not None:
                    source = None if s.source is None else s.text("source")
                    yield UnitText(
                        s.unit, s.covers, s.text("target"), source, index, n, n + 1, corrected=s.corrected
                    )
        else:
            yield from _pieces(block, index, offset)
        offset += len(block.segments)


def _pieces(block: Block, index: int, offset: int) -> Iterator[UnitText]:
    cells = [cell for part in block.parts for cell in part.cells]
    for start, stop in cells if block.kind == "table" else [(0, len(block.segments))]:
        said = [s for s in block.segments[start:stop] if not s.marker]
        text = _joined(said, "target")
        source = None if any(s.source is None for s in said) else _joined(said, "source")
        if text or source:
            corrected = any(s.corrected for s in said)
            yield UnitText(None, (), text, source, index, offset + start, offset + stop, corrected=corrected)


def _joined(segments: Sequence[Segment], side: Side) -> str:
    return "".join(s.glue * (n > 0) + s.text(side) for n, s in enumerate(segments)).strip()
