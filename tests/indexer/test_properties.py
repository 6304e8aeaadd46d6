"""What holds for the parser on any text: no exception, no unit or word lost, the same article every time."""

from __future__ import annotations

import re
from itertools import accumulate

from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.inline import _PARSER, parse_inline, walk
from indexer.parse import parse_article, side_markdown
from indexer.runs import plain_runs, tidy
from kb.article import Article, Block, Side
from kb.packed import pack, unpack_article

# The catalogue's own pattern.
UNIT = re.compile(
    r'<span data-ttu-id="([^"]+)">(.*?)</span>'
    r'<span class="sxs-lookup"><span data-stu-id="\1">(.*?)</span></span>',
    re.S,
)
# fmt: off
SIDES: tuple[Side, ...] = ("target", "source")
MARKUP = [
    "# ", "## ", "- ", "* ", "1. ", "7) ", "> ", "> [!NOTE]\n> ", "| ", " | ", "|-|-|\n", "```\n",
    "~~~", "    ", "\t", "---\n", "**", "*", "_", "`", "``", "[", "]", "](", ")", "![", "<", ">",
    "<br>", "<b>", "</b>", "<table><tr><td>", "</td>", "<pre>", "<!--", "-->", "<a name='x'></a>",
    '<div class="note">', "</div>", "<ol><li>", "&amp;", "&lt;", "&#0;", "\\", "\\*", "~~", "\n",
    "\n\n", " ", "  \n", ":::note\n", ":::\n", "{{< note >}}\n", "{{< /note >}}", '{{x("y")}}',
    ':::image source="a":::', "[a]: /b\n", "[a]", "===\n", "a. ", "Step 1: ", "2021. ", "+++\n",
    "[!INCLUDE [a](b)]", "{#id}\n", "\r\n", "\x00", "\ufeff",
]
SPANS = [
    '<span data-ttu-id="5f-103">', "</span>", '<span class="sxs-lookup">',
    '<span data-stu-id="5f-103">', "<span", "&quot;>",
]
# fmt: on
WORDS = [
    "woord",
    "naïef",
    "слово",
    "単語",
    "ประโยค",
    "كلمة",
    "é",
    "x",
    "365",
    "e\u0301",
    "\u200b",
    "\u00a0",
    "😀",
]

arbitrary = st.lists(st.sampled_from(MARKUP + SPANS + WORDS) | st.text(max_size=6), max_size=60).map("".join)


@st.composite
def sides(draw: st.DrawFn, name: str) -> tuple[str, str]:
    """(markdown, its visible text) of one side of a unit; `name` is a word that occurs nowhere else."""
    shapes = [
        "{0}",
        "**{0}**",
        "Kies **{0}** nu.",
        "[{0}](https://example.com/a)",
        "1. {0}",
        "- {0}",
        "> {0}",
        "# {0}",
        "{0} | x",
    ]
    shape = draw(st.sampled_from(shapes))
    visible = re.sub(r"\*\*|\]\([^)]*\)|\[(?=\{)", "", shape)
    return shape.format(name), visible.format(name)


@st.composite
def bilingual(draw: st.DrawFn, around: list[str]) -> tuple[str, list[tuple[str, str, str, str, str]]]:
    """(text, its units as number, markdown and visible text of both sides), with anything around them."""
    parts: list[str] = []
    units = []
    for number in range(101, 101 + draw(st.integers(1, 8))):
        parts += draw(st.lists(st.sampled_from(around), max_size=6))
        target, seen = draw(sides(f"tw{chr(number - 4)}t"))
        source, seen_source = draw(sides(f"sw{chr(number - 4)}s"))
        units.append((str(number), target, seen, source, seen_source))
        parts.append(unit(number, target, source))
    return "".join(parts), units


def unit(number: int, target: str, source: str) -> str:
    lookup = f'<span class="sxs-lookup"><span data-stu-id="5f0aa-{number}">{source}</span></span>'
    return f'<span data-ttu-id="5f0aa-{number}">{target}</span>{lookup}'


def parse(text: str) -> Article:
    return parse_article(text, "folder/article", "nl-NL")


@given(arbitrary)
@settings(max_examples=300)
def test_any_text_gives_a_sound_article(text: str) -> None:
    article = parse(text)
    assert article == parse(text)
    assert unpack_article(pack(article)) == article
    last_line = len(re.split(r"\r\n|\r|\n", text))
    for index, block in enumerate(article.blocks):
        check_block(article, index, block, last_line)
    assert all(1 <= warning.line <= last_line for warning in article.warnings)


def check_block(article: Article, index: int, block: Block, last_line: int) -> None:
    assert 1 <= block.lines[0] <= block.lines[1] <= last_line
    assert block.parent is None or block.parent < index
    assert block.parent is None or article.blocks[block.parent].kind in ("step", "bullet", "quote", "note")
    assert all(heading < index and article.blocks[heading].kind == "heading" for heading in block.headings)
    assert (block.kind == "note") == (block.alert is not None)
    ranges = [cell for part in block.parts for cell in part.cells]
    if ranges:
        # parts cover the block's segments without gap or overlap
        assert [start for start, _ in ranges] == [0, *(stop for _, stop in ranges[:-1])]
        assert ranges[-1][1] == len(block.segments)


@given(bilingual(MARKUP + WORDS))
@settings(max_examples=300)
@example(
    (
        f"![{unit(101, 'twat', 'swas')}](){unit(102, 'twbt', 'swbs')}",
        [("101", "twat", "twat", "swas", "swas"), ("102", "twbt", "twbt", "swbs", "swbs")],
    )
)
def test_every_unit_is_in_one_block_with_both_its_texts(
    made: tuple[str, list[tuple[str, str, str, str, str]]],
) -> None:
    text, units = made
    article = parse(text)
    found = [segment for block in article.blocks for segment in block.segments if segment.unit is not None]
    assert [segment.unit for segment in found] == [m[1].split("-")[1] for m in UNIT.finditer(text)]
    for segment, (_, target, seen, source, seen_source) in zip(found, units, strict=True):
        if any(run.image is not None for side in SIDES for run in segment.runs(side)):
            # what is said of a picture is no text of the page, but is kept
            assert "".join(run.text for run in segment.runs("target")) in (seen, target)
            assert "".join(run.text for run in segment.runs("source")) in (seen_source, source)
            continue
        # in code and in raw HTML the marks of markdown are text
        assert segment.text("target") in (seen, target)
        assert segment.text("source") in (seen_source, source)
        assert (
            (segment.text("target") == target) == (segment.text("source") == source)
            or seen == target
            or (seen_source == source)
        )


@given(bilingual(["\n\n", "\n", " ", "- ", "1. ", "> ", "## ", "woord", "\r\n", "<br>"]))
def test_a_unit_stands_on_the_lines_of_its_block(
    made: tuple[str, list[tuple[str, str, str, str, str]]],
) -> None:
    text, _ = made
    lines = re.split(r"\r\n|\n", text)
    for block in parse(text).blocks:
        own = "\n".join(lines[block.lines[0] - 1 : block.lines[1]])
        for segment in block.segments:
            assert segment.unit is None or f'data-ttu-id="5f0aa-{segment.unit}"' in own


@given(bilingual(MARKUP + WORDS))
def test_one_side_is_what_replacing_every_unit_gives(
    made: tuple[str, list[tuple[str, str, str, str, str]]],
) -> None:
    text = "Begin.\n\n" + made[0].replace("\r", "")
    assert side_markdown(text, "target") == UNIT.sub(r"\2", text)
    assert side_markdown(text, "source") == UNIT.sub(r"\3", text)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    text, _ = draw(bilingual(["\n\n", "\n", " ", "- ", "1. ", "## ", "woord ", "> ", "| a | b |\n|-|-|\n| "]))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        tags = [m.span() for m in re.finditer(r"<[^<>]*>", text)] or [(0, 0)]
        start, end = tags[at % len(tags)]
        match draw(
            st.sampled_from(["cut", "tail", "quotes", "gap", "tag", "id", "nest", "encode", "double"])
        ):
            case "cut":
                text = text[:at]
            case "tail":
                text = text[at:]
            case "quotes":
                text = text[:start] + text[start:end].replace('"', "") + text[end:]
            case "encode":
                text = text[:start] + text[start:].replace('"', "&quot;", 3)
            case "gap":
                text = text[:at] + text[at + draw(st.integers(1, 60)) :]
            case "tag":
                text = text[:start] + text[end:]
            case "id":
                text = text[:start] + re.sub(r"-1\d\d", "-199", text[start:end]) + text[end:]
            case "nest":
                text = text[:end] + unit(150, "twnestt", "swnests") + text[end:]
            case "double":
                text = text[:end] + text[start:end] + text[end:]
    return text


@given(damaged())
@settings(max_examples=500)
def test_damage_loses_no_word_of_a_unit(text: str) -> None:
    article = parse(text)
    shown = " ".join(
        s.text(side) for b in article.blocks for s in b.segments for side in ("target", "source")
    )
    # a word that damage has glued into a tag, "<span data-tw" or "<span data-tw</span>", is no word
    words = set(re.findall(r"[ts]w[a-z]+[ts]\b", re.sub(r"<[^<>]*>|<[^<>]*\Z|<span [^<>]*(?=<)", " ", text)))
    assert {word for word in words if word not in shown} == set()


@given(bilingual(["\n\n", "- ", "1. ", "## "]), st.data())
def test_cut_anywhere_both_sides_stay_apart(
    made: tuple[str, list[tuple[str, str, str, str, str]]], data: st.DataObject
) -> None:
    text, units = made
    ends = list(accumulate(len(piece) for piece in re.split(r"(?<=</span></span>)", text)))
    cut = text[: data.draw(st.integers(0, len(text)))]
    segments = [s for b in parse(cut).blocks for s in b.segments if s.unit is not None]
    whole = sum(end <= len(cut) for end in ends[: len(units)])
    assert [s.unit for s in segments[:whole]] == [number for number, *_ in units[:whole]]
    assert len(segments) - whole in (0, 1)
    assert all("sw" not in s.text("target") and "tw" not in s.text("source") for s in segments)


inline = st.lists(
    st.sampled_from(
        [
            "**",
            "*",
            "a",
            "b c",
            " ",
            "[x](y)",
            "[x y](https://example.com)",
            "[",
            "](",
            ")",
            "(",
            ".",
            ",",
            "_",
            "!",
        ]
    )
    | st.sampled_from(
        ["\\", "`", "<b>", "&amp;", "\n", "é", "「", "。", "\u00a0", "[a](b c)", "[a](javascript:b)", "~~"]
    ),
    max_size=12,
).map("".join)


@given(inline)
@settings(max_examples=1000)
def test_the_short_way_through_simple_text_gives_what_the_parser_gives(text: str) -> None:
    short = plain_runs(text)
    if short is not None:
        tokens = _PARSER.inline.parse(text, _PARSER, {}, [])
        assert tidy(short) == tidy(atom.run for atom in walk(tokens, frozenset()) if atom.tag is None)


@given(inline)
def test_inline_text_is_parsed_alike_alone_and_in_a_unit(text: str) -> None:
    runs = parse_inline(text, frozenset(), {})
    article = parse("x" + unit(101, text, text))
    segments = [s for b in article.blocks for s in b.segments if s.unit]
    assert "".join(r.text for r in runs if r.image is None).strip(" ") == segments[0].text("target")
    assert segments[0].target == segments[0].source
