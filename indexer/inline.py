"""Inline markdown: from markdown-it's inline tokens to runs of visible text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html import unescape
from typing import cast

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from indexer.html import Tag, read_tag
from kb.article import Mark, Run

# markdown-it's inline rules are linear but slow on hostile text (15 to 24 s for 1 MB of brackets).
MAX_INLINE = 64 * 1024
_SPECIAL = re.compile(r"[\\`*_~\[\]!<&\n]|  ")
_BLANKS = re.compile(r"[ \t\n\r\f\v]+")
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
_BREAKS = frozenset("br p div li tr hr dt dd h1 h2 h3 h4 h5 h6 summary option".split())
_SILENT = frozenset({"script", "style"})


@dataclass(frozen=True, slots=True)
class Atom:
    """A run on its way to a segment; `line_break` stands alone, `tag` is a tag that made no run."""

    run: Run
    line_break: bool = False
    tag: Tag | None = None


_BREAK = Atom(Run(" "), line_break=True)


def markdown_parser() -> MarkdownIt:
    """CommonMark with GitHub's tables and strikethrough; link targets stay as written."""
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 100}).enable(["table", "strikethrough"])
    parser.core.ruler.at("inline", _inline_within_limit)
    parser.normalizeLink = _as_written  # type: ignore[method-assign]
    parser.normalizeLinkText = _as_written  # type: ignore[method-assign]
    return parser


def _as_written(url: str) -> str:
    return url


def _inline_within_limit(state: StateCore) -> None:
    """markdown-it's own rule "inline", but text over MAX_INLINE stays one piece of text."""
    for token in state.tokens:
        if token.type != "inline":
            continue
        if token.children is None:
            token.children = []
        if len(token.content) > MAX_INLINE:
            token.children.append(Token("text", "", 0, content=token.content))
            token.meta["unparsed"] = True
        else:
            state.md.inline.parse(token.content, state.md, state.env, token.children)


_PARSER = markdown_parser()


def parse_inline(text: str, closed: frozenset[str]) -> tuple[Run, ...]:
    """Runs of one side of a unit; outer blanks are kept as one blank. Plain text skips the parser."""
    if not text:
        return ()
    if _SPECIAL.search(text) is None:
        return tidy((Run(text),))
    token = _PARSER.parseInline(text)[0]
    return tidy(atom.run for atom in walk(token.children or [], closed) if atom.tag is None)


def walk(tokens: Iterable[Token], closed: frozenset[str]) -> Iterator[Atom]:
    """Atoms of inline tokens in order; every tag of raw HTML is an atom with an empty run as well."""
    marks: list[Mark] = []
    hrefs: list[str | None] = []
    silent = 0
    for token in tokens:
        kind = token.type
        if kind == "html_inline":
            tag = read_tag(token.content, closed)
            if tag is None:
                yield _atom(token.content, marks, hrefs)
                continue
            if tag.name in _SILENT:
                silent = 0 if tag.closing else 1
            yield from _apply_tag(tag, marks, hrefs)
        elif silent:
            continue
        elif kind == "text":
            yield _atom(token.content, marks, hrefs)
        elif kind == "code_inline":
            yield _atom(token.content, [*marks, "code"], hrefs)
        elif kind in ("softbreak", "hardbreak"):
            yield _BREAK
        elif kind == "image":
            run = Run(token.content, _marks(marks), _href(hrefs), image=str(token.attrGet("src") or ""))
            yield Atom(run)
        elif kind == "link_open":
            hrefs.append(str(token.attrGet("href") or ""))
        elif kind == "link_close":
            # raw </a> may have closed it already
            hrefs[:] = hrefs[:-1]
        elif kind.endswith("_open"):
            marks.append(_MARKS[token.tag])
        elif kind.endswith("_close"):
            _drop(marks, _MARKS[token.tag])
        else:
            yield _atom(token.content, marks, hrefs)


def _apply_tag(tag: Tag, marks: list[Mark], hrefs: list[str | None]) -> Iterator[Atom]:
    if tag.name in _MARKS:
        mark = _MARKS[tag.name]
        if tag.closing:
            _drop(marks, mark)
        else:
            marks.append(mark)
    elif tag.name == "a":
        if not tag.closing:
            hrefs.append(tag.attributes.get("href"))
        elif hrefs:
            hrefs.pop()
    elif tag.name == "img" and not tag.closing:
        image = tag.attributes.get("src", "")
        yield Atom(Run(tag.attributes.get("alt", ""), _marks(marks), _href(hrefs), image=image))
    elif tag.name in _BREAKS:
        yield _BREAK
    yield Atom(Run(""), tag=tag)


def walk_html(pieces: Iterable[tuple[bool, str]], closed: frozenset[str]) -> Iterator[Atom]:
    """Atoms of a block of raw HTML as `split_html` gives it."""
    tokens = (
        Token("html_inline" if is_tag else "text", "", 0, content=piece if is_tag else unescape(piece))
        for is_tag, piece in pieces
    )
    return walk(tokens, closed)


def _drop(marks: list[Mark], mark: Mark) -> None:
    if mark in marks:
        marks.remove(mark)


def _marks(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    return tuple(sorted(set(marks)))


def _href(hrefs: list[str | None]) -> str | None:
    return next((href for href in reversed(hrefs) if href is not None), None)


def _atom(text: str, marks: Iterable[Mark], hrefs: list[str | None]) -> Atom:
    return Atom(Run(text, _marks(marks), _href(hrefs)))


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
    blank = False
    for run in runs:
        text = run.text if run.text.isascii() else unicodedata.normalize("NFC", run.text)
        text = _BLANKS.sub(" ", text)
        if run.image is not None:
            out.append(replace(run, text=text.strip()) if text != run.text else run)
            continue
        if blank and text.startswith(" "):
            text = text[1:]
        if not text:
            continue
        blank = text.endswith(" ")
        if out and (out[-1].marks, out[-1].href, out[-1].image) == (run.marks, run.href, None):
            out[-1] = replace(out[-1], text=out[-1].text + text)
        else:
            out.append(replace(run, text=text) if text != run.text else run)
    return tuple(out)


def strip(runs: tuple[Run, ...]) -> tuple[tuple[Run, ...], bool, bool]:
    """(runs without outer blanks, whether one stood before, whether one stood after)."""
    out = list(runs)
    seen = [i for i, run in enumerate(out) if run.image is None]
    before = after = False
    if seen and out[seen[0]].text.startswith(" "):
        before = True
        out[seen[0]] = replace(out[seen[0]], text=out[seen[0]].text[1:])
    if seen and out[seen[-1]].text.endswith(" "):
        after = True
        out[seen[-1]] = replace(out[seen[-1]], text=out[seen[-1]].text[:-1])
    return tuple(run for run in out if run.text or run.image is not None), before, after
