"""An article's localizations laid side by side: whole, or one unit of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kb.embedded import Collection
from kb.unitalign import AlignedRow, align_units
from kb.units import UnitReader
from kb.unittext import ArticleUnits, UnitText
from kb.unittokens import UnitTokens, join_tokens


@dataclass(frozen=True, slots=True)
class Lined:
    """Localizations of an article laid side by side, the newest variant's first; rows index into them."""

    localizations: tuple[ArticleUnits, ...]
    rows: tuple[AlignedRow, ...]

    def text_of(self, row: AlignedRow, n: int) -> str:
        return joined(self.localizations[n], row.members.get(n, ()), "text")

    def source_of(self, row: AlignedRow, n: int) -> str:
        return joined(self.localizations[n], row.members.get(n, ()), "pivot")

    def tokens_of(self, row: AlignedRow, n: int) -> UnitTokens:
        """The tokens of `text_of`."""
        units = [self.localizations[n].units[m] for m in row.members.get(n, ())]
        return join_tokens([u.text for u in units], [u.tokens for u in units])


def line_up(reader: UnitReader, collection: Collection, path: str, names: Sequence[str]) -> Lined:
    """The article's localizations in the named locales aligned; the source's version stands first.

    First is the localization of the newest source: the source's own file, else by date, then by how many locales
    have its variant. One that nothing joins to the source (a monolingual file of another structure) is left out.
    """
    there = [
        name for name in collection.locales_of(path) if name in names or name == collection.source_locale
    ]
    found = [a for name in there if (a := reader.article(collection.name, name, path)) is not None]
    variants = [a.variant for a in found]

    def place(a: ArticleUnits) -> tuple[object, ...]:
        return (
            not (a.locale == collection.source_locale and a.own_file),
            _descending(a.date),
            -variants.count(a.variant),
            a.locale != collection.source_locale,
            -len(a.units),
            a.locale,
        )

    ordered = sorted(found, key=place)
    kept = [a for n, a in enumerate(ordered) if not n or is_joined_to_source(a, collection.source_locale)]
    return Lined(tuple(kept), tuple(align_units([a.units for a in kept])))


def is_joined_to_source(article: ArticleUnits, source_locale: str) -> bool:
    """Whether a localization's text has a source side, or is the source."""
    return article.locale == source_locale or any(u.source is not None for u in article.units)


def _descending(date: str | None) -> tuple[int, ...]:
    return tuple(-ord(c) for c in date or "") or (0,)


def joined(article: ArticleUnits, members: Sequence[int], side: Literal["text", "pivot"]) -> str:
    """Texts of several units as one; between scripts without spaces nothing would stand, a blank does no harm."""
    texts = [getattr(article.units[m], side) for m in members]
    return " ".join(text for text in texts if text)


def line_up_units(
    reader: UnitReader,
    collection: Collection,
    found: Sequence[tuple[ArticleUnits, int]],
    names: Sequence[str],
) -> list[tuple[Lined, AlignedRow]]:
    """Each of some units (a localization, the unit's index) aligned with those of the other named locales.

    Of localizations of one variant that have the unit's number the rest need not be aligned.
    """
    wanted = {(article.path, article.units[n].unit) for article, n in found}
    numbered = sorted((path, number) for path, number in wanted if number is not None)
    locales = dict.fromkeys([*(article.locale for article, _ in found), *names])
    cut = {name: reader.numbered(collection.name, name, numbered) for name in locales}
    aligned = []
    for article, n in found:
        key = article.path, article.units[n].unit
        own = dict.fromkeys((article.locale, *names))
        there = [cut[name][key] for name in own if key in cut[name]]
        aligned.append(
            _by_number(there, article, n) or _by_alignment(reader, collection, article, n, list(own))
        )
    return aligned


def _by_number(
    there: Sequence[ArticleUnits], article: ArticleUnits, unit: int
) -> tuple[Lined, AlignedRow] | None:
    """there: localizations cut down to the unit's number; None where that does not tell."""
    wanted = article.units[unit]
    if not there or any(a.variant != article.variant for a in there):
        return None
    at = [next((n for n, u in enumerate(a.units) if _same_unit(u, wanted)), None) for a in there]
    members: dict[int, tuple[int, ...]] = {n: (m,) for n, m in enumerate(at) if m is not None}
    return (Lined(tuple(there), ()), AlignedRow(members)) if len(members) == len(there) else None


def _by_alignment(
    reader: UnitReader, collection: Collection, article: ArticleUnits, unit: int, names: Sequence[str]
) -> tuple[Lined, AlignedRow]:
    lined = line_up(reader, collection, article.path, names)
    place = next((n for n, a in enumerate(lined.localizations) if a.locale == article.locale), None)
    if place is None:
        return Lined((article,), ()), AlignedRow({0: (unit,)})
    return lined, next(row for row in lined.rows if unit in row.members.get(place, ()))


def _same_unit(one: UnitText, other: UnitText) -> bool:
    return one.unit == other.unit and one.pivot == other.pivot
