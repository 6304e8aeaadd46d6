"""What a collection's articles can be filtered and counted by, as small arrays over articles and locales.

A facet is that of the localization which is shown: an article that was translated by people into one locale and by
a machine into another is "HT" to one reader and "MT" to the other. Products are those of the article: the union of
all its localizations' front matter, since some translations drop values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from heapq import nlargest
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.browsedb import ArticleFacts

Ints = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

NO_TRANSLATION = "none"
_KINDS = (NO_TRANSLATION, "MT", "HT")
# Values of a facet that are counted out: the most frequent ones.
MAX_VALUES = 20
_ORDERS_IN_MEMORY = 64  # 8 bytes an article each


@dataclass(frozen=True, slots=True)
class Values:
    """Values of one facet in one locale's articles, as pairs: int32 [pairs], places in `names` and of articles."""

    names: list[str]
    value: Places
    article: Places


@dataclass(frozen=True, slots=True)
class LocaleFacets:
    """One locale's articles by columns, in the order of paths.

    translation  int8, places in the kinds; date: int32, 0 if unknown
    """

    paths: list[str]
    translation: npt.NDArray[np.int8]
    date: Places
    product: Values
    custom: Values


def locale_facets(articles: Sequence[ArticleFacts]) -> LocaleFacets:
    """A locale's columns of its articles."""
    kinds = [facts.translation or NO_TRANSLATION for facts in articles]
    return LocaleFacets(
        [facts.path for facts in articles],
        np.array([_KINDS.index(kind) if kind in _KINDS else 0 for kind in kinds], dtype=np.int8),
        np.array([day_number(facts.date) if facts.date else 0 for facts in articles], dtype=np.int32),
        _values([facts.product for facts in articles]),
        _values([facts.custom for facts in articles]),
    )


def _values(held: Sequence[Sequence[str]]) -> Values:
    number: dict[str, int] = {}
    pairs = [(number.setdefault(name, len(number)), i) for i, names in enumerate(held) for name in names]
    columns = np.array(pairs, dtype=np.int32).reshape(-1, 2)
    return Values(list(number), columns[:, 0].copy(), columns[:, 1].copy())


class FacetTable:
    """Facets of one collection. Threads may share one.

    paths       all articles, sorted
    of_row      for each row of the views the place of its article in `paths`
    shown       for wanted locales, best first, the number of the locale that each article is shown in: the first
                wanted one that it exists in, else the source, else its first; as `kb.show.display_locale` has it
    """

    def __init__(
        self,
        row_paths: Sequence[str],
        stored: Mapping[str, LocaleFacets],
        paths_by_locale: Mapping[str, frozenset[str]],
        source_locale: str,
    ) -> None:
        self.locales = sorted(paths_by_locale)
        self.paths = sorted(set().union(*paths_by_locale.values()))
        place = {path: i for i, path in enumerate(self.paths)}
        self._place = place
        self.of_row: Ints = np.array([place[path] for path in row_paths], dtype=np.int64)
        shape = (len(self.locales), len(self.paths))
        self._present = np.zeros(shape, dtype=bool)
        self._translation = np.zeros(shape, dtype=np.int8)
        self._date = np.zeros(shape, dtype=np.int32)
        own: list[Places] = []
        for n, locale in enumerate(self.locales):
            self._present[n, [place[path] for path in paths_by_locale[locale]]] = True
            facets = stored[locale]
            own.append(np.array([place[path] for path in facets.paths], dtype=np.int32))
            self._translation[n, own[n]] = facets.translation
            self._date[n, own[n]] = facets.date
        there = [stored[locale] for locale in self.locales]
        self._values = {
            "product": _united([facets.product for facets in there], own, len(self.paths)),
            "custom": _united([facets.custom for facets in there], own, len(self.paths)),
        }
        self._held = {name: _by_article(values, len(self.paths)) for name, values in self._values.items()}
        self.shown = lru_cache(_ORDERS_IN_MEMORY)(partial(_shown, self._present, self.locales, source_locale))

    def exists_in(self, locale: str) -> Mask:
        return np.asarray(self._present[self.locales.index(locale)])

    def with_product(self, wanted: Sequence[str]) -> Mask:
        """Articles that any of the values stands in the front matter of, case ignored."""
        found = np.zeros(len(self.paths), dtype=bool)
        folded = {value.casefold() for value in wanted}
        for values in self._values.values():
            for value, articles in values.items():
                if value.casefold() in folded:
                    found[articles] = True
        return found

    def with_translation(self, wanted: Sequence[str], shown: Ints) -> Mask:
        """Articles shown in a localization of any of the kinds "MT", "HT" and "none"."""
        codes = [_KINDS.index(kind) for kind in wanted]
        return np.isin(self._translation[shown, np.arange(len(self.paths))], codes)

    def dated(self, first: str | None, last: str | None, shown: Ints) -> Mask:
        """Articles shown in a localization dated from `first` to `last` (ISO, inclusive); none without a date."""
        days = self._date[shown, np.arange(len(self.paths))]
        low = day_number(first) if first else 1
        high = day_number(last) if last else np.iinfo(np.int32).max
        return np.asarray((days >= low) & (days <= high) & (days > 0))

    def rows_of(self, paths: Sequence[str]) -> Ints:
        """Rows of the views that belong to the articles named, ascending; paths that there are none of are skipped."""
        named = np.zeros(len(self.paths), dtype=bool)
        named[[self._place[path] for path in paths if path in self._place]] = True
        return self.rows(named)

    def rows(self, articles: Mask) -> Ints:
        """Rows of the views that belong to the articles, ascending."""
        return np.asarray(np.flatnonzero(articles[self.of_row]), dtype=np.int64)

    def counts(self, paths: Sequence[str], shown: Ints) -> dict[str, Counter[str]]:
        """How many of the articles have each value of each facet; a year for the date."""
        here = np.array([self._place[path] for path in paths], dtype=np.int64)
        years = self._date[shown[here], here] // 10_000
        counted: dict[str, Counter[str]] = {
            "locale": _counted(shown[here], self.locales),
            "translation": _counted(self._translation[shown[here], here], _KINDS),
            "year": Counter({str(year): count for year, count in _tally(years[years > 0])}),
        }
        for name, held in self._held.items():
            counted[name] = _counted(held.of(here), held.names)
        return counted


def most_frequent(counts: Mapping[str, int], limit: int = MAX_VALUES) -> dict[str, int]:
    """The most frequent values with their counts, frequent first, then by value."""
    # of hundreds of values most have a count that is out of the question
    least = min(nlargest(limit, counts.values()), default=0)
    often = [item for item in counts.items() if item[1] >= least]
    return dict(sorted(often, key=lambda item: (-item[1], item[0]))[:limit])


def _counted(numbers: npt.NDArray[np.integer[Any]], names: Sequence[str]) -> Counter[str]:
    """How many there are of each name, by its number."""
    return Counter({names[number]: count for number, count in _tally(numbers)})


def _tally(numbers: npt.NDArray[np.integer[Any]]) -> Iterator[tuple[int, int]]:
    """(number, how many there are of it), ascending."""
    found, counts = np.unique(numbers, return_counts=True)
    return zip(found.tolist(), counts.tolist(), strict=True)


def day_number(iso: str) -> int:
    """20250314 for "2025-03-14"."""
    return int(iso[:10].replace("-", ""))


def _united(of_locales: Sequence[Values], places: Sequence[Places], articles: int) -> dict[str, Places]:
    """By value, in order, the articles that have it in any locale, ascending.

    places: of each locale's articles among all
    """
    names = sorted(set().union(*(values.names for values in of_locales)))
    number = {name: n for n, name in enumerate(names)}
    pairs = [
        np.array([number[name] for name in values.names], dtype=np.int64)[values.value] * articles
        + own[values.article]
        for values, own in zip(of_locales, places, strict=True)
    ]
    # by numpy as a whole: value by value it takes ten times as long, at each swap of generations
    held = np.unique(np.concatenate(pairs)) if pairs else np.empty(0, dtype=np.int64)
    starts = np.searchsorted(held, np.arange(len(names) + 1) * articles).tolist()
    found = (held % max(articles, 1)).astype(np.int32)
    return {name: found[starts[n] : starts[n + 1]] for name, n in number.items()}


@dataclass(frozen=True, slots=True)
class _Held:
    """Values of one facet by article: those of article i are values[starts[i]:starts[i + 1]], places in `names`."""

    names: list[str]
    starts: Ints
    values: Places

    def of(self, articles: Ints) -> Places:
        """Values of some articles, one after the other."""
        firsts, counts = self.starts[articles], np.diff(self.starts)[articles]
        before = np.repeat(np.cumsum(counts) - counts, counts)
        return np.asarray(self.values[np.repeat(firsts, counts) + np.arange(len(before)) - before])


def _by_article(values: Mapping[str, Places], articles: int) -> _Held:
    article = np.concatenate([np.empty(0, dtype=np.int32), *values.values()])
    value = np.repeat(np.arange(len(values), dtype=np.int32), [len(held) for held in values.values()])
    order = np.argsort(article, kind="stable")
    return _Held(list(values), np.searchsorted(article[order], np.arange(articles + 1)), value[order])


def _shown(present: Mask, locales: Sequence[str], source: str, wanted: tuple[str | None, ...]) -> Ints:
    shown = np.argmax(present, axis=0)
    for locale in (source, *reversed(wanted)):
        if locale in locales:
            n = locales.index(locale)
            shown = np.where(present[n], n, shown)
    return np.asarray(shown, dtype=np.int64)
