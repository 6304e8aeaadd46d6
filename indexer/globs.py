"""Exclude patterns: the globs of .gitignore, without negation.

pathlib's own matching differs between the versions of Python, hence a matcher of our own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.errors import InputError

_CLASS = re.compile(r"\[([!^]?)(\]?[^\]]*)\]")


@dataclass(frozen=True, slots=True)
class Glob:
    """One pattern, compiled.

    `*` and `?` stay within a folder's or file's name, `[abc]`, `[a-z]` and `[!a]` are one character, `\\`
    takes the next one literally, and `**` stands for any number of folders. A pattern with a slash before
    its end is tried from the top, another one at every depth. What matches a folder matches everything in
    it; a pattern that ends in a slash matches only folders. Upper and lower case differ.
    """

    pattern: str
    regex: re.Pattern[str]

    def matches(self, path: str) -> bool:
        """Whether the file at this path is meant; forward slashes, no leading one."""
        return self.regex.fullmatch(path) is not None


@dataclass(frozen=True, slots=True)
class Globs:
    """Patterns in their order, and one that matches what any of them does: most files are kept out by none."""

    each: tuple[Glob, ...]
    combined: re.Pattern[str]


def compile_globs(patterns: Iterable[str]) -> Globs:
    """The patterns in their order; InputError for one that can't mean anything."""
    each = tuple(Glob(pattern, _compile(pattern)) for pattern in patterns)
    return Globs(
        each, re.compile("|".join(f"(?:{glob.regex.pattern})" for glob in each) or "(?!)", re.DOTALL)
    )


def first_match(globs: Globs, paths: Sequence[str]) -> str | None:
    """The first pattern that matches one of the paths, as it was written."""
    if not any(globs.combined.fullmatch(path) for path in paths):
        return None
    return next(glob.pattern for glob in globs.each if any(glob.matches(path) for path in paths))


def _compile(pattern: str) -> re.Pattern[str]:
    if not pattern.strip("/") or pattern.startswith("!") or "\n" in pattern:
        raise InputError(
            f"exclude pattern {pattern!r} can't be used: expected a glob such as '**/includes/**', 'drafts/'"
            " or 'TOC.*' (no empty pattern, no negation by '!')"
        )
    body = pattern.strip("/")
    parts = body.split("/")
    if "/" not in pattern.rstrip("/"):
        parts = ["**", *parts]
    regex = ""
    for part in parts[:-1]:
        regex += "(?:[^/]+/)*" if part == "**" else _component(part, pattern) + "/"
    if parts[-1] == "**":
        return re.compile(regex + ("[^/]+/.+" if pattern.endswith("/") else ".+"), re.DOTALL)
    return re.compile(
        regex + _component(parts[-1], pattern) + ("/.+" if pattern.endswith("/") else "(?:/.+)?"), re.DOTALL
    )


def _component(part: str, pattern: str) -> str:
    """The regular expression of one folder's or file's name."""
    regex = ""
    position = 0
    while position < len(part):
        character = part[position]
        position += 1
        if character == "*":
            while part[position : position + 1] == "*":
                position += 1
            regex += "[^/]*"
        elif character == "?":
            regex += "[^/]"
        elif character == "[":
            found = _CLASS.match(part, position - 1)
            if found is None:
                raise InputError(
                    f"exclude pattern {pattern!r} opens a '[' that is never closed; write '\\[' for the sign"
                )
            members = re.sub(r"([\\\[&~|^])", r"\\\1", found[2])
            try:
                re.compile(f"[{members}]")
            except re.error as error:
                raise InputError(
                    f"exclude pattern {pattern!r}: {found[0]!r} is no set of characters: {error}"
                ) from None
            regex += f"(?!/)[{'^' if found[1] else ''}{members}]"
            position = found.end()
        elif character == "\\" and position < len(part):
            regex += re.escape(part[position])
            position += 1
        else:
            regex += re.escape(character)
    return regex
