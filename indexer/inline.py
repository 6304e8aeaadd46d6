"""Inline markdown and HTML: from markdown-it's inline tokens to runs of visible text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, image, link
from markdown_it.token import Token

from indexer.html import Tag, read_tag, split_html
from indexer.runs import SPECIAL, plain_runs, tidy
from kb.article import Mark, Run

# markdown-it's inline rules are linear but slow on hostile text (15 to 24 s for 1 MB of brackets).
MAX_INLINE = 64 * 1024
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
    """A run on its way to a segment; `line_break` stands alone, `in_file` where the file has a line end there too;
    `tag` is a tag that made no run."""

    run: Run
    line_break: bool = False
    in_file: bool = True
    tag: Tag | None = None


LINE_BREAK = Atom(Run(" "), line_break=True)
# <br> and the like: a line on the page, none in the file
_TAG_BREAK = Atom(Run(" "), line_break=True, in_file=False)


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
    if SPECIAL.search(text) is None:
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
    if len(text) > MAX_INLINE or SPECIAL.search(text) is None:
        return tidy((Run(text),))
    runs = plain_runs(text)
    if runs is None:
        tokens = _inline_tokens(text, {"references": references} if references else {})
        runs = [atom.run for atom in walk(tokens, closed) if atom.tag is None]
    return tidy(runs)


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
        yield _TAG_BREAK
    yield Atom(Run(""), tag=tag)


def parse_html(text: str, closed: frozenset[str]) -> tuple[Run, ...]:
    """Runs of a piece of raw HTML, where markdown's own marks mean nothing."""
    tokens = (
        Token("html_inline" if is_tag else "text", "", 0, content=piece if is_tag else unescape(piece))
        for is_tag, piece, _ in split_html(text)
    )
    return tidy(atom.run for atom in walk(tokens, closed) if atom.tag is None)
