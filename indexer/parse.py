"""From an article's text to an Article: the parser's front page.

Front matter is split off, every translation unit becomes an opaque placeholder, the block structure is parsed
once for both languages, and each side of each unit is parsed inline by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from indexer.dialects import plain_markdown
from indexer.frontmatter import FrontMatter, parse_frontmatter
from indexer.html import closed_names
from indexer.markdown import parse_blocks
from indexer.numbering import number_steps
from indexer.punits import covered_numbers
from indexer.segments import Units, code_segments
from indexer.sxs import RawUnit, find_units, unwrap, without_remains
from indexer.unplaced import insert_unplaced
from kb.article import Article, Block, ParseWarning, Run, Side

DEFAULT_SOURCE_LOCALE = "en-US"
# Pictures pasted in as data run to tens of kB on one line.
_DATA_URI = re.compile(r"(data:image/[\w.+-]{1,40};base64,)[A-Za-z0-9+/=%]{64,}")
_PICTURE = "kb-picture-"
_SHORT_PICTURE = re.compile(rf"data:image/[\w.+-]{{1,40}};base64,{_PICTURE}(\d+)")


def normalise_newlines(text: str) -> str:
    """Text without a byte order mark, every line ended by one "\\n"."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def side_markdown(text: str, side: Side) -> str:
    """The body's markdown of one side, front matter left out."""
    text = normalise_newlines(text)
    return unwrap(text[parse_frontmatter(text).body_offset :], side)


def parse_article(text: str, path: str, locale: str, source_locale: str = DEFAULT_SOURCE_LOCALE) -> Article:
    """The article; damage of any kind becomes warnings with file lines, in line order, and never an error."""
    text = normalise_newlines(text)
    front = parse_frontmatter(text)
    blocks, warnings = parse_body(text[front.body_offset :], front.body_line)
    if front.kept:
        blocks = [_front_block(front, text), *(_moved(block) for block in blocks)]
    h1 = first_heading(blocks)
    source_title = h1.text("source") if h1 and any(s.source is not None for s in h1.segments) else None
    return Article(
        path=path,
        locale=locale,
        source_locale=source_locale,
        title=article_title(front.metadata, h1, path),
        source_title=source_title or None,
        translation=_translation(front.metadata),
        metadata=front.metadata,
        blocks=tuple(blocks),
        warnings=tuple(sorted((*front.warnings, *warnings), key=lambda w: w.line)),
    )


def _front_block(front: FrontMatter, text: str) -> Block:
    """Front matter that is no metadata, translated as if it were text, say: a block of code."""
    inner = text[: front.body_offset].split("\n", 1)[1]
    raw_units, _ = find_units(inner, 2)
    code, units, _ = _with_placeholders(inner, raw_units, 2)
    lines = code.rstrip("\n").removesuffix("---").removesuffix("+++")
    return Block(
        "code",
        0,
        None,
        None,
        (),
        (1, front.body_line - 1),
        tuple(code_segments(lines, units)),
        language="yaml",
    )


def _moved(block: Block) -> Block:
    """The block with one more block before it."""
    parent = None if block.parent is None else block.parent + 1
    return replace(block, parent=parent, headings=tuple(i + 1 for i in block.headings))


def parse_body(body: str, first_line: int = 1) -> tuple[list[Block], list[ParseWarning]]:
    """(blocks in reading order, warnings) of a body whose first line is `first_line` of its file."""
    body, pictures = _shorten_pictures(body)
    raw_units, warnings = find_units(body, first_line)
    text, units, file_lines = _with_placeholders(body, raw_units, first_line)
    text, dialect_warnings = plain_markdown(text)
    parsed = parse_blocks(text, units, lambda line: file_lines[min(line, len(file_lines) - 1)])
    blocks, line_starts, unplaced = insert_unplaced(parsed.blocks, parsed.line_starts, units)
    blocks = number_steps(blocks, line_starts)
    warnings += (*parsed.warnings, *unplaced)
    warnings += [ParseWarning(file_lines[w.line], w.message) for w in dialect_warnings]
    return _restore_pictures(blocks, pictures), warnings


def _with_placeholders(body: str, raw_units: list[RawUnit], first_line: int) -> tuple[str, Units, list[int]]:
    """(body with one placeholder a unit, the units, file line of each of its lines and of the one after)."""
    units = Units(
        _nonce(body),
        raw_units,
        [],
        covered_numbers(raw_units, body),
        closed_names(_TAG_OF_UNIT.sub("", body)),
    )
    parts: list[str] = []
    file_lines = [first_line]
    position = 0
    line = first_line
    for index, unit in enumerate(raw_units):
        between = without_remains(body[position : unit.start])
        parts += (between, units.placeholder(index))
        for _ in range(between.count("\n")):
            line += 1
            file_lines.append(line)
        first = line
        line += body.count("\n", unit.start, unit.end)
        units.lines.append((first, line))
        position = unit.end
    rest = without_remains(body[position:]) if raw_units else body[position:]
    parts.append(rest)
    file_lines += range(line + 1, line + rest.count("\n") + 1)
    # a block's last line is the one before the next block's first
    file_lines.append(file_lines[-1] + 1 if rest else line + 1)
    return "".join(parts), units, file_lines


# closing tags of the units' own markup say nothing about other span tags
_TAG_OF_UNIT = re.compile(r"</span>")


def _nonce(body: str) -> str:
    """Letters and digits that occur nowhere in the body; the same for the same body."""
    return next(nonce for salt in count() if (nonce := f"Qkb{salt}unit") not in body)


def _shorten_pictures(body: str) -> tuple[str, list[str]]:
    pictures: list[str] = []

    def short(match: re.Match[str]) -> str:
        pictures.append(match[0])
        return f"{match[1]}{_PICTURE}{len(pictures) - 1}"

    return (_DATA_URI.sub(short, body), pictures) if "data:image/" in body else (body, pictures)


def _restore_pictures(blocks: list[Block], pictures: list[str]) -> list[Block]:
    if not pictures:
        return blocks

    def whole(text: str) -> str:
        return _SHORT_PICTURE.sub(lambda m: pictures[int(m[1])] if int(m[1]) < len(pictures) else m[0], text)

    def restored(runs: tuple[Run, ...]) -> tuple[Run, ...]:
        return tuple(
            replace(r, text=whole(r.text), href=r.href and whole(r.href), image=r.image and whole(r.image))
            for r in runs
        )

    return [
        replace(
            block,
            segments=tuple(
                replace(s, target=restored(s.target), source=None if s.source is None else restored(s.source))
                for s in block.segments
            ),
        )
        for block in blocks
    ]


def first_heading(blocks: Sequence[Block]) -> Block | None:
    """The H1, the first where there are several."""
    return next((b for b in blocks if b.kind == "heading" and b.level == 1), None)


def article_title(metadata: Mapping[str, Any], h1: Block | None, path: str) -> str:
    """The front matter's title, else the H1's, else the file's name; a corrected H1 comes before all of them."""
    if h1 is not None and h1.text("target") and any(s.original is not None for s in h1.segments):
        return h1.text("target")
    title = metadata.get("title")
    if isinstance(title, str | int | float) and str(title).strip():
        return " ".join(str(title).split())
    if h1 is not None and h1.text("target"):
        return h1.text("target")
    return path.rpartition("/")[2]


def _translation(metadata: Mapping[str, Any]) -> str | None:
    value = metadata.get("ms.translationtype")
    return value if value in ("MT", "HT") else None
