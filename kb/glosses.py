"""A text word by word in the language of the source: for each word what a locale's units have for it most often.

On disk, in a locale's folder, `glosses.npz`, written by indexer.glosses from bilingual units alone:

    terms   uint32, ascending: words as the locale's word index numbers their stems
    places  uint32, of each what it is called, as its place in
    names   uint8, UTF-8 text of a line for each name
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from kb.errors import IndexDamaged
from kb.generation import REBUILD
from kb.lexical import LexicalIndex
from kb.text import analyse
from kb.unitdb import FIELD
from kb.unittokens import Ids

FILE = "glosses.npz"
# A text of which the units have a smaller share of words is hardly in their language. Of development questions in Latin
# and Cyrillic letters they have .5 to 1, of those in simplified Chinese .45 to .9 (bigrams), in traditional .2 to .5.
_KNOWN = 0.4


class Glosses:
    """A locale's glosses, opened. Threads may share one.

    lexical  the locale's word index
    """

    def __init__(self, file: Path, lexical: LexicalIndex) -> None:
        self._lexical = lexical
        try:
            # opened here, since numpy leaves a file open that is no archive
            with file.open("rb") as stream, np.load(stream) as found:
                self._terms, self._places = found["terms"], found["places"]
                self._names = found["names"].tobytes().decode("utf-8").split("\n")
        except (OSError, EOFError, KeyError, ValueError, BadZipFile) as error:
            raise IndexDamaged(f"{file} can't be read ({error}); {REBUILD}") from error
        ascending = (self._terms[1:] > self._terms[:-1]).all()
        if len(self._places) != len(self._terms) or not ascending or not self._all_named():
            raise IndexDamaged(f"{file} has {len(self._terms)} words that are not all named; {REBUILD}")

    def _all_named(self) -> bool:
        return not len(self._places) or int(self._places.max()) < len(self._names)

    def __len__(self) -> int:
        return len(self._terms)

    def of(self, text: str) -> str:
        """The names of a text's words in their order, each once; "" where units have too few of its words.

        A word that no unit has stays as it is where it may be a name or a code, in ASCII; one that units render in too
        many ways is left out.
        """
        tokens = analyse(text, self._lexical.language)
        names = self.names_of([token.text for token in tokens])
        known = sum(name is not None for name in names)
        if not known or known < _KNOWN * len(names):
            return ""
        said = []
        for token, name in zip(tokens, names, strict=True):
            as_it_is = text[token.start : token.end] if token.text.isascii() else ""
            said.append(as_it_is if name is None else name)
        return " ".join(filter(None, dict.fromkeys(said)))

    def names_of(self, stems: Sequence[str]) -> list[str | None]:
        """What each of the locale's stems is called, "" where it has too many names, None where no unit has it."""
        if not len(self._terms):
            return [None] * len(stems)
        ids = self._lexical.ids(stems, FIELD)
        at = np.minimum(np.searchsorted(self._terms, ids), len(self._terms) - 1)
        there, places = (self._terms[at] == ids).tolist(), self._places[at].tolist()
        return [self._names[place] if known else None for place, known in zip(places, there, strict=True)]


def write_glosses(folder: Path, terms: Ids, names: Sequence[str]) -> None:
    """Writes a locale's file. terms: ascending; names: of each, "" for one that has too many."""
    distinct = sorted({*names})
    place = {name: n for n, name in enumerate(distinct)}
    np.savez(
        folder / FILE,
        terms=terms.astype(np.uint32),
        places=np.array([place[name] for name in names], dtype=np.uint32),
        names=np.frombuffer("\n".join(distinct).encode("utf-8"), dtype=np.uint8),
    )
