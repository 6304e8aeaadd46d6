"""Runs of visible text: normalised, joined, put inside other marks, and read from simple markdown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from kb.article import Mark, Run

# Text without any of these is plain.
SPECIAL = re.compile(r"[\\`*_~\[\]<&]")
_BLANKS = re.compile(r"[ \t\n\r\f\v]+")
_UNTIDY = re.compile(r"[\t\n\r\f\v]|  ")
# What nearly all text consists of: bold pairs, and links whose text and target hold nothing special.
_PLAIN_MARKUP = re.compile(
    r"\*\*|(?<!!)\[([^\\`*_~\[\]<&\n]+)\]\(((?:https?://|/|\.|#)?[^\\\s()<>&`\[\]:\x00-\x1f\x7f]+)\)"
)


def plain_runs(text: str) -> list[Run] | None:
    """Runs of text whose only markup is unmistakable bold and links, None where a parser must decide."""
    runs: list[Run] = []
    marks: tuple[Mark, ...] = ()
    position = 0
    for match in _PLAIN_MARKUP.finditer(text):
        start, end = match.span()
        if start > position:
            gap = text[position:start]
            if SPECIAL.search(gap):
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
    if marks or SPECIAL.search(rest):
        return None
    if rest:
        runs.append(Run(rest))
    return runs


_BLANK_OR_END = frozenset(("", " ", "\n"))


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
