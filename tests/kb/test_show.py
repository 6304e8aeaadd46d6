"""What is shown of a passage."""

from hypothesis import given
from hypothesis import strategies as st
from smallkb import DUTCH, PAPER, QUOTA, localized, parsed

from kb.article import Block
from kb.show import block_spans, first_shown_block, part_of, range_text, range_units

ARTICLE = parsed(localized(PAPER, DUTCH, "nl-NL"))
TOTAL = sum(len(b.segments) for b in ARTICLE.blocks)


def test_a_range_is_shown_block_by_block_without_its_headings() -> None:
    assert range_text(ARTICLE, 0, 4, "target").split("\n") == [
        "Doe dit als er een vel vastzit. Het duurt een minuut.",
        "Open de klep aan de voorkant.",
    ]
    assert range_text(ARTICLE, 0, 1, "source") == "The paper jams in the printer"
    assert range_text(ARTICLE, 0, 0, "target") == ""


def test_a_range_inside_a_table_shows_its_rows() -> None:
    table = next(i for i, b in enumerate(ARTICLE.blocks) if b.kind == "table")
    first = sum(len(b.segments) for b in ARTICLE.blocks[:table])
    assert range_text(ARTICLE, first + 2, first + 4, "source") == "red | The toner is empty."
    part = part_of(ARTICLE.blocks[table], 3)
    assert part is not None and ARTICLE.blocks[table].cell_texts(part, "target") == [
        "rood",
        "De toner is leeg.",
    ]


def test_a_range_knows_its_units() -> None:
    assert range_units(ARTICLE, 0, TOTAL) == [str(n) for n in range(101, 117)]
    merged = parsed(localized(PAPER, DUTCH, "nl-NL", merged=True))
    assert range_units(merged, 0, 3) == ["101", "p102", "104"]


def test_the_first_shown_block_is_no_heading_unless_all_are() -> None:
    assert first_shown_block(ARTICLE, 0, 4) == 1
    assert first_shown_block(ARTICLE, 0, 1) == 0
    assert first_shown_block(ARTICLE, 0, 0) is None


def test_a_lettered_line_is_a_part() -> None:
    article = parsed(localized(QUOTA, DUTCH, "nl-NL"))
    block = next(b for b in article.blocks if b.parts)
    parts = [part_of(block, s) for s in range(len(block.segments))]
    assert {p.number for p in parts if p} == {"a", "b"}


@given(st.lists(st.integers(0, 4), max_size=6), st.integers(0, 12), st.integers(0, 12))
def test_spans_are_the_segments_of_the_range_each_once(sizes: list[int], start: int, stop: int) -> None:
    blocks = [
        Block("paragraph", 0, None, None, (), (1, 1), tuple(ARTICLE.blocks[0].segments * n)) for n in sizes
    ]
    firsts = [sum(sizes[:n]) for n in range(len(sizes))]
    found = [firsts[b] + s for b, first, end in block_spans(blocks, start, stop) for s in range(first, end)]
    assert found == list(range(start, min(stop, sum(sizes))))
