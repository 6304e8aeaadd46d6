"""Parsing as a whole: titles, lines, sides and newlines; the blocks themselves are in golden/."""

from __future__ import annotations

import pytest

from indexer.frontmatter import parse_frontmatter
from indexer.inline import MAX_INLINE
from indexer.parse import normalise_newlines, parse_article, side_markdown

UNIT = (
    '<span data-ttu-id="5f0aa-101">Kies **Opslaan**.</span>'
    '<span class="sxs-lookup"><span data-stu-id="5f0aa-101">Select **Save**.</span></span>'
)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_kind_and_a_byte_order_mark(newline: str) -> None:
    lines = [
        "---",
        "title: Bewaren",
        "---",
        "# Bewaren",
        "",
        "1. Eerste",
        f"2. {UNIT}",
        "",
        "```",
        "a",
        "b",
        "```",
    ]
    article = parse_article("\ufeff" + newline.join(lines), "mail/save", "nl-NL")
    assert article.title == "Bewaren"
    kinds = [(block.kind, block.lines) for block in article.blocks]
    assert kinds == [("heading", (4, 4)), ("step", (6, 6)), ("step", (7, 7)), ("code", (9, 12))]
    assert article.blocks[3].text("target") == "a\nb"


def test_no_final_newline_and_nothing_at_all() -> None:
    assert parse_article(UNIT, "a", "nl-NL").blocks[0].lines == (1, 1)
    assert parse_article("", "folder/naam", "nl-NL").blocks == ()
    assert parse_article("\n\n", "folder/naam", "nl-NL").title == "naam"


@pytest.mark.parametrize(
    ("text", "title", "source_title"),
    [
        ("---\ntitle: Uit de kop\n---\n# Anders", "Uit de kop", None),
        (f"# {UNIT}", "Kies Opslaan.", "Select Save."),
        (f"---\ntitle: T\n---\n## Eerst\n\n# {UNIT}", "T", "Select Save."),
        ("tekst zonder kop", "outlook-won't-accept  pwd\u200b", None),
        ("---\ntitle: ''\n---\ntekst", "outlook-won't-accept  pwd\u200b", None),
    ],
)
def test_the_title_is_from_front_matter_else_heading_else_the_file_name(
    text: str, title: str, source_title: str | None
) -> None:
    article = parse_article(text, "AlchemyFolder/outlook-won't-accept  pwd\u200b", "nl-NL")
    assert (article.title, article.source_title) == (title, source_title)


def test_equal_names_in_two_folders_are_two_articles() -> None:
    assert parse_article(UNIT, "a/label", "nl-NL").path != parse_article(UNIT, "b/label", "nl-NL").path


def test_a_source_locale_of_its_own() -> None:
    article = parse_article(UNIT, "a", "nl-NL", source_locale="fr-FR")
    assert (article.source_locale, article.bilingual) == ("fr-FR", True)
    assert not parse_article("tekst", "a", "nl-NL").bilingual


def test_sides_leave_everything_outside_units_alone() -> None:
    text = f"---\ntitle: x\n---\n\n1. {UNIT} <b>x</b>\n\n   ![a](b.png)\n"
    assert side_markdown(text, "target") == "\n1. Kies **Opslaan**. <b>x</b>\n\n   ![a](b.png)\n"
    assert side_markdown(text, "source") == "\n1. Select **Save**. <b>x</b>\n\n   ![a](b.png)\n"
    assert normalise_newlines(side_markdown(text.replace("\n", "\r\n"), "source")) == side_markdown(
        text, "source"
    )


def test_warnings_have_lines_of_the_whole_file_in_order() -> None:
    cut = UNIT.partition("</span><span")[0]
    text = f"---\ntitle: [x\n---\n\n{UNIT}\n\n{cut}\n\n[a]({UNIT})\n\n[!INCLUDE [a](b.md)]\n"
    assert [warning.line for warning in parse_article(text, "a", "nl-NL").warnings] == [3, 7, 9, 11]


def test_a_long_paragraph_keeps_its_text_without_markup() -> None:
    long = "**vet** [x](y) " * (MAX_INLINE // 10)
    article = parse_article(f"kort **vet**\n\n{long}", "a", "nl-NL")
    assert article.blocks[0].text("target") == "kort vet"
    assert article.blocks[1].text("target") == long.strip()
    (warning,) = article.warnings
    assert (warning.line, "without its inline markup" in warning.message) == (3, True)


def test_lists_nested_without_end_keep_their_text() -> None:
    article = parse_article("- " * 300 + "einde", "a", "nl-NL")
    assert article.blocks[-1].text("target").endswith("einde")
    assert "nested more than" in article.warnings[0].message


@pytest.mark.parametrize(
    "raw", ["[" * 60_000, "{" * 60_000, "- " * 30_000, "a: &b [*b]", "a: " * 100, "x" * 70_000]
)
def test_hostile_front_matter_is_a_warning(raw: str) -> None:
    front = parse_frontmatter(f"---\n{raw}\n---\ntekst")
    assert front.metadata == {} or set(front.metadata) == {"a"}
    assert len(front.warnings) == 1
    assert parse_article(f"---\n{raw}\n---\ntekst", "a", "nl-NL").blocks[-1].text("target") == "tekst"
