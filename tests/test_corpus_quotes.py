"""Every quoted block stands word for word in the lines that it cites, by a reader that shares no code with answers."""

from __future__ import annotations

import html
import json
import re
import tarfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options

from indexer.build import BuildOptions, build
from indexer.report import Quiet
from kb.hit import Answer, SearchRequest
from kb.knowledge import KnowledgeBase
from kb.modelstore import default_cache, install

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]
LOCALE = "th-TH"  # the one that has had a quote that wasn't verbatim
UNIT = re.compile(
    r'<span data-ttu-id="([^"]+)">(.*?)</span>'
    r'<span class="sxs-lookup"><span data-stu-id="\1">(.*?)</span></span>',
    re.S,
)
MARKERS = re.compile(r"^[\s>]*(?:[-*+]|\d+[.)]|#+|\[!\w+\])?\s+", re.M)
# of HTML's elements; "<email address>" is what a reader is to put in
TAG = re.compile(
    r"</?(?:a|b|blockquote|br|code|del|div|em|h[1-6]|hr|i|img|input|li|ol|p|pre|s|span|strong|sub|sup|table|tbody|td"
    r"|th|thead|tr|u|ul)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)


def said_in(markdown: str, lines: tuple[int, int], side: str) -> str:
    """What a browser shows of some lines, blanks dropped: rendered by cmark, not by the parser."""
    some = "\n".join(markdown.split("\n")[lines[0] - 1 : lines[1]])
    some = UNIT.sub(lambda unit: in_text(unescaped(unit[2], unit[3]) if side == "target" else unit[3]), some)
    rendered = cmarkgfm.github_flavored_markdown_to_html(
        MARKERS.sub("", f" {some}"), Options.CMARK_OPT_UNSAFE
    )
    return bare(html.unescape(TAG.sub("", re.sub(r"<!--.*?-->", "", rendered, flags=re.S))))


def unescaped(target: str, source: str) -> str:
    """Asterisks that only the translation escapes are marks on the published page."""
    return target if r"\*" in source else target.replace(r"\*", "*")


def in_text(unit: str) -> str:
    """A number or mark that a sentence itself begins with makes no list or quote: only what stands before its span
    does."""
    return re.sub(r"^(\s*\d*)([.)>+*-])(?=\s|(?<=\d.))", r"\1\\\2", unit)


def bare(text: str) -> str:
    """Without blanks and table rules."""
    return re.sub(r"[\s|\u200b]+", "", unicodedata.normalize("NFC", text))


def quotes(answer: Answer) -> Iterator[tuple[tuple[int, int], str, str, str, str | None]]:
    """(lines, locale that they are counted in, article, text, source text) of each block quoted."""
    cited = {citation.n: citation for citation in answer.citations}
    for step in [*([answer.lead] if answer.lead else []), *answer.steps]:
        citation = cited[step.citation]
        yield citation.lines, citation.locale, citation.article, step.text, step.source_text


def test_the_reader_tells_a_quote_from_an_invention() -> None:
    line = (
        '1. <span data-ttu-id="a-1">Kies **Aan**.</span>'
        '<span class="sxs-lookup"><span data-stu-id="a-1">Select **On**.</span></span>'
    )
    assert said_in(line, (1, 1), "target") == "KiesAan." and said_in(line, (1, 1), "source") == "SelectOn."
    numbered = (
        '<span data-ttu-id="a-1">4. Zet <naam> aan.</span>'
        '<span class="sxs-lookup"><span data-stu-id="a-1">4.Turn <name> on.</span></span>'
    )
    assert said_in(numbered, (1, 1), "target") == "4.Zet<naam>aan."
    marked = (
        '<span data-ttu-id="a-1">> + Zet aan.</span>'
        '<span class="sxs-lookup"><span data-stu-id="a-1">+ Turn on.</span></span>'
    )
    assert (said_in(marked, (1, 1), "target"), said_in(marked, (1, 1), "source")) == (">+Zetaan.", "+Turnon.")


def test_every_quote_is_verbatim_in_the_lines_that_it_cites(
    shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    install(default_cache())
    home = tmp_path_factory.mktemp("home")
    archive = shared / f"corpus/sxs/{LOCALE}.tar.gz"
    build([archive], home, options=BuildOptions(), progress=Quiet())
    with tarfile.open(archive) as files:
        texts = {
            member.name.removeprefix("./").removesuffix(".md"): file.read().decode()
            for member in files
            if member.name.endswith(".md") and (file := files.extractfile(member))
        }
    kb = KnowledgeBase.open(home)
    wrong, checked = [], 0
    for record in (shared / "eval/queries.jsonl").read_text("utf-8").splitlines():
        for locale in (LOCALE, "en-US"):
            answer = kb.draft(SearchRequest(json.loads(record)["query"], locale=locale))
            for lines, shown_in, article, text, source in quotes(answer):
                side = "target" if shown_in == LOCALE else "source"
                for quoted, of in ((text, side), (source, "source")):
                    if quoted is not None:
                        checked += 1
                        if bare(quoted) not in said_in(texts[article], lines, of):
                            wrong.append(f"{article} {lines} {of}: {quoted}")
    kb.close()
    assert checked > 2_000
    assert not wrong, "\n".join(wrong)
