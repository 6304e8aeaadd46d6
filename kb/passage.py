"""The passage: what is embedded and matched."""

from __future__ import annotations

from dataclasses import dataclass

from kb.article import Side


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of an article's segments, cut once for all localizations of a variant.

    number        from 1, in reading order; the passage's id is "path#number"
    start, stop   half-open range of the article's segments, counted through all its blocks
    context       title, heading path and lead-in that are embedded before the text; not part of the range
    text          visible text of the range on the side that was cut
    tokens        of context and text together, by the encoder's tokenizer, special tokens left out
    split         the range's step, row or paragraph was too long: a piece of it, others have the same range
    side          the side that was cut: "target" where the article has no source
    """

    number: int
    start: int
    stop: int
    context: str
    text: str
    tokens: int
    split: bool = False
    side: Side = "source"

    @property
    def embedded(self) -> str:
        """What the encoder reads."""
        return f"{self.context}\n{self.text}" if self.context else self.text
