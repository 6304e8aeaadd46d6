"""An article as JSON: what `kb parse --json` prints and the doors send.

Text is visible text. The runs behind it stand beside it only where a text has a mark, a link or a picture,
and other fields beyond the promised ones only where they say something.
"""

from __future__ import annotations

from typing import Any

from kb.article import Article, Block, Part, Run, Segment, Side, visible


def article_to_json(article: Article) -> dict[str, Any]:
    """The article as JSON values.

    {"path", "locale", "source_locale", "title", "source_title", "translation", "metadata", "blocks": [block],
    "warnings": [{"line", "message"}]}; see `block_to_json`.
    """
    return {
        "path": article.path,
        "locale": article.locale,
        "source_locale": article.source_locale,
        "title": article.title,
        "source_title": article.source_title,
        "translation": article.translation,
        "metadata": dict(article.metadata),
        "blocks": [block_to_json(article, block) for block in article.blocks],
        "warnings": [{"line": w.line, "message": w.message} for w in article.warnings],
    }


def block_to_json(article: Article, block: Block) -> dict[str, Any]:
    """One block of an article as JSON values.

    {"kind", "level", "number", "heading_path": [text], "lines": [from, to], "segments": [segment]}, and where
    not empty "text", "source_text", "source_heading_path", "headings" (block indexes), "parent", "anchor",
    "alert", "language", "parts".
    """
    value: dict[str, Any] = {
        "kind": block.kind,
        "level": block.level,
        "number": block.number,
        "heading_path": article.heading_path(block, "target"),
        "lines": list(block.lines),
        "segments": [_segment_to_json(segment) for segment in block.segments],
    }
    bilingual = any(segment.source is not None for segment in block.segments)
    source_path = article.heading_path(block, "source")
    extra = {
        "text": block.text("target"),
        "source_text": block.text("source") if bilingual else "",
        "source_heading_path": source_path if any(source_path) else [],
        "headings": list(block.headings),
        "parent": block.parent,
        "anchor": block.anchor,
        "alert": block.alert,
        "language": block.language,
        "parts": [_part_to_json(part) for part in block.parts],
    }
    return value | {key: item for key, item in extra.items() if item not in (None, "", [])}


def _segment_to_json(segment: Segment) -> dict[str, Any]:
    value: dict[str, Any] = {
        "unit": segment.unit,
        "covers": list(segment.covers),
        "target": segment.text("target"),
        "source": None if segment.source is None else segment.text("source"),
    }
    sides: tuple[Side, Side] = ("target", "source")
    for side in sides:
        runs = segment.runs(side)
        if runs not in ((), (Run(visible(runs)),)):
            value[f"{side}_runs"] = [_run_to_json(run) for run in runs]
    if segment.glue:
        value["glue"] = segment.glue
    if segment.marker:
        value["marker"] = True
    if segment.original is not None:
        value["original"] = visible(segment.original)
        value["original_runs"] = [_run_to_json(run) for run in segment.original]
    return value


def _run_to_json(run: Run) -> dict[str, Any]:
    value: dict[str, Any] = {"text": run.text}
    if run.marks:
        value["marks"] = list(run.marks)
    if run.href is not None:
        value["href"] = run.href
    if run.image is not None:
        value["image"] = run.image
    return value


def _part_to_json(part: Part) -> dict[str, Any]:
    value: dict[str, Any] = {"lines": list(part.lines), "cells": [list(cell) for cell in part.cells]}
    if part.number is not None:
        value["number"] = part.number
    if part.header:
        value["header"] = True
    return value
