"""A monolingual article beside its source: which blocks become whose source side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smallkb import parsed

from indexer.align import align, without_source
from kb.article import Article

EN = """\
# Feed the cat

The cat is hungry.

## Fill the bowl {#bowl}

1. Open the tin.
2. Close the tin.

## Clean the bowl {#clean}

| Day | Who |
| --- | --- |
| Monday | |
| Friday | Ann |

```sh
rinse --warm
dry
```
"""
NL = """\
# Voer de kat

De kat heeft honger.

## Vul de bak {#bowl}

1. Open het blik.
2. Sluit het blik.

## Maak de bak schoon {#clean}

| Dag | Wie |
| --- | --- |
| maandag | |
| vrijdag | Ann |

```sh
rinse --warm
dry
```
"""


def aligned(nl: str, en: str = EN) -> Article:
    return align(parsed(nl), parsed(en, "en"))


def sides(article: Article) -> dict[str, str]:
    """Target text of each block, and its source text."""
    return {block.text("target"): block.text("source") for block in article.blocks}


def test_where_the_whole_structure_agrees_every_block_gets_its_twin() -> None:
    article = aligned(NL)
    source = parsed(EN, "en")
    assert [b.text("source") for b in article.blocks] == [b.text("target") for b in source.blocks]
    assert [b.text("target") for b in article.blocks] == [b.text("target") for b in parsed(NL).blocks]
    assert (article.source_title, article.source_locale, article.title) == (
        "Feed the cat",
        "en",
        "Voer de kat",
    )


def test_sections_are_found_by_their_anchors_wherever_they_stand() -> None:
    extra = NL.replace("## Maak", "## Alleen hier {#own}\n\nNog iets.\n\n## Maak")
    said = sides(aligned(extra))
    assert said["Vul de bak"] == "Fill the bowl"
    assert said["Sluit het blik."] == "Close the tin."
    assert said["Maak de bak schoon"] == "Clean the bowl"
    # what has no source is as text outside units in a bilingual article: passages are cut on the source side
    assert said["Nog iets."] == "Nog iets."


def test_a_section_whose_content_differs_is_left_out_alone() -> None:
    said = sides(aligned(NL.replace("2. Sluit het blik.\n", "")))
    assert said["Open het blik."] == "Open het blik."
    assert said["De kat heeft honger."] == "The cat is hungry."
    assert said["Maak de bak schoon"] == "Clean the bowl"


def test_without_anchors_a_section_s_place_counts_among_as_many_sections_only() -> None:
    en = "# A\n\nOne.\n\n## B\n\nTwo.\n\n## C\n\n- Three.\n"
    said = sides(align(parsed("# X\n\nEen.\n\n## Y\n\n- Twee.\n\n## Z\n\n- Drie.\n"), parsed(en, "en")))
    assert said == {"X": "A", "Een.": "One.", "Y": "Y", "Twee.": "Twee.", "Z": "C", "Drie.": "Three."}
    unlike = parsed("# X\n\nEen.\n\n## Nieuw\n\nAnders.\n\n## Y\n\nTwee.\n\n## Z\n\n- Drie.\n")
    assert align(unlike, parsed(en, "en")) == unlike


def test_what_agrees_in_nothing_stands_unaligned() -> None:
    article = parsed("- Alleen een lijst.\n")
    assert align(article, parsed(EN, "en")) is article
    assert not article.bilingual


def test_other_anchors_are_another_section() -> None:
    said = sides(aligned(NL.replace("{#bowl}", "{#bak}")))
    assert said["Vul de bak"] == "Vul de bak"
    assert said["Maak de bak schoon"] == "Clean the bowl"


def test_a_table_is_paired_cell_by_cell_even_where_other_cells_are_empty() -> None:
    nl = "| Dag | Wie |\n| --- | --- |\n| | Bo |\n| vrijdag | |\n"
    en = "| Day | Who |\n| --- | --- |\n| Monday | Bob |\n| Friday | |\n"
    assert sides(aligned(nl, en)) == {
        "Dag | Wie\n | Bo\nvrijdag | ": "Day | Who\n | Bob\nFriday | ",
    }
    nl_two, en_two = nl.replace("| | Bo |", "| ma | |"), en.replace("| Monday | Bob |", "| | Bob |")
    assert "Friday" in sides(aligned(nl_two, en_two))["Dag | Wie\nma | \nvrijdag | "]


def test_a_table_with_another_column_is_another_structure() -> None:
    article = parsed("| Dag | Wie |\n| --- | --- |\n| ma | Bo |\n")
    assert align(article, parsed("| Day |\n| --- |\n| Mon |\n", "en")) is article


def test_lines_and_marks_need_not_be_the_same() -> None:
    article = aligned("Druk op **Aan**.\n\n```\na\n```\n", "Press\n**On** now.\n\n```\na\nb\n```\n")
    paragraph, code = article.blocks
    assert paragraph.text("source") == "Press On now."
    assert [run.text for run in paragraph.segments[0].runs("source") if run.marks] == ["On"]
    assert code.text("source") == "a\nb"


def test_an_alert_s_text_stays_apart_from_its_marker() -> None:
    article = aligned(
        "> [!NOTE]\n> Eerste regel.\n> Tweede regel.\n", "> [!NOTE]\n> All of it in one line.\n"
    )
    assert article.blocks[0].text("source") == "All of it in one line."


def test_alignment_can_be_taken_back() -> None:
    article = parsed(NL)
    assert without_source(aligned(NL)).blocks == article.blocks
    assert without_source(aligned(NL)).source_title is None
    assert align(without_source(aligned(NL)), parsed(EN, "en")) == aligned(NL)


LINES = st.sampled_from(
    [
        "# A\n",
        "## B {#b}\n",
        "## C\n",
        "Text.\n",
        "- item\n",
        "1. step\n",
        "> [!TIP]\n> tip\n",
        "```\nx\n```\n",
    ]
)
ARTICLES = st.lists(LINES, max_size=8).map("\n".join)


@given(ARTICLES, ARTICLES)
def test_the_target_never_changes_and_all_source_text_is_somebodys(nl: str, en: str) -> None:
    own, source = parsed(nl), parsed(en, "en")
    article = align(own, source)
    assert without_source(article).blocks == own.blocks
    assert article == own or all(s.source is not None for b in article.blocks for s in b.segments)
    said = {b.text("target") for b in (*own.blocks, *source.blocks)} | {""}
    assert {b.text("source") for b in article.blocks} <= said


@pytest.mark.parametrize("text", [EN, NL])
def test_an_article_is_aligned_with_itself_word_for_word(text: str) -> None:
    assert all(target == source for target, source in sides(aligned(text, text)).items())
