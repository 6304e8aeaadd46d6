"""Texts with what is no prose blanked out, length kept, so that offsets stay true."""

from __future__ import annotations

import re

import regex

from kb.article import Run

# A dot, slash or hyphen within what could be an address; most sentences have none, and are done with fast.
_MAY_BE = re.compile(r"[.@/]\w|0[xX]|[0-9a-fA-F]-[0-9a-fA-F]{4}-")
ADDRESS = regex.compile(
    r"(?:https?|ftp)://[^\s<>\"'）」）、。，]+|www\.[^\s<>\"'）」）、。，]+"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![0-9A-Za-z])(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|0[xX][0-9a-fA-F]+)(?![0-9A-Za-z])"
    r"|(?<![\w/])[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|io|ms|microsoft|gov)\b(?:/[^\s<>\"']*)?"
)


def masked(text: str, runs: tuple[Run, ...]) -> str:
    """The visible text of runs with inline code, addresses, GUIDs and hexadecimal codes as blanks."""
    if any("code" in run.marks for run in runs):
        text = "".join(" " * len(r.text) if "code" in r.marks else r.text for r in runs if r.image is None)
    return ADDRESS.sub(blank, text) if _MAY_BE.search(text) else text


def blank(match: re.Match[str] | regex.Match[str]) -> str:
    """As many blanks as the match has characters."""
    return " " * len(match[0])
