"""Units of several localizations in rows: equal sources, p-units, edits, gaps."""

from hypothesis import given
from hypothesis import strategies as st

from kb.unitalign import align_units
from kb.unittext import UnitText

Short = tuple[str, str]


def units(*said: Short) -> list[UnitText]:
    return [
        UnitText(number, (number,), f"«{source}»", source, 0, n, n + 1)
        for n, (number, source) in enumerate(said)
    ]


def rows(*localizations: list[UnitText]) -> list[dict[int, list[str | None]]]:
    found = align_units(localizations)
    return [
        {n: [localizations[n][m].unit for m in members] for n, members in row.members.items()}
        for row in found
    ]


def test_equal_sources_meet_whatever_their_numbers_are() -> None:
    one = units(("101", "Open it."), ("102", "Wait."), ("103", "Close it."))
    other = units(("101", "Open it."), ("102", "Close it."))
    assert rows(one, other) == [{0: ["101"], 1: ["101"]}, {0: ["102"]}, {0: ["103"], 1: ["102"]}]


def test_the_number_decides_between_equal_sentences() -> None:
    one = units(("101", "Select Save."), ("105", "Select Save."))
    other = units(("105", "Select Save."))
    assert rows(one, other) == [{0: ["101"]}, {0: ["105"], 1: ["105"]}]


def test_a_sentence_that_moved_is_one_row() -> None:
    one = units(("101", "Open it."), ("102", "Wait."), ("103", "Close it."))
    other = units(("101", "Wait."), ("102", "Close it."), ("103", "Open it."))
    assert rows(one, other) == [{0: ["101"], 1: ["103"]}, {0: ["102"], 1: ["101"]}, {0: ["103"], 1: ["102"]}]


def test_a_sentence_that_stands_twice_is_not_moved() -> None:
    one = units(("101", "Save."), ("102", "Wait."), ("103", "Close it."))
    other = units(("101", "Wait."), ("102", "Close it."), ("103", "Save."), ("104", "Save."))
    assert rows(one, other)[0] == {0: ["101"]}


def test_a_p_unit_stands_beside_the_units_that_it_joins() -> None:
    one = units(("101", "Title"), ("102", "Open it."), ("103", "Wait."), ("104", "Go."))
    other = units(("101", "Title"), ("p101", "Open it. Wait."), ("104", "Go."))
    joined = {0: ["102", "103"], 1: ["p101"]}
    assert rows(one, other)[1] == joined
    assert rows(other, one)[1] == {0: ["p101"], 1: ["102", "103"]}
    # a third that has one of the sentences only
    assert rows(one, other, units(("101", "Title"), ("102", "Wait.")))[1] == joined | {2: ["102"]}


def test_an_edited_sentence_stays_in_its_row() -> None:
    one = units(("101", "Turn the old lamp tight."), ("102", "Go."))
    other = units(("101", "Turn the lamp tight."), ("102", "Go."))
    assert rows(one, other)[0] == {0: ["101"], 1: ["101"]}
    assert rows(one, units(("101", "Nothing of the kind"), ("102", "Go.")))[:2] == [
        {0: ["101"]},
        {1: ["101"]},
    ]


def test_a_sentence_that_only_later_localizations_have_gets_one_row_in_its_place() -> None:
    one = units(("101", "A"), ("102", "C"))
    more = units(("101", "A"), ("102", "B"), ("103", "C"))
    assert rows(one, more, more) == [
        {0: ["101"], 1: ["101"], 2: ["101"]},
        {1: ["102"], 2: ["102"]},
        {0: ["102"], 1: ["103"], 2: ["103"]},
    ]


SENTENCES = st.lists(st.tuples(st.sampled_from(["1", "2", "3"]), st.text("ab ", max_size=4)), max_size=8)


@given(st.lists(SENTENCES, max_size=4))
def test_every_unit_is_in_one_row_and_rows_keep_the_first_order(said: list[list[Short]]) -> None:
    localizations = [units(*each) for each in said]
    found = align_units(localizations)
    for n, localization in enumerate(localizations):
        members = [m for row in found for m in row.members.get(n, ())]
        assert sorted(members) == list(range(len(localization)))
        assert n or members == sorted(members)


@given(st.permutations("abcdef"), st.permutations("abcdef"))
def test_what_no_localization_says_twice_is_joined_in_any_order(one: list[str], other: list[str]) -> None:
    found = rows(units(*(("1", s) for s in one)), units(*(("1", s) for s in other)))
    assert len(found) == len(one) and all(len(row) == 2 for row in found)
