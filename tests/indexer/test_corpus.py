"""The parser on twelve locales of real articles, beside their monolingual edition and cmarkgfm.

A difference counts as explained only by one of CAUSES; how many there may be is what the issue promises.
"""

from __future__ import annotations

import re
import tarfile
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from pathlib import Path

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options

from indexer.parse import parse_article, side_markdown
from kb.article import Article

pytestmark = pytest.mark.long

LOCALES = [
    "ar-SA",
    "de-DE",
    "es-ES",
    "fr-FR",
    "ja-JP",
    "nl-NL",
    "pt-BR",
    "ru-RU",
    "sr-Latn-RS",
    "th-TH",
    "tr-TR",
    "zh-CN",
]
UNIT = re.compile(
    r'<span data-ttu-id="([^"]+)">(.*?)</span>'
    r'<span class="sxs-lookup"><span data-stu-id="\1">(.*?)</span></span>',
    re.S,
)
FRONT_MATTER = re.compile(r"---\n.*?^---\n", re.S | re.M)
# Tags that are markup; any other, "<app>", is a placeholder for the reader.
TAGS = """a a0 b blockquote br code del div em h1 h2 h3 h4 h5 h6 hr i img input li ol p pre s span strong sub
sup table tbody td th thead tr u ul"""
TAG = re.compile(r"</?([A-Za-z][\w.-]*)[^<>]*>")
BLOCK_TAG = re.compile(r"<(/?)(h[1-6]|li|ol|ul|blockquote|pre|table|tr)(\s[^<>]*)?>")

# Why visible text may differ from the monolingual edition, by what makes both texts equal.
CAUSES = {
    "emphasis that translation broke is raw there, where some of it pairs across sentences": r"[*_\\]",
    "a translation that begins like a list item or heading is one there": r"[*_\\]|\d+[.)]|[-+>#]",
    "brackets that translation broke are escaped on one side": r"[*_\\]|\]\(.*?\)|[\[\]()]",
}
FRONT = "front matter that was translated as text is kept as a block of code"


@dataclass
class Checked:
    """What one locale showed: the numbers of articles and units, and the names of articles that differ."""

    articles: int = 0
    units: int = 0
    compared: int = 0
    wrong_units: list[str] = field(default_factory=list)
    wrong_side: list[str] = field(default_factory=list)
    wrong_signature: dict[str, str] = field(default_factory=dict)
    wrong_text: dict[str, str] = field(default_factory=dict)
    warnings: int = 0


@pytest.fixture(params=LOCALES)
def checked(request: pytest.FixtureRequest, shared: Path) -> Checked:
    return check(shared / "corpus", request.param)


def test_every_unit_is_in_exactly_one_block_in_order(checked: Checked) -> None:
    assert checked.units > 20_000
    assert checked.wrong_units == []


def test_the_target_side_is_the_monolingual_edition(checked: Checked) -> None:
    # its own edition cuts a picture's alt text
    assert set(checked.wrong_side) <= {"AlchemyInsights/testing-alchemy-inline-videos.md"}


def test_visible_text_is_that_of_the_monolingual_edition(checked: Checked) -> None:
    causes = Counter(checked.wrong_text.values())
    print(f"{checked.compared} articles compared, {sum(causes.values())} differ: {dict(causes)}")
    assert set(causes) <= {*CAUSES, FRONT}, checked.wrong_text
    assert len(checked.wrong_text) <= 0.005 * checked.compared


def test_the_block_signature_is_that_of_the_source_side(checked: Checked) -> None:
    assert set(checked.wrong_signature.values()) <= {FRONT}, checked.wrong_signature
    assert len(checked.wrong_signature) <= 0.001 * checked.articles


@cache
def check(corpus: Path, locale: str) -> Checked:
    result = Checked()
    live = read_archive(corpus / "live" / f"{locale}.tar.gz")
    for name, text in read_archive(corpus / "sxs" / f"{locale}.tar.gz").items():
        article = parse_article(text, name.removesuffix(".md"), locale)
        result.articles += 1
        result.warnings += len(article.warnings)
        check_units(result, name, text, article)
        check_signature(result, name, text, article)
        if name in live:
            result.compared += 1
            check_live(result, name, text, article, live[name])
    return result


def read_archive(path: Path) -> dict[str, str]:
    with tarfile.open(path) as archive:
        files = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
        return {name: file.read().decode() for name, file in files.items() if file and name.endswith(".md")}


def check_units(result: Checked, name: str, text: str, article: Article) -> None:
    wanted = UNIT.findall(text)
    found = [segment for block in article.blocks for segment in block.segments if segment.unit is not None]
    result.units += len(wanted)
    numbers = [id_.rpartition("-")[2] for id_, _, _ in wanted]
    texts = all(
        bool(segment.target) >= bool(target.strip()) and bool(segment.source) >= bool(source.strip())
        for segment, (_, target, source) in zip(found, wanted, strict=False)
    )
    if [segment.unit for segment in found] != numbers or not texts:
        result.wrong_units.append(name)


def check_live(result: Checked, name: str, text: str, article: Article, live: str) -> None:
    body = FRONT_MATTER.sub("", live, count=1) if live.startswith("---\n") else live
    if without_blanks(side_markdown(text, "target")) != without_blanks(body):
        result.wrong_side.append(name)
    ours = squash("".join(s.text("target") for block in article.blocks for s in block.segments))
    theirs = squash(unicodedata.normalize("NFC", html_text(to_html(body))))
    if ours != theirs:
        result.wrong_text[name] = cause(ours, theirs, article)


def without_blanks(markdown: str) -> str:
    """Without the backslashes that the bilingual edition puts before asterisks, blanks in between or not."""
    return re.sub(r"\\+\*", "*", re.sub(r"\s+", "", markdown))


def cause(ours: str, theirs: str, article: Article) -> str:
    if article.blocks[0].language == "yaml":
        return FRONT
    for name, pattern in CAUSES.items():
        if re.sub(pattern, "", ours) == re.sub(pattern, "", theirs):
            return name
    return f"ours {ours!r} theirs {theirs!r}"


def check_signature(result: Checked, name: str, text: str, article: Article) -> None:
    ours, theirs = signature(article), html_signature(to_html(side_markdown(text, "source")))
    if ours != theirs:
        result.wrong_signature[name] = FRONT if ours == ["pre", *theirs] else f"ours {ours} theirs {theirs}"


def to_html(markdown: str) -> str:
    return str(cmarkgfm.github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE))


def html_text(html: str) -> str:
    html = re.sub(r"<!--.*?-->", "", html, flags=re.S)
    return unescape(TAG.sub(lambda m: "" if m[1].lower() in TAGS.split() else m[0], html))


def squash(text: str) -> str:
    return re.sub(r"[\s\u200b]+", "", text)


def signature(article: Article) -> list[str]:
    """Kinds of blocks in order, with the level of headings and the number of steps."""
    out: list[str] = []
    for block in article.blocks:
        match block.kind:
            case "heading":
                out.append(f"h{block.level}")
            case "step":
                out.append("step " + str(block.number).rpartition(".")[2])
            case "quote" | "note":
                out.append("blockquote")
            case "code":
                out.append("pre")
            case "table":
                out += ["table", *("tr" for _ in block.parts)]
            case "bullet":
                out.append("bullet")
            case _:
                pass
    return out


def html_signature(html: str) -> list[str]:
    """The same of a rendered page; list items are numbered as a browser does it."""
    out: list[str] = []
    lists: list[int | None] = []
    for match in BLOCK_TAG.finditer(html):
        closing, name, rest = match[1], match[2], match[3] or ""
        if name in ("ol", "ul"):
            if closing:
                lists.pop()
            else:
                start = re.search(r'start="(\d+)"', rest)
                lists.append(None if name == "ul" else int(start[1]) if start else 1)
        elif closing:
            continue
        elif name == "li":
            number = lists[-1]
            out.append("bullet" if number is None else f"step {number}")
            lists[-1] = None if number is None else number + 1
        else:
            out.append(name)
    return out
