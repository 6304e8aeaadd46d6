"""Where articles are cut, what stands before each passage, and the same cuts in every localization."""

import re
from itertools import accumulate, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from smallkb import DUTCH, PAPER, TEMPLATES, Words, localized, parsed

from indexer.passages import PassageSettings, carry_over, cut_passages, visible_text_offsets
from indexer.stage import article_row
from kb.article import Article
from kb.passage import Passage

SMALL = PassageSettings(target_tokens=20, max_tokens=60, context_tokens=24)


def cut(article: Article, settings: PassageSettings = SMALL, side: str = "source") -> list[Passage]:
    return cut_passages(article, side, Words(), settings)


def paper(**options: object) -> Article:
    return parsed(localized(PAPER, DUTCH, "nl-NL", **options))


def segments(article: Article) -> list[str]:
    return [s.text("source") for b in article.blocks for s in b.segments]


def test_a_passage_holds_whole_steps_and_rows() -> None:
    lines = [line for passage in cut(paper()) for line in passage.text.split("\n")]
    assert lines == [
        "Do this when a sheet is stuck. It takes a minute.",
        "Open the front lid.",
        "Pull the sheet out. Don't tear it.",
        "lpq -P ground-floor",
        "Close the lid.",
        "The printer shows its state with lights:",
        "Light | Meaning",
        "red | The toner is empty.",
        "blinking | The tray is open.",
        "A printer of another floor has no lights.",
    ]


def test_a_passage_takes_steps_until_its_target_is_reached() -> None:
    steps = "".join(f"{n}. {{Step number {n} has six words.}}\n" for n in range(1, 8))
    article = parsed(localized("# {T}\n\n" + steps, {}, "nl-NL"))
    by_target = {
        target: [p.text.count("\n") + 1 for p in cut(article, PassageSettings(target, 60, 24))]
        for target in (1, 11, 12, 18, 100)
    }
    assert by_target == {1: [1] * 7, 11: [1] * 7, 12: [2, 2, 2, 1], 18: [3, 3, 1], 100: [7]}


def test_what_stands_inside_a_step_stays_with_it() -> None:
    holding = [p for p in cut(paper()) if "lpq" in p.text]
    assert len(holding) == 1 and "Pull the sheet out." in holding[0].text


def test_the_context_is_title_headings_and_lead_in() -> None:
    contexts = [p.context.split("\n") for p in cut(paper())]
    title, lights = "The paper jams in the printer", "What the lights say"
    assert contexts[0] == [title]
    assert contexts[1] == [title, "Do this when a sheet is stuck. It takes a minute."]
    assert contexts[2] == [title, lights]


def test_a_row_that_begins_a_passage_has_the_header_row_before_it() -> None:
    begins = next(p for p in cut(paper()) if p.text.startswith("blinking"))
    assert begins.context.endswith("\nLight | Meaning")


def test_a_header_row_without_words_is_no_context() -> None:
    table = "{Codes:}\n\n| | |\n| --- | --- |\n" + "".join(
        f"| {{code{n}}} | {{means the thing with the number {n} is broken}} |\n" for n in range(6)
    )
    passages = cut(parsed(localized("# {T}\n\n" + table, {}, "nl-NL")))
    assert passages[-1].context == "T\nCodes:"
    assert not any(re.fullmatch(r"[ |]*", line) for p in passages for line in p.text.split("\n"))


def test_the_target_is_cut_where_there_is_no_source() -> None:
    article = parsed("# Titel\n\n1. Eerst dit.\n2. Dan dat.\n")
    (passage,) = cut(article, side="target")
    assert (passage.context, passage.text) == ("Titel", "Eerst dit.\nDan dat.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("---\ntitle: Only a title\n---\n", "Only a title"),
        ("# A heading\n\n## And another\n", "A heading\nAnd another"),
        ("# A picture\n\n![lid](lid.png)\n", "A picture"),
        ("---\ntitle: Empty code\n---\n\n```\n```\n", "Empty code"),
    ],
)
def test_an_article_without_text_of_its_own_is_one_passage(text: str, said: str) -> None:
    article = parsed(text)
    (passage,) = cut(article, side="target")
    assert passage.text == said
    assert (passage.start, passage.stop) == (0, sum(len(b.segments) for b in article.blocks))


def long_step(sentences: int) -> Article:
    told = "‖".join(f"Sentence number {n} tells a thing more." for n in range(sentences))
    return parsed(localized(f"# {{T}}\n\n1. {{Short.}}\n2. {{{told}}}\n3. {{After.}}\n", {}, "nl-NL"))


def test_a_step_longer_than_the_encoder_reads_is_split_at_sentences_and_known_as_split() -> None:
    passages = cut(long_step(30))
    split = [p for p in passages if p.split]
    assert len(split) > 1
    assert [p.number for p in split] == list(range(split[0].number, split[-1].number + 1))
    assert len({p.stop for p in split}) == 1
    assert all(re.fullmatch(r"(Sentence number \d+ tells a thing more\. ?)+", p.text) for p in split)
    assert " ".join(p.text for p in split) == long_step(30).blocks[2].text("source")
    assert [p.text for p in passages if not p.split] == ["Short.", "After."]


def test_a_sentence_longer_than_the_encoder_reads_is_cut_inside() -> None:
    article = parsed("word " * 500)
    passages = cut(article, side="target")
    assert "".join(p.text for p in passages).count("word") == 500
    assert all(p.split and p.tokens <= SMALL.max_tokens for p in passages)


def test_a_context_is_shortened_to_its_share() -> None:
    deep = "# {Title}\n\n## {one two three four five six seven eight}\n\n### {deep heading}\n\n"
    article = parsed(localized(deep + "{" + "lead " * 40 + "in:}\n\n1. {" + "x " * 21 + "}\n", {}, "nl-NL"))
    passages = cut(article)
    assert all(Words().count([p.context])[0] <= SMALL.context_tokens for p in passages)
    step = passages[-1]
    assert step.context.startswith("Title\n") and "lead lead" in step.context
    assert "one two" not in step.context


@pytest.mark.parametrize("values", [(100, 50, 50), (0, 400, 96), (100, 400, 0)])
def test_settings_that_leave_no_room_are_refused(values: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="expected 0 < context_tokens < max_tokens"):
        PassageSettings(*values)


# --- carrying over


def offsets(article: Article) -> list[int]:
    return visible_text_offsets(article, "source")[1]


def said(article: Article, start: int, stop: int) -> str:
    return "".join(segments(article)[start:stop]).replace(" ", "")


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=list(TEMPLATES))
@pytest.mark.parametrize("merged", [False, True], ids=["units", "p-units"])
@pytest.mark.parametrize("bare", [(), ("red", "Close the lid.")], ids=["all units", "units missing"])
def test_every_localization_of_a_variant_has_the_same_boundaries(
    template: str, merged: bool, bare: tuple[str, ...]
) -> None:
    here = parsed(localized(template, DUTCH, "nl-NL"))
    there = parsed(localized(template, {}, "de-DE", merged=merged, bare=bare), "de-DE")
    row, other = article_row(here, "source", "nl-NL"), article_row(there, "source", "de-DE")
    assert row.variant == other.variant
    passages = cut(here)
    carried = carry_over(passages, offsets(here), offsets(there))
    assert [said(here, p.start, p.stop) for p in passages] == [said(there, *r) for r in carried]


def test_a_p_unit_across_a_boundary_falls_to_the_passage_of_its_first_sentence() -> None:
    passages = [Passage(n, n - 1, n, "", "", 1) for n in (1, 2, 3)]
    #                    one two three      one+two three
    assert carry_over(passages, [0, 3, 6, 11], [0, 6, 11]) == [(0, 1), (0, 1), (1, 2)]


def test_the_stored_offsets_are_those_that_are_carried_over() -> None:
    article = paper()
    stored = np.frombuffer(article_row(article, "source", "nl-NL").offsets, dtype="<i4")
    assert stored.tolist() == offsets(article)
    assert stored[-1] == len("".join(segments(article)).replace(" ", ""))


# --- properties

BLOCKS = st.sampled_from(
    [
        "## {A heading here}\n",
        "{A paragraph with words.‖And a second sentence.}\n",
        "{Do as follows:}\n",
        "1. {Press the button.}\n2. {Wait.}\n   > [!TIP]\n   > {Be patient.}\n",
        "- {one}\n- {two}\n  1. {inner step}\n",
        "| {Key} | {Value} |\n| --- | --- |\n| {a} | {b c d e f} |\n| | |\n",
        "a. {First letter.}\nb. {Second letter.}\n",
        "```\ncode stays whole\n```\n",
        "![picture](p.png)\n",
        "{" + "‖".join(f"Many sentences, of which this is {n}." for n in range(20)) + "}\n",
    ]
)
SIZES = st.tuples(st.integers(1, 40), st.integers(12, 60), st.integers(1, 11))


@settings(max_examples=50)
@given(st.lists(BLOCKS, max_size=8), SIZES, st.booleans())
def test_ranges_cover_every_segment_once_and_no_passage_is_too_long(
    blocks: list[str], sizes: tuple[int, int, int], merged: bool
) -> None:
    limits = PassageSettings(*sizes)
    article = parsed(localized("# {Title}\n\n" + "\n".join(blocks), {}, "nl-NL"))
    passages = cut(article, limits)
    total = len(segments(article))
    assert [p.number for p in passages] == list(range(1, len(passages) + 1))
    assert passages[0].start == 0 and passages[-1].stop == total
    for p, following in pairwise(passages):
        same = (p.start, p.stop) == (following.start, following.stop) and p.split and following.split
        assert p.stop == following.start or same
    for p in passages:
        assert p.tokens == sum(Words().count([p.context, p.text])) <= limits.max_tokens
    there = parsed(localized("# {Title}\n\n" + "\n".join(blocks), {}, "ja-JP", merged=merged), "ja-JP")
    carried = carry_over(passages, offsets(article), offsets(there))
    assert {n for start, stop in carried for n in range(start, stop)} == set(range(len(segments(there))))
    assert all(start < stop or not segments(there) for start, stop in carried)


@given(st.text(alphabet="ab .!?。\n’)", max_size=200))
def test_no_text_is_lost_in_splitting(text: str) -> None:
    article = parsed(text)
    passages = cut(article, PassageSettings(1, 3, 1), side="target")
    kept = "".join("".join(p.text.split()) for p in passages)
    said = "".join("".join(b.text("target").split()) for b in article.blocks if b.kind != "heading")
    assert said in ("", kept) or any(b.kind == "table" for b in article.blocks)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12), st.data())
def test_carried_ranges_hold_the_start_of_each_passage(lengths: list[int], data: st.DataObject) -> None:
    here = [0, *accumulate(lengths)]
    kept = sorted({0, here[-1], *data.draw(st.lists(st.sampled_from(here)))})
    bounds = sorted({0, len(lengths), *data.draw(st.lists(st.integers(0, len(lengths))))})
    passages = [Passage(n, a, b, "", "", 1) for n, (a, b) in enumerate(pairwise(bounds), 1)]
    there = kept if len(kept) > 1 else [0, here[-1]]
    carried = carry_over(passages, here, there)
    assert carried[0][0] == 0 and carried[-1][1] == len(there) - 1
    for p, (start, stop) in zip(passages, carried, strict=True):
        assert 0 <= start < stop <= len(there) - 1
        if here[p.start] < here[p.stop]:
            assert there[start] <= here[p.stop] and here[p.start] <= there[stop]
