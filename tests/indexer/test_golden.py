"""Golden cases in markdown: a title line, then input and expected text, each closed by a line with a dot.

The expected text has a line for each block and one for each of its segments:

    3-4   step 2.a note=tip #anchor <language> under A > B
        103 | target text = source text

`|` joins with a blank, `+` with nothing, `/` with a line break; `!` marks an alert's marker. Text outside
units has `-` for its unit; without a source side there is no `=`. Marks, links and pictures are shown as
markdown. In the input ⟪103|target⇒source⟫ stands for a whole unit's markup, in both texts ⟨U+200E⟩ for that
character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from indexer.parse import parse_article
from kb.article import Article, Block, Run, Segment

_UNIT = re.compile(r"⟪(p?\d+)\|(.*?)⇒(.*?)⟫", re.S)
_MARKUP = (
    r'<span data-ttu-id="5f0aa-\1">\2</span>'
    r'<span class="sxs-lookup"><span data-stu-id="5f0aa-\1">\3</span></span>'
)
_OPTIONS = re.compile(r"\{(.*)\}$")


@dataclass(frozen=True)
class Case:
    name: str
    options: dict[str, str]
    given: str
    expected: str

    def rendered(self) -> str:
        return render(parse_article(self.given, self.options.get("path", "folder/article"), "nl-NL"))


def read_cases(path: Path) -> Iterator[Case]:
    """The cases of one file, in order."""
    lines = path.read_text(encoding="utf-8").split("\n")
    dots = [n for n, line in enumerate(lines) if line == "."]
    assert len(dots) % 3 == 0, f"{path.name}: a case has three lines with a dot, found {len(dots)}"
    for a, b, c in zip(dots[0::3], dots[1::3], dots[2::3], strict=True):
        title = lines[a - 1]
        given = _OPTIONS.search(title)
        options = dict(item.split("=", 1) for item in given[1].split("; ")) if given else {}
        yield Case(
            f"{path.stem}:{_OPTIONS.sub('', title).strip()}",
            options,
            _given("\n".join(lines[a + 1 : b])) + "\n",
            "\n".join(lines[b + 1 : c]),
        )


def _given(text: str) -> str:
    return re.sub(r"⟨U\+([0-9A-F]{4})⟩", lambda m: chr(int(m[1], 16)), _UNIT.sub(_MARKUP, text))


def render(article: Article) -> str:
    """The article in the form of the expected texts."""
    out: list[str] = []
    if article.metadata or article.translation:
        out.append(f"title {article.title} = {article.source_title} ({article.translation})")
    for block in article.blocks:
        out += _block(article, block)
    out += [f"warning {w.line}: {w.message}" for w in article.warnings]
    return "".join(_shown(char) for char in "\n".join(out))


def _shown(char: str) -> str:
    hidden = unicodedata.category(char) in ("Cf", "Cc", "Zs", "Zl", "Zp", "Co") and char not in " \n"
    return f"⟨U+{ord(char):04X}⟩" if hidden else char


def _block(article: Article, block: Block) -> Iterator[str]:
    words = [
        _lines(block.lines),
        "  " * block.level + block.kind if block.kind != "heading" else f"h{block.level}",
    ]
    words += [block.number] if block.number else []
    words += [f"note={block.alert}"] if block.alert else []
    words += [f"#{block.anchor}"] if block.anchor else []
    words += [f"<{block.language}>"] if block.language else []
    path = article.heading_path(block, "target")
    words += ["under " + " > ".join(path)] if path else []
    yield " ".join(words)
    for n, segment in enumerate(block.segments):
        yield "    " + _segment(segment, n == 0)
    for part in block.parts:
        if block.kind == "table":
            target, source = (" | ".join(block.cell_texts(part, side)) for side in ("target", "source"))
            kind = "header" if part.header else "row"
            yield f"  {kind} {_lines(part.lines)}: {target}" + (f" = {source}" if article.bilingual else "")
        else:
            ((start, stop),) = part.cells
            target = block.text("target", start, stop)
            yield f"  line {part.number} {_lines(part.lines)}: {target}"


def _lines(lines: tuple[int, int]) -> str:
    return str(lines[0]) if lines[0] == lines[1] else f"{lines[0]}-{lines[1]}"


def _segment(segment: Segment, first: bool) -> str:
    unit = segment.unit or "-"
    if segment.unit and segment.covers != (segment.unit,):
        unit += f"({','.join(segment.covers)})"
    join = (
        "!"
        if segment.marker
        else "|"
        if first
        else {" ": "|", "": "+"}.get(segment.glue, segment.glue.replace("\n", "/"))
    )
    text = markdown(segment.target)
    if segment.source is not None and segment.unit is not None:
        text += " = " + markdown(segment.source)
    elif segment.unit is not None:
        text += " (no source)"
    return f"{unit} {join} {text}".rstrip()


def markdown(runs: tuple[Run, ...]) -> str:
    """Runs as markdown that a reader of a test understands."""
    out = []
    for run in runs:
        text = run.text if run.image is None else f"![{run.text}]({run.image})"
        for mark, sign in (("code", "`"), ("em", "*"), ("strong", "**"), ("strike", "~~")):
            text = f"{sign}{text}{sign}" if mark in run.marks else text
        out.append(text if run.href is None else f"[{text}]({run.href})")
    return "".join(out)


CASES = [
    case for path in sorted((Path(__file__).parent / "golden").glob("*.md")) for case in read_cases(path)
]


def test_case_names_differ() -> None:
    assert len({case.name for case in CASES}) == len(CASES) > 0


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_golden(case: Case) -> None:
    """What a reader of the article would expect of each block."""
    assert case.rendered() == case.expected
