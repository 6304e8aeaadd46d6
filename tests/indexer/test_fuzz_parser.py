"""200,000 hostile articles from a fixed seed: no exception, no unit and no word lost, nothing slow.

By itself, with other numbers: python tests/indexer/test_fuzz_parser.py [inputs] [first seed]
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest

from indexer.parse import parse_article
from kb.article import Article, Segment, Side
from kb.packed import pack, unpack_article

INPUTS = 200_000
PER_SEED = 10_000
UNIT = re.compile(
    r'<span data-ttu-id="([^"]+)">(.*?)</span>'
    r'<span class="sxs-lookup"><span data-stu-id="\1">(.*?)</span></span>',
    re.S,
)
SIDES: tuple[Side, Side] = ("target", "source")
# fmt: off
PIECES = [
    "# ", "## ", "###### ", "- ", "* ", "+ ", "1. ", "1) ", "999999999. ", "> ", ">> ",
    "> [!NOTE]\n> ", '> [!div class="x"]\n>', " ", "```\n", "```js\n", "````", "~~~\n", "    ",
    "\t", "---\n", "***\n", "===\n", "** ", "**", "***", "*", "_", "__", "`", "``", "[", "]", "](",
    "][", ")", "(", "![", "!", "<", ">", "</", "/>", "<br>", "<b>", "</b>", '<a name="x"></a>',
    "<a href='y'>", "</a>", "<table>", "<tr><td>", "</td></tr></table>", "<th>", "<pre>", "</pre>",
    '<h2 id="h">', "</h2>", "<ul><li>", "</li></ul>", '<ol start="7"><li>', '<div class="note">',
    "</div>", "<blockquote>", "<!--", "-->", "<?", "<![CDATA[", "<script>", "</script>",
    "<email address>", "<img src='data:image/png;base64,QUJD' alt=x>", "&amp;", "&#0;",
    "&#x1F600;", "&nope;", "&", "\\", "\\*", "\\<", "~~", ":::note\n", ":::",
    ':::image source="a" alt-text="b":::', ":::row:::", ":::column:::\n      ", "{{< note >}}",
    "{{< /note >}}", '{{% tab name="x" %}}', '{{x("y")}}', "{{", "}}", "[!INCLUDE [a](b)]",
    "[!DNL x]", ">[!TAB a]", "+++ t\n", "+++\n", "{#id}", "{: .x}", '{width="1"}', '[a]: /b "c"\n',
    "[a]", "[^1]: x\n", "a. ", "b. ", "i. ", "Step 1: ", "Stap 2: ", "2021. ",
    "---\ntitle: x\n---\n", 'title: "x', "- [ ] ", 'import x from "y"\n', "<Tabs>",
    "https://example.com/a_b", "<https://example.com>", "#tab/x", "|", "| ", " | ", "|-|-|\n",
    "| a | b |\n|-|-|\n| ", "|:-:|\n",
]
SPANS = [
    '<span data-ttu-id="5f-101">', '<span data-ttu-id="5f-p102&quot;>',
    "<span data-ttu-id=5f-103>", "</span>", "</span></span>", '<span class="sxs-lookup">',
    '<span class="sxs-lookup"><span data-stu-id="5f-101">', '<span data-stu-id="5f-p102">',
    "<span class=&quot;sxs-lookup&quot;>", "<span data-", "<span", "</sp", '<span id="x" />',
    "<span>", "&quot;>",
]
# fmt: on
SPACES = [" ", "\n", "\n\n", "  \n", "\t", "\r\n", "\n    ", "\n> ", "\n- ", "\u00a0"]
SPACES += ["\u200b", "\ufeff", "\x00", "\u2028", "\x0b"]
WORDS = [
    "woord",
    "naïef",
    "слово",
    "単語。",
    "ประโยค",
    "كلمة",
    "e\u0301",
    "365",
    "٣",
    "😀",
    "x.",
    "y:",
    "K\u0327",
]


@dataclass
class Figures:
    """What a run has met."""

    inputs: int = 0
    characters: int = 0
    units: int = 0
    damaged: int = 0
    slowest_s: float = 0.0
    seconds: float = 0.0
    kinds: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        kinds = ", ".join(f"{kind} {n}" for kind, n in self.kinds.most_common())
        return (
            f"{self.inputs} inputs ({self.damaged} damaged), {self.characters} characters, "
            f"{self.units} whole units, {self.seconds:.0f} s, slowest {self.slowest_s * 1000:.0f} ms; {kinds}"
        )


def make(rng: random.Random) -> tuple[str, bool]:
    """(an article, whether its units' markup may be damaged)."""
    damage = rng.random() < 0.5
    out: list[str] = ["---\ntitle: t\n---\n"] if rng.random() < 0.2 else []
    number = 100
    for _ in range(rng.randint(1, 40)):
        kind = rng.random()
        if kind < 0.45:
            out.append(rng.choice(PIECES))
        elif kind < 0.65:
            out.append(rng.choice(SPACES))
        elif kind < 0.8:
            out.append(rng.choice(WORDS))
        elif kind < 0.85 and damage:
            out.append(rng.choice(SPANS))
        else:
            number += rng.randint(1, 2)
            out.append(unit(rng, number))
    text = "".join(out)
    if damage:
        for _ in range(rng.randint(1, 3)):
            text = hurt(rng, text)
    return text, damage


def unit(rng: random.Random, number: int) -> str:
    sides = []
    for side in "ts":
        around = [
            rng.choice(("", "", "**", "`", "[", "](x)", " ", "1. ", "> ", "|", "\n", "<x y>", "&lt;"))
            for _ in "ab"
        ]
        sides.append(f"{around[0]}{side}w{number}{side}{around[1]}")
    lookup = f'<span class="sxs-lookup"><span data-stu-id="5f-{number}">{sides[1]}</span></span>'
    return f'<span data-ttu-id="5f-{number}">{sides[0]}</span>{lookup}'


def hurt(rng: random.Random, text: str) -> str:
    at = rng.randint(0, len(text))
    match rng.randint(0, 5):
        case 0:
            return text[:at]
        case 1:
            return text[:at] + text[at + rng.randint(1, 80) :]
        case 2:
            return text[:at] + text[at:].replace('"', "&quot;", rng.randint(1, 8))
        case 3:
            return text[:at] + text[at:].replace('"', "", rng.randint(1, 4))
        case 4:
            return text[:at] + text[at:].replace("</span>", "", 1)
        case _:
            return text[:at] + text[at:].replace("5f-1", "5f-2", 1)


def check(text: str, damaged: bool) -> Article:
    """The article; AssertionError where something that holds for all of them doesn't."""
    article = parse_article(text, "a", "nl-NL")
    assert unpack_article(pack(article)) == article
    segments = [segment for block in article.blocks for segment in block.segments]
    if damaged:
        shown = " ".join(words(segment, side) for segment in segments for side in SIDES)
        for word in re.findall(r'<span data-[ts]tu-id="5f-\d+">[^<>]*\b([ts]w\d+[ts])\b', text):
            assert word in shown
        return article
    found = [segment for segment in segments if segment.unit is not None]
    wanted = [m[1].split("-")[1] for m in UNIT.finditer(text)]
    assert [segment.unit for segment in found] == wanted
    for segment, number in zip(found, wanted, strict=True):
        assert f"tw{number}t" in words(segment, "target")
        assert f"sw{number}s" in words(segment, "source")
    return article


def words(segment: Segment, side: Side) -> str:
    """Visible text, and that of pictures: a unit may be one's alt text."""
    return "".join(run.text for run in segment.runs(side))


def run(inputs: int, seed: int) -> Figures:
    """Figures of `inputs` articles made from a seed; the failing input is in the error."""
    rng = random.Random(seed)
    figures = Figures()
    start = time.perf_counter()
    for _ in range(inputs):
        text, damaged = make(rng)
        began = time.perf_counter()
        try:
            article = check(text, damaged)
        except Exception as error:
            raise AssertionError(f"seed {seed}, input {figures.inputs}: {text!r}") from error
        figures.slowest_s = max(figures.slowest_s, time.perf_counter() - began)
        figures.inputs += 1
        figures.characters += len(text)
        figures.units += len(UNIT.findall(text))
        figures.damaged += damaged
        figures.kinds.update(block.kind for block in article.blocks)
    figures.seconds = time.perf_counter() - start
    return figures


@pytest.mark.parametrize("seed", [0])
def test_some_hostile_articles(seed: int) -> None:
    assert run(300, seed).inputs == 300


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, INPUTS // PER_SEED + 1))
def test_hostile_articles(seed: int) -> None:
    figures = run(PER_SEED, seed)
    print(figures)
    assert figures.inputs == PER_SEED


if __name__ == "__main__":
    total = int(sys.argv[1]) if len(sys.argv) > 1 else INPUTS
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for number in range(first, first + max(1, total // PER_SEED)):
        print(number, run(min(total, PER_SEED), number), flush=True)
