"""Units of several localizations aligned: in order, by equal source text, the number breaking ties.

Each localization is aligned with what the ones before it have given, so that a sentence which only some variants
have gets its place among the others. What a longest common subsequence leaves over is matched where one unit's
source concatenates several others' (p-units), then where two sources are alike: a sentence that was edited; last, a
sentence that no localization has twice is one row wherever it moved to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kb.unittext import UnitText

# Two sources with this share of words in common (Dice) are versions of one sentence.
_ALIKE = 0.5
# A longest common subsequence of more cells than this is left to a diff that ignores numbers.
_MAX_CELLS = 4_000_000
_MAX_GAP = 400


@dataclass(slots=True)
class _Node:
    """A unit of the first localization that has it, and indexes of the units aligned with it by localization."""

    unit: UnitText
    members: dict[int, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AlignedRow:
    """Units that say the same: for each localization, by its place, the indexes of its units in order."""

    members: dict[int, tuple[int, ...]]


def align_units(localizations: Sequence[Sequence[UnitText]]) -> list[AlignedRow]:
    """Rows in reading order, of the first localization above all; every unit of each is in exactly one row."""
    nodes: list[_Node] = []
    parents: dict[int, _Node] = {}  # by id: nodes that a unit of some localization joins with an earlier one
    for n, units in enumerate(localizations):
        nodes = _merge(nodes, parents, n, units)
    rows: dict[int, dict[int, list[int]]] = {}
    for node in nodes:
        row = rows.setdefault(id(_root(node, parents)), {})
        for n, members in node.members.items():
            row.setdefault(n, []).extend(m for m in members if m not in row.get(n, ()))
    _join_moved(rows, localizations)
    return [AlignedRow({n: tuple(sorted(m)) for n, m in row.items()}) for row in rows.values()]


def _join_moved(rows: dict[int, dict[int, list[int]]], localizations: Sequence[Sequence[UnitText]]) -> None:
    """Joins rows of one text that stands in another place in some localizations, in none of them twice."""
    texts: dict[str, list[int]] = {}
    for key, row in rows.items():
        pivots = {localizations[n][m].pivot for n, members in row.items() for m in members}
        if len(pivots) == 1 and (text := pivots.pop()):
            texts.setdefault(text, []).append(key)
    for keys in texts.values():
        held = [n for key in keys for n, members in rows[key].items() for _ in members]
        if len(held) == len(set(held)):
            first, *others = sorted(keys, key=lambda key: min(rows[key]))
            for key in others:
                rows[first].update(rows.pop(key))


def _root(node: _Node, parents: dict[int, _Node]) -> _Node:
    while id(node) in parents:
        node = parents[id(node)]
    return node


def _merge(nodes: list[_Node], parents: dict[int, _Node], n: int, units: Sequence[UnitText]) -> list[_Node]:
    """The nodes with localization `n` aligned; units without a partner become nodes of their own, in place."""
    out: list[_Node] = []
    at_node = at_unit = 0
    for node_range, unit_range in [*_pairs([x.unit for x in nodes], units), (None, None)]:
        stop_node = len(nodes) if node_range is None else node_range.start
        stop_unit = len(units) if unit_range is None else unit_range.start
        out += nodes[at_node:stop_node]
        out += [_Node(units[i], {n: [i]}) for i in range(at_unit, stop_unit)]
        if node_range is None or unit_range is None:
            break
        joined = nodes[node_range.start : node_range.stop]
        joined[0].members.setdefault(n, []).extend(unit_range)
        first = _root(joined[0], parents)
        for other in joined[1:]:
            if (root := _root(other, parents)) is not first:
                parents[id(root)] = first
        out += joined
        at_node, at_unit = node_range.stop, unit_range.stop
    return out


def _pairs(left: Sequence[UnitText], right: Sequence[UnitText]) -> Iterator[tuple[range, range]]:
    """Ranges of units that stand for each other, ascending on both sides; mostly of one each."""
    start, limit = 0, min(len(left), len(right))
    while start < limit and _same(left[start], right[start]):
        yield range(start, start + 1), range(start, start + 1)
        start += 1
    end = 0
    while end < limit - start and _same(left[-1 - end], right[-1 - end]):
        end += 1
    stops = len(left) - end, len(right) - end
    a, b = start, start
    for i, j in [*_common(left[start : stops[0]], right[start : stops[1]], start), stops]:
        yield from _gap(left, right, range(a, i), range(b, j))
        if (i, j) != stops:
            yield range(i, i + 1), range(j, j + 1)
        a, b = i + 1, j + 1
    for n in range(end):
        yield range(stops[0] + n, stops[0] + n + 1), range(stops[1] + n, stops[1] + n + 1)


def _same(one: UnitText, other: UnitText) -> bool:
    return one.unit == other.unit and one.pivot == other.pivot


def _common(left: Sequence[UnitText], right: Sequence[UnitText], offset: int) -> list[tuple[int, int]]:
    """Index pairs of a longest common subsequence of source texts, with as many equal numbers as one can have."""
    if not left or not right or len(left) * len(right) > _MAX_CELLS:
        return []
    texts = [u.pivot for u in left], [u.pivot for u in right]
    # best[i][j]: of left[i:] and right[j:], pairs times a large number, and equal numbers among them
    large = min(len(left), len(right)) + 1
    best = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) - 1, -1, -1):
        below, row = best[i + 1], best[i]
        for j in range(len(right) - 1, -1, -1):
            found = max(below[j], row[j + 1])
            if texts[0][i] == texts[1][j] and texts[0][i]:
                found = max(found, below[j + 1] + large + (left[i].unit == right[j].unit))
            row[j] = found
    pairs = []
    i = j = 0
    while i < len(left) and j < len(right) and best[i][j]:
        gain = large + (left[i].unit == right[j].unit)
        if texts[0][i] == texts[1][j] and texts[0][i] and best[i][j] == best[i + 1][j + 1] + gain:
            pairs.append((offset + i, offset + j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _gap(
    left: Sequence[UnitText], right: Sequence[UnitText], mine: range, theirs: range
) -> Iterator[tuple[range, range]]:
    """Pairs in a stretch without equal units: concatenations, and between them texts that are alike."""
    if not mine or not theirs or max(len(mine), len(theirs)) > _MAX_GAP:
        return
    a, b = mine.start, theirs.start
    for i, j in _concatenations(left, right, mine, theirs):
        yield from _alike(left, right, range(a, i.start), range(b, j.start))
        yield i, j
        a, b = i.stop, j.stop
    yield from _alike(left, right, range(a, mine.stop), range(b, theirs.stop))


def _concatenations(
    left: Sequence[UnitText], right: Sequence[UnitText], mine: range, theirs: range
) -> Iterator[tuple[range, range]]:
    at = theirs.start
    i = mine.start
    while i < mine.stop:
        found = next(
            (f for j in range(at, theirs.stop) if (f := _joined(left, right, (i, mine), (j, theirs)))), None
        )
        if found is None:
            i += 1
            continue
        yield found
        i, at = found[0].stop, found[1].stop


def _joined(
    left: Sequence[UnitText], right: Sequence[UnitText], mine: tuple[int, range], theirs: tuple[int, range]
) -> tuple[range, range] | None:
    """The shortest ranges from the two starts on whose texts are equal, blanks dropped."""
    i, j = mine[0], theirs[0]
    one, other = _bare(left[i]), _bare(right[j])
    while one and other and one != other:
        if len(one) < len(other):
            i += 1
            if not other.startswith(one) or i >= mine[1].stop:
                return None
            one += _bare(left[i])
        else:
            j += 1
            if not one.startswith(other) or j >= theirs[1].stop:
                return None
            other += _bare(right[j])
    return (range(mine[0], i + 1), range(theirs[0], j + 1)) if one and one == other else None


def _bare(unit: UnitText) -> str:
    return "".join(unit.pivot.split())


def _alike(
    left: Sequence[UnitText], right: Sequence[UnitText], mine: range, theirs: range
) -> Iterator[tuple[range, range]]:
    """Pairs of units in order that have the most words in common; an equal number decides between equals."""
    if not mine or not theirs:
        return
    words = (
        {i: Counter(left[i].pivot.split()) for i in mine},
        {j: Counter(right[j].pivot.split()) for j in theirs},
    )
    best: dict[tuple[int, int], float] = {}
    chosen: dict[tuple[int, int], bool] = {}
    for i in reversed(mine):
        for j in reversed(theirs):
            skip = max(best.get((i + 1, j), 0.0), best.get((i, j + 1), 0.0))
            share = _dice(words[0][i], words[1][j])
            pair = share + 0.001 * (left[i].unit == right[j].unit) + best.get((i + 1, j + 1), 0.0)
            chosen[i, j] = share >= _ALIKE and pair > skip
            best[i, j] = pair if chosen[i, j] else skip
    i, j = mine.start, theirs.start
    while i < mine.stop and j < theirs.stop:
        if chosen[i, j]:
            yield range(i, i + 1), range(j, j + 1)
            i, j = i + 1, j + 1
        elif best.get((i + 1, j), 0.0) >= best.get((i, j + 1), 0.0):
            i += 1
        else:
            j += 1


def _dice(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / ((one.total() + other.total()) or 1)
