"""The parser of an article's blocks: markdown-it with limits against hostile text, and heading anchors."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from indexer.inline import markdown_parser

# Each nested list or quote costs Python stack frames and, in markdown-it, rescans its lines.
MAX_NESTING = 40
# "## Title {#anchor}", as Hugo, kramdown and Experience League write it
_HEADING_ID = re.compile(r"[ \t]*\{:?[ \t]*#([\w.:-]{1,200})[^{}\n]{0,200}\}[ \t]*$")


def _too_deep(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule: beyond MAX_NESTING levels the lines that are left become one paragraph, text and all."""
    if silent or state.level < MAX_NESTING:
        return False
    content = state.getLines(start, end, state.blkIndent, False).strip()
    state.push("paragraph_open", "p", 1).map = [start, end]
    token = state.push("inline", "", 0)
    token.content, token.map, token.children = content, [start, end], []
    token.meta["too_deep"] = True
    state.push("paragraph_close", "p", -1)
    state.line = end
    return True


def _heading_ids(state: StateCore) -> None:
    """Core rule: an id in braces at a heading's end leaves its text."""
    for opening, inline in pairwise(state.tokens):
        if opening.type == "heading_open" and inline.content.endswith("}"):
            match = _HEADING_ID.search(inline.content)
            if match:
                inline.content = inline.content[: match.start()]
                inline.meta["anchor"] = match[1]


_PARSER = markdown_parser()
_PARSER.block.ruler.before("table", "too_deep", _too_deep)
_PARSER.core.ruler.before("inline", "heading_ids", _heading_ids)


def parse_tokens(text: str) -> tuple[list[Token], dict[str, Any]]:
    """(markdown-it's tokens, link definitions by label)."""
    env: dict[str, Any] = {}
    # markdown-it reads past the end of a last line without its line break, in HTML inside a list
    tokens = _PARSER.parse(text if text.endswith("\n") else text + "\n", env)
    return tokens, env.get("references", {})
