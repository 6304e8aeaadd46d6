"""Units that a page shows no text of: in a link's target, an attribute, a cell beyond its table's columns."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace

from indexer.segments import Units
from kb.article import Block, ParseWarning, Part, Run

LineStarts = list[list[tuple[int, int]]]


def insert_unplaced(
    blocks: list[Block], starts: LineStarts, units: Units
) -> tuple[list[Block], LineStarts, list[ParseWarning]]:
    """(blocks, their line starts, warnings): every unit that is in no block yet joins the one on its line.

    Units stay in the order of the file: none passes a neighbour that has its place.
    """
    missing = [i for i in range(len(units.units)) if i not in units.placed]
    if not missing:
        return blocks, starts, []
    blocks, starts = list(blocks), list(starts)
    if not blocks:
        blocks.append(Block("paragraph", 0, None, None, (), units.lines[missing[0]], ()))
        starts.append([])
    # `placed` is in the order of the page, as the segments are
    placed = iter(units.placed)
    held = [[next(placed) for s in block.segments if s.unit is not None] for block in blocks]
    order = [(index, at) for at, indexes in enumerate(held) for index in indexes]
    firsts: list[int] = []
    for block in blocks:
        firsts.append(max(block.lines[0], firsts[-1] if firsts else 0))
    at_block: dict[int, list[int]] = {}
    for index in missing:
        k = bisect_left(order, (index, 0))
        low = order[k - 1][1] if k else 0
        high = order[k][1] if k < len(order) else len(blocks) - 1
        at = bisect_right(firsts, units.lines[index][0]) - 1
        at_block.setdefault(min(max(at, low), high), []).append(index)
    for at, indexes in at_block.items():
        blocks[at] = _with_units(blocks[at], held[at], indexes, units)
        starts[at] = []
    message = "stands where a page shows no text; its text is kept"
    return (
        blocks,
        starts,
        [ParseWarning(units.lines[i][0], f"unit {units.units[i].number} {message}") for i in missing],
    )


def _with_units(block: Block, held: list[int], missing: list[int], units: Units) -> Block:
    """The block with the missing units among those that it holds."""
    segments = list(block.segments)
    parts = block.parts
    places = [n for n, s in enumerate(segments) if s.unit is not None]
    for count, index in enumerate(missing):
        k = bisect_left(held, index)
        place = count + (places[k - 1] + 1 if k else 0)
        if parts:
            place, parts = _in_row(parts, place, units.lines[index][0])
        segment, _, _ = units.segment(index, Run(""))
        segments.insert(place, replace(segment, glue=" " if place else ""))
    lines = [block.lines, *(units.lines[index] for index in missing)]
    span = (min(a for a, _ in lines), max(b for _, b in lines))
    return replace(block, segments=tuple(segments), lines=span, parts=parts)


def _in_row(parts: tuple[Part, ...], place: int, line: int) -> tuple[int, tuple[Part, ...]]:
    """(place of one more segment, the table's rows with it): in the row of that line, if order allows."""
    row = next((n for n, part in enumerate(parts) if part.lines[0] <= line <= part.lines[1]), len(parts) - 1)
    low, high = parts[row].cells[0][0], parts[row].cells[-1][1]
    if not low <= place <= high:
        row = next((n for n, part in enumerate(parts) if part.cells[-1][1] >= place), len(parts) - 1)
    cells = parts[row].cells
    place = max(place, cells[0][0])
    cell = max(n for n, (start, _) in enumerate(cells) if start <= place)
    out: list[Part] = []
    for n, part in enumerate(parts):
        ranges = tuple(
            (a + ((n, c) > (row, cell)), b + ((n, c) >= (row, cell))) for c, (a, b) in enumerate(part.cells)
        )
        out.append(replace(part, cells=ranges))
    return place, tuple(out)
