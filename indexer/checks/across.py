"""Findings that only the whole run shows: several translations, labels left in English, names translated."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from indexer.checks.finding import Found, Kind
from indexer.checks.spool import Spool

# A locale keeps a name where at least this many units have it, and this share of them keep it.
NAME_UNITS = 15
NAME_SHARE = 0.9
ACRONYM_UNITS = 15
ACRONYM_SHARE = 0.93
# A label is translated where at least this many units do so, and this share of them.
LABEL_UNITS = 3
LABEL_SHARE = 0.75
# … and at least this many in the same way; what is bold may have been mixed up.
LABEL_ALIKE = 2
# Shorter sources may well mean different things in different places.
LEAST_WORDS = 3

PairFound = tuple[int, Found]


def find_across(spool: Spool, kinds: Collection[Kind]) -> None:
    """Adds the findings of these kinds to the spool, whose articles are all in."""
    spool.index()
    finders = {"inconsistent": inconsistent, "label": english_labels}
    for kind, finder in finders.items():
        if kind in kinds:
            _add(spool, finder(spool))
    for kind, units, share in (("name", NAME_UNITS, NAME_SHARE), ("acronym", ACRONYM_UNITS, ACRONYM_SHARE)):
        if kind in kinds:
            _add(spool, lost_terms(spool, "name" if kind == "name" else "acronym", units, share))


def _add(spool: Spool, found: Iterator[PairFound]) -> None:
    """What a reading cursor yields is written when it is through, a few thousand at a time."""
    for n, (pair, one) in enumerate(found):
        spool.add_found(pair, n, one)


def inconsistent(spool: Spool) -> Iterator[PairFound]:
    """One finding for each translation that is not the commonest of its source in the locale, at its first unit."""
    groups = spool.rows(
        "SELECT locale, source_key FROM pair WHERE target_key <> '' GROUP BY locale, source_key"
        " HAVING min(target_key) <> max(target_key) ORDER BY locale, source_key"
    )
    for locale, source_key in groups:
        if source_key.count(" ") + 1 < LEAST_WORDS:
            continue
        variants = list(
            spool.rows(
                "SELECT target_key, count(*), min(id) FROM pair WHERE locale = ? AND source_key = ?"
                " AND target_key <> '' GROUP BY target_key ORDER BY count(*) DESC, min(id)",
                (locale, source_key),
            )
        )
        total = sum(count for _, count, _ in variants)
        (common,) = next(spool.rows("SELECT target FROM pair WHERE id = ?", (variants[0][2],)))
        for _, count, first in variants[1:]:
            told = f"{len(variants)} translations in {total} units; {variants[0][1]} say: {_short(common)}"
            told += f"; {count} say this" if count > 1 else ""
            yield first, Found("inconsistent", told)


def english_labels(spool: Spool) -> Iterator[PairFound]:
    """Bold labels equal to their source, where most units of the locale translate that label."""
    groups = spool.rows(
        "SELECT locale, source, count(*) AS n, sum(instr(target, source) = 0) AS other FROM label"
        " GROUP BY locale, source HAVING other >= ? AND other >= ? * n AND sum(source = target) > 0"
        " ORDER BY locale, source",
        (LABEL_UNITS, LABEL_SHARE),
    )
    for locale, source, total, translated in groups:
        usual = next(
            spool.rows(
                "SELECT target, count(*) FROM label WHERE locale = ? AND source = ? AND instr(target, source) = 0"
                " GROUP BY target ORDER BY count(*) DESC, target",
                (locale, source),
            )
        )
        if usual[1] < LABEL_ALIKE:
            continue
        told = f"elsewhere {translated} of {total} translate this label, {usual[1]} as {usual[0]!r}"
        for pair, s0, s1, t0, t1 in spool.rows(
            "SELECT pair, s0, s1, t0, t1 FROM label WHERE locale = ? AND source = ? AND target = source"
            " ORDER BY pair, s0",
            (locale, source),
        ):
            yield pair, Found("label", told, ((s0, s1),), ((t0, t1),))


def lost_terms(spool: Spool, kind: Kind, units: int, share: float) -> Iterator[PairFound]:
    """Names or acronyms that a unit lacks and the locale keeps; of names in names the longest, one a unit and place."""
    spool.db.execute("CREATE TEMP TABLE IF NOT EXISTS lost (pair, term, start, stop, kept, total)")
    spool.db.execute("DELETE FROM lost")
    spool.db.execute(
        "INSERT INTO lost SELECT t.pair, t.term, t.start, t.stop, g.kept, g.total FROM"
        " (SELECT locale, term, sum(kept = 2) AS kept, count(*) AS total FROM term WHERE kind = ?1"
        "  GROUP BY locale, term HAVING count(*) >= ?2 AND sum(kept = 2) >= ?3 * count(*)) g"
        " JOIN term t ON t.locale = g.locale AND t.kind = ?1 AND t.term = g.term AND t.kept = 0",
        (kind, units, share),
    )
    taken: list[tuple[int, int]] = []
    at = 0
    for pair, term, start, stop, kept, total in spool.rows(
        "SELECT * FROM lost ORDER BY pair, stop - start DESC, start"
    ):
        if pair != at:
            at, taken = pair, []
        if any(start < b and a < stop for a, b in taken):
            continue
        taken.append((start, stop))
        told = f"{term} is not in the translation; {kept} of {total} units of this locale keep it"
        yield pair, Found(kind, told, ((start, stop),))


def _short(text: str) -> str:
    bare = " ".join(text.split())
    return bare if len(bare) <= 160 else bare[:159] + "…"
