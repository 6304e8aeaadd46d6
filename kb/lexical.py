"""Postings and BM25: one immutable index per (collection, locale), as kb.lexicalwriter writes it.

Five fields (kb.lexicalfields). tantivy proposes a few hundred rows (kb.proposals); the score that counts is computed
here, from the exact counts that lie beside in arrays:

    score(row)  = Σ w(f) · idf(t) · tf / (tf + k1 · (1 − b + b · length / mean length))  /  Σ w(f) · idf(t)
    idf(t)      = ln(1 + (N − df + 0.5) / (df + 0.5))

both sums over the fields f and the query's distinct tokens t in each; tf, length, mean length and df are
the field's. That is BM25 as Lucene has it (Kamphuis et al. 2020, "Which BM25 Do You Mean?"), as the share of
what the query could reach: 0 ≤ score < 1, one scale for every query and index. Tokens that the index does
not know count in the denominator with df = 0, so a query of unknown words scores low.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kb.errors import IndexDamaged, InputError
from kb.lexicalfields import FIELDS, field_tokens, weighed_tokens
from kb.postings import (
    UNKNOWN,
    Floats,
    idf,
    key_of,
    read_postings,
    saturation,
    term_id,
)
from kb.proposals import Proposals
from kb.text import analyse

ABOUT = "lexical.json"
TANTIVY = "tantivy"  # folder of kb.proposals
FORMAT = 2
_A_FEW = 3  # rows that have a word before it counts as one of the locale's


class LexicalHit(NamedTuple):
    row: int
    score: float


@dataclass(frozen=True, slots=True)
class LexicalSettings:
    """How a query is scored: k1 and b of BM25, a weight for each field; nothing of it is in the index.

    max_terms   a field's most informative known tokens that are looked up; the rest only counts in the
                denominator
    margin      rows that tantivy proposes beyond top_k, since its order is not exact
    """

    k1: float = 1.2
    b: float = 0.75
    stem: float = 1.0
    gram: float = 0.75
    title: float = 0.1
    title_stem: float = 0.5
    exact: float = 1.0
    max_terms: int = 48
    margin: int = 100

    def weight(self, field: str) -> float:
        weight: float = getattr(self, field)
        return weight


class LexicalIndex:
    """A reader of one index; several threads and processes may search at once. Opening never writes to the folder."""

    def __init__(self, folder: Path, language: str, settings: LexicalSettings | None = None) -> None:
        self.language = language
        self.settings = settings or LexicalSettings()
        try:
            about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
            found = (about["format"], about["language"], tuple(about["fields"]))
            if found != (FORMAT, language, FIELDS):
                wanted = (FORMAT, language, FIELDS)
                raise IndexDamaged(f"{folder} is a lexical index of {found}, expected {wanted}; index again")
            self.rows: int = about["rows"]
            self._terms, self._starts, self._rows, self._counts, self._fields, self._lengths = read_postings(
                folder
            )
            self._proposals = Proposals(folder / TANTIVY)
        except (OSError, EOFError, KeyError, TypeError, ValueError) as problem:
            raise IndexDamaged(f"lexical index {folder} cannot be read ({problem}); index again") from problem
        self._means = {
            field: float(self._lengths[f].mean()) if self.rows else 0.0 for f, field in enumerate(FIELDS)
        }
        self._latest: tuple[str, list[_Lookup]] = ("", [])

    def search(self, query: str, top_k: int) -> list[LexicalHit]:
        """The best rows with a score above 0, ordered by (-score, row); [] for a query without words."""
        lookups = self._lookups(query)
        if top_k <= 0 or not any(lookup.known for lookup in lookups):
            return []
        terms = ((lookup.field, known.term, lookup.weight) for lookup in lookups for known in lookup.known)
        rows = self._proposals.propose(terms, top_k + self.settings.margin)
        scores = self._score(lookups, rows)
        order = np.lexsort((rows, -scores))[:top_k]
        return [LexicalHit(int(rows[i]), float(scores[i])) for i in order if scores[i] > 0]

    def score(self, query: str, rows: Sequence[int]) -> Floats:
        """float64 [len(rows)], the exact score of any rows: what `search` gives for those that it finds."""
        wanted = np.asarray(rows, dtype=np.int64)
        if wanted.size and (wanted.min() < 0 or wanted.max() >= self.rows):
            raise InputError(
                f"rows {wanted.min()} to {wanted.max()} asked of a lexical index of {self.rows} rows"
            )
        unique, inverse = np.unique(wanted, return_inverse=True)
        return self._score(self._lookups(query), unique)[inverse]

    def known_share(self, text: str) -> float:
        """The share of a text's distinct words that a few rows have, 0 to 1; 0 for a text without words."""
        found = [token.text for token in analyse(text, self.language) if token.text.isalpha()]
        postings = [self.postings(token, "stem") for token in dict.fromkeys(found)]
        return sum(p.stop - p.start >= _A_FEW for p in postings) / len(postings) if postings else 0.0

    def weights(self, query: str) -> dict[tuple[str, str], float]:
        """Inverse document frequency of the query's tokens by (field, token), in the fields of `weighed_tokens`."""
        found: dict[tuple[str, str], float] = {}
        for field, token in weighed_tokens(query, self.language):
            postings = self.postings(token, field)
            found[field, token] = float(idf(postings.stop - postings.start, self.rows))
        return found

    def holders(self, token: str, field: str = "exact") -> npt.NDArray[np.int64]:
        """Rows whose field has a token, ascending: of "exact" a folded identifier, of "stem" what analyse gives."""
        return np.asarray(self._rows[self.postings(token, field)], dtype=np.int64)

    def postings(self, token: str, field: str) -> slice:
        """Where the postings of a field's token lie; its length is how many rows have it."""
        place = term_id(self._terms, field, token)
        if place >= UNKNOWN:
            return slice(0, 0)
        return slice(int(self._starts[place]), int(self._starts[place + 1]))

    def ids(self, tokens: Iterable[str], field: str) -> npt.NDArray[np.uint32]:
        """Numbers of a field's tokens (kb.postings.term_id)."""
        return np.array([term_id(self._terms, field, token) for token in tokens], dtype=np.uint32)

    def df(self, ids: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
        """In how many rows each of the tokens is; 0 for those that the index does not have."""
        known = ids < len(self._terms)
        places = np.where(known, ids, 0)
        return np.asarray((self._starts[places + 1] - self._starts[places]) * known, dtype=np.int64)

    def posted(self, number: int) -> npt.NDArray[Any]:
        """The rows of a token that the index has, by its number, ascending."""
        return self._rows[self._starts[number] : self._starts[number + 1]]

    def damage(self) -> Iterator[str]:
        """What does not add up among the arrays and tantivy's documents; nothing of a whole index."""
        postings = len(self._rows)
        if self._proposals.rows != self.rows or self._lengths.shape != (len(FIELDS), self.rows):
            yield f"has {self._proposals.rows} documents and {self._lengths.shape} lengths for {self.rows} rows"
        if len(self._starts) != len(self._terms) + 1 or {postings, len(self._counts)} != {
            int(self._starts[-1])
        }:
            yield f"has {postings} postings for {len(self._terms)} tokens, expected {self._starts[-1]}"
        elif len(self._fields) != len(self._terms) or self._fields.max(initial=0) >= len(FIELDS):
            yield f"has {len(self._fields)} fields of tokens for {len(self._terms)} tokens"
        elif self._starts[0] != 0 or not (_ascends(self._starts) and _ascends(self._terms)):
            yield "has tokens that are out of order"
        if postings and int(self._rows.max()) >= self.rows:
            yield f"has postings of row {self._rows.max()}, expected {self.rows} rows"
        if int(self._counts.sum(dtype=np.int64)) != int(self._lengths.sum(dtype=np.int64)):
            yield "has another number of tokens in its postings than in its rows"

    def _lookups(self, query: str) -> list[_Lookup]:
        # a question is looked up for the rows that it proposes, then for those that others have proposed
        asked, found = self._latest
        if asked != query:
            found = self._look_up(query)
            self._latest = (query, found)
        return found

    def _look_up(self, query: str) -> list[_Lookup]:
        lookups = []
        for field, tokens in field_tokens(query, "", self.language, query=True).items():
            if not tokens or not self.settings.weight(field):
                continue
            distinct = list(dict.fromkeys(tokens))
            keys = np.array([key_of(field, token) for token in distinct], dtype=np.uint64)
            places = np.searchsorted(self._terms, keys)
            found = np.zeros(len(keys), dtype=bool)
            inside = places < len(self._terms)
            found[inside] = self._terms[places[inside]] == keys[inside]
            df = np.zeros(len(keys), dtype=np.int64)
            df[found] = self._starts[places[found] + 1] - self._starts[places[found]]
            weights = idf(df, self.rows)
            best = np.flatnonzero(found)
            best = best[np.argsort(-weights[best], kind="stable")][: self.settings.max_terms]
            terms = places[best]
            spans = np.stack([terms, self._starts[terms], self._starts[terms + 1]], axis=1).tolist()
            known = [_Known(*span) for span in spans]
            lookups.append(
                _Lookup(field, self.settings.weight(field), float(weights.sum()), known, weights[best])
            )
        return lookups

    def _score(self, lookups: Sequence[_Lookup], rows: npt.NDArray[np.int64]) -> Floats:
        """The module's formula for rows that ascend without repeats."""
        scores = np.zeros(len(rows))
        wanted = rows.astype(self._rows.dtype)  # of another type, searchsorted would copy the postings
        for lookup in (lookup for lookup in lookups if lookup.known):
            tf = np.zeros((len(lookup.known), len(rows)))
            for counts, known in zip(tf, lookup.known, strict=True):
                holders = self._rows[known.start : known.end]
                places = holders.searchsorted(wanted)
                tf_there = self._counts[known.start : known.end].take(places, mode="clip")
                np.multiply(tf_there, holders.take(places, mode="clip") == wanted, out=counts)
            lengths = self._lengths[FIELDS.index(lookup.field)][rows]
            reached = saturation(tf, lengths, self._means[lookup.field], self.settings.k1, self.settings.b)
            scores += lookup.weight * (lookup.idfs[:, np.newaxis] * reached).sum(axis=0)
        reachable = sum(lookup.weight * lookup.total for lookup in lookups)
        return scores / reachable if reachable else scores


def _ascends(values: npt.NDArray[Any]) -> bool:
    return bool((values[1:] > values[:-1]).all())


class _Known(NamedTuple):
    """A token that the index knows by its place among the terms, and where its postings lie."""

    term: int
    start: int
    end: int


class _Lookup(NamedTuple):
    """A field's share in a query: Σ idf over all its tokens, and those that are looked up."""

    field: str
    weight: float
    total: float
    known: list[_Known]
    idfs: Floats
