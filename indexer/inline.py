"""Inline markdown: from markdown-it's inline tokens to runs of visible text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, replace
from html import unescape
from typing import Any, cast

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, image, link
from markdown_it.token import Token

from indexer.html import Tag, read_tag, split_html
from kb.article import Mark, Run

# markdown-it's inline rules are linear but slow on hostile text (15 to 24 s for 1 MB of brackets).
MAX_INLINE = 64 * 1024
_SPECIAL = re.compile(r"[\\`*_~\[\]<&]")
_BLANKS = re.compile(r"[ \t\n\r\f\v]+")
_UNTIDY = re.compile(r"[\t\n\r\f\v]|  ")
# What nearly all text consists of: bold pairs, and links whose text and target hold nothing special.
_PLAIN_MARKUP = re.compile(
    r"\*\*|(?<!!)\[([^\\`*_~\[\]<&\n]+)\]\(((?:https?://|/|\.|#)?[^\\\s()<>&`\[\]:\x00-\x1f\x7f]+)\)"
)
_MARKS: dict[str, Mark] = {
    "strong": "strong",
    "b": "strong",
    "em": "em",
    "i": "em",
    "code": "code",
    "kbd": "code",
    "samp": "code",
    "tt": "code",
    "s": "strike",
    "del": "strike",
    "strike": "strike",
}
_BREAKS = frozenset(re.findall(r"\S+", "br p div li tr hr dt dd h1 h2 h3 h4 h5 h6 summary option"))


@dataclass(frozen=True, slots=True)
class Atom:
    """A run on its way to a segment; `line_break` stands alone, `tag` is a tag that made no run."""

    run: Run
    line_break: bool = False
    tag: Tag | None = None


LINE_BREAK = Atom(Run(" "), line_break=True)


def markdown_parser() -> MarkdownIt:
    """CommonMark with GitHub's tables and strikethrough; link targets stay as written."""
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 100}).enable(["table", "strikethrough"])
    parser.core.ruler.at("inline", _inline_within_limit)
    parser.inline.ruler.at("link", _link)
    parser.inline.ruler.at("image", _image)
    # both only join neighbouring text, which `tidy` does anyway
    parser.core.ruler.disable("text_join")
    parser.inline.ruler2.disable("fragments_join")
    parser.normalizeLink = _as_written  # type: ignore[method-assign]
    parser.normalizeLinkText = _as_written  # type: ignore[method-assign, assignment]
    return parser


def _as_written(url: str) -> str:
    return url


def _link(state: StateInline, silent: bool) -> bool:
    """markdown-it's rule "link", tried only where an end of a link follows; it reads far ahead in vain."""
    return state.src[state.pos] == "[" and _link_may_end(state) and link(state, silent)


def _image(state: StateInline, silent: bool) -> bool:
    return state.src.startswith("![", state.pos) and _link_may_end(state) and image(state, silent)


def _link_may_end(state: StateInline) -> bool:
    # the parser's cache of positions has no use for -1
    if -1 not in state.cache:
        state.cache[-1] = state.src.rfind("]" if "references" in state.env else "](")
    return state.pos < state.cache[-1]


def _inline_within_limit(state: StateCore) -> None:
    """markdown-it's own rule "inline", but text over MAX_INLINE stays one piece of text."""
    for token in state.tokens:
        if token.type != "inline":
            continue
        if len(token.content) > MAX_INLINE:
            token.children = [Token("text", "", 0, content=token.content)]
            token.meta["unparsed"] = True
        else:
            token.children = _inline_tokens(token.content, state.env)


_PARSER = markdown_parser()
# brackets in brackets: CommonMark knows no limit, but each level makes hostile text slower
_PARSER.options["maxNesting"] = 20


def _inline_tokens(text: str, env: MutableMapping[str, Any]) -> list[Token]:
    if _SPECIAL.search(text) is None:
        tokens: list[Token] = []
        for n, line in enumerate(text.split("\n")):
            if n:
                tokens.append(Token("softbreak", "br", 0))
            tokens.append(Token("text", "", 0, content=line))
        return tokens
    return _PARSER.inline.parse(text, _PARSER, env, [])


def parse_inline(text: str, closed: frozenset[str], references: Mapping[str, Any]) -> tuple[Run, ...]:
    """Runs of one side of a unit; outer blanks are kept as one blank. Simple text skips the parser.

    references  the document's link definitions, as markdown-it keeps them
    """
    if not text:
        return ()
    if len(text) > MAX_INLINE or _SPECIAL.search(text) is None:
        return tidy((Run(text),))
    runs = plain_runs(text)
    if runs is None:
        tokens = _inline_tokens(text, {"references": references} if references else {})
        runs = [atom.run for atom in walk(tokens, closed) if atom.tag is None]
    return tidy(runs)


def plain_runs(text: str) -> list[Run] | None:
    """Runs of text whose only markup is unmistakable bold and links, None where a parser must decide."""
    runs: list[Run] = []
    marks: tuple[Mark, ...] = ()
    position = 0
    for match in _PLAIN_MARKUP.finditer(text):
        start, end = match.span()
        if start > position:
            gap = text[position:start]
            if _SPECIAL.search(gap):
                return None
            runs.append(Run(gap, marks))
        position = end
        if match[2] is not None:
            runs.append(Run(match[1], marks, match[2]))
            continue
        before, after = text[start - 1 : start], text[end : end + 1]
        if not marks and before in _BLANK_OR_END and (after.isalnum() or after == "["):
            marks = ("strong",)
        elif (marks and (before.isalnum() or before == ")") and after in _BLANK_OR_END) or (
            marks and before.isalnum() and after in ".,;:!?"
        ):
            marks = ()
        else:
            return None
    rest = text[position:]
    if marks or _SPECIAL.search(rest):
        return None
    if rest:
        runs.append(Run(rest))
    return runs


_BLANK_OR_END = frozenset(("", " ", "\n"))


class _Marks:
    """The marks and the link that apply where the walk is; raw tags may open and close them in any order."""

    def __init__(self) -> None:
        self.depth: dict[Mark, int] = {}
        self.marks: tuple[Mark, ...] = ()
        self.hrefs: list[str | None] = []

    @property
    def href(self) -> str | None:
        return self.hrefs[-1] if self.hrefs else None

    def change(self, mark: Mark, by: int) -> None:
        self.depth[mark] = max(0, self.depth.get(mark, 0) + by)
        self.marks = tuple(sorted(m for m, n in self.depth.items() if n))

    def open_link(self, href: str | None) -> None:
        self.hrefs.append(self.href if href is None else href)

    def close_link(self) -> None:
        if self.hrefs:
            self.hrefs.pop()

    def atom(self, text: str) -> Atom:
        return Atom(Run(text, self.marks, self.href))

    def picture(self, alt: str, url: str) -> Atom:
        return Atom(Run(alt, self.marks, self.href, image=url))


def walk(tokens: Iterable[Token], closed: frozenset[str]) -> Iterator[Atom]:
    """Atoms of inline tokens in order; every tag of raw HTML is an atom with an empty run as well."""
    state = _Marks()
    for token in tokens:
        kind = token.type
        if kind == "html_inline":
            tag = read_tag(token.content, closed)
            if tag is None:
                yield state.atom(token.content)
                continue
            yield from _apply_tag(tag, state)
        elif kind in ("text", "text_special"):
            if token.content:
                yield state.atom(token.content)
        elif kind == "code_inline":
            state.change("code", 1)
            yield state.atom(token.content)
            state.change("code", -1)
        elif kind in ("softbreak", "hardbreak"):
            yield LINE_BREAK
        elif kind == "image":
            alt = "".join(atom.run.text for atom in walk(token.children or [], closed))
            yield state.picture(alt, str(token.attrGet("src") or ""))
        elif kind == "link_open":
            state.open_link(str(token.attrGet("href") or ""))
        elif kind == "link_close":
            state.close_link()
        elif kind.endswith("_open"):
            state.change(_MARKS[token.tag], 1)
        elif kind.endswith("_close"):
            state.change(_MARKS[token.tag], -1)
        else:
            yield state.atom(token.content)


def _apply_tag(tag: Tag, state: _Marks) -> Iterator[Atom]:
    if tag.name in _MARKS:
        state.change(_MARKS[tag.name], -1 if tag.closing else 1)
    elif tag.name == "a":
        if tag.closing:
            state.close_link()
        else:
            state.open_link(tag.attributes.get("href"))
    elif tag.name == "img" and not tag.closing:
        yield state.picture(tag.attributes.get("alt", ""), tag.attributes.get("src", ""))
    elif tag.name in _BREAKS:
        yield LINE_BREAK
    yield Atom(Run(""), tag=tag)


def parse_html(text: str, closed: frozenset[str]) -> tuple[Run, ...]:
    """Runs of a piece of raw HTML, where markdown's own marks mean nothing."""
    tokens = (
        Token("html_inline" if is_tag else "text", "", 0, content=piece if is_tag else unescape(piece))
        for is_tag, piece, _ in split_html(text)
    )
    return tidy(atom.run for atom in walk(tokens, closed) if atom.tag is None)


def wrap(runs: tuple[Run, ...], outer: Run) -> tuple[Run, ...]:
    """Runs of a unit that stands inside the marks and the link of `outer`."""
    if not outer.marks and outer.href is None and outer.image is None:
        return runs
    return tuple(
        replace(
            run,
            marks=cast(tuple[Mark, ...], tuple(sorted({*run.marks, *outer.marks}))),
            href=run.href if run.href is not None else outer.href,
            image=run.image if run.image is not None else outer.image,
        )
        for run in runs
    )


def tidy(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Runs in NFC with blanks collapsed over their borders and equal neighbours joined."""
    out: list[Run] = []
    joined: list[str] = []  # texts that make up the last run of `out`
    blank = False
    for run in runs:
        if run.image is not None:
            _join(out, joined)
            out.append(with_text(run, _BLANKS.sub(" ", _nfc(run.text)).strip()))
            continue
        text = run.text
        if _UNTIDY.search(text):
            text = _BLANKS.sub(" ", text)
        if blank and text.startswith(" "):
            text = text[1:]
        if not text:
            continue
        blank = text.endswith(" ")
        if joined and (last := out[-1]).marks == run.marks and last.href == run.href:
            joined.append(text)
        else:
            _join(out, joined)
            out.append(run)
            joined = [text]
    _join(out, joined)
    return tuple(out)


def _join(out: list[Run], texts: list[str]) -> None:
    if texts:
        out[-1] = with_text(out[-1], _nfc(texts[0] if len(texts) == 1 else "".join(texts)))
        texts.clear()


def _nfc(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def with_text(run: Run, text: str) -> Run:
    """The run with another text."""
    return run if text == run.text else Run(text, run.marks, run.href, run.image)


def strip(runs: tuple[Run, ...]) -> tuple[tuple[Run, ...], bool, bool]:
    """(runs without outer blanks, whether one stood before, whether one stood after)."""
    out = list(runs)
    seen = [i for i, run in enumerate(out) if run.image is None]
    before = after = False
    if seen and out[seen[0]].text.startswith(" "):
        before = True
        out[seen[0]] = with_text(out[seen[0]], out[seen[0]].text[1:])
    if seen and out[seen[-1]].text.endswith(" "):
        after = True
        out[seen[-1]] = with_text(out[seen[-1]], out[seen[-1]].text[:-1])
    if before or after:
        return tuple(run for run in out if run.text or run.image is not None), before, after
    return runs, before, after
