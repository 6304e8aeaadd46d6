"""Front matter: the metadata before an article's body (YAML between ---, TOML between +++)."""

from __future__ import annotations

import datetime
import math
import re
import tomllib
from dataclasses import dataclass, replace
from typing import Any

import yaml

from indexer.sxs import find_units
from kb.article import ParseWarning

MAX_FRONT_MATTER = 64 * 1024
MAX_DEPTH = 100
# lists in lists on one line: "- - - -"
_COMPACT = re.compile(r"(?:[-?][ \t]+){20}")
_FENCE = {"---": re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.M), "+++": re.compile(r"^\+\+\+[ \t]*$", re.M)}
_KEY = re.compile(r"^([A-Za-z][\w.-]{0,60})(?::[ \t]+|[ \t]*=[ \t]*)([^\n]*)$", re.M)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands before a body, and where the body starts.

    metadata  JSON values only
    units     bilingual units found in it; where there are any, its text is kept
    kept      whether its text is no metadata and becomes a block of the article
    """

    metadata: dict[str, Any]
    body_offset: int
    body_line: int
    units: int = 0
    warnings: tuple[ParseWarning, ...] = ()
    kept: bool = False


_NONE = FrontMatter({}, 0, 1)


def parse_frontmatter(text: str) -> FrontMatter:
    """The metadata of an article; broken front matter gives no metadata and a warning, never an error."""
    opening = text[:4].rstrip(" \t\r")
    fence = next(
        (f for f in _FENCE if opening == f + "\n" or re.match(re.escape(f) + r"[ \t]*\n", text)), None
    )
    if fence is None:
        return _NONE
    start = text.index("\n") + 1
    close = _FENCE[fence].search(text, start)
    if close is None:
        return replace(_NONE, warnings=(ParseWarning(1, f"front matter opened by {fence} is never closed"),))
    raw = text[start : close.start()]
    if raw.startswith("\n") and raw.strip() and _KEY.search(raw) is None:
        # rules around text at the top of a body
        return _NONE
    end = min(close.end() + 1, len(text))
    body_line = text.count("\n", 0, end) + 1
    units, _ = find_units(raw)
    if units:
        problem = f"front matter holds {len(units)} translation units; kept as text"
        return FrontMatter({}, end, body_line, len(units), (ParseWarning(2, problem),), kept=True)
    if len(raw) > MAX_FRONT_MATTER:
        problem = f"front matter of {len(raw)} characters, at most {MAX_FRONT_MATTER} expected; kept as text"
        return FrontMatter({}, end, body_line, 0, (ParseWarning(1, problem),), kept=True)
    metadata, warnings = _load(raw, fence)
    return FrontMatter(metadata or {}, end, body_line, 0, warnings, kept=metadata is None)


def _load(raw: str, fence: str) -> tuple[dict[str, Any] | None, tuple[ParseWarning, ...]]:
    """(metadata, warnings); None where the text between the fences is no metadata at all."""
    try:
        if fence == "---" and _too_deep(raw):
            return None, (
                ParseWarning(1, f"front matter is nested more than {MAX_DEPTH} levels; kept as text"),
            )
        if fence == "+++":
            value: Any = tomllib.loads(raw)
        elif "&" in raw and any(isinstance(t, yaml.AliasToken) for t in yaml.scan(raw, Loader=_LOADER)):
            return _plain_keys(raw), (
                ParseWarning(1, "front matter uses YAML aliases, which are not read; read line by line"),
            )
        else:
            value = yaml.load(raw, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark.line if error.problem_mark else 0) + 2
        problem = f"front matter is not YAML: {error.problem or error.context or 'unreadable'}"
        return _plain_keys(raw) or None, (ParseWarning(line, f"{problem}; read line by line"),)
    except (yaml.YAMLError, tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        return _plain_keys(raw) or None, (
            ParseWarning(2, f"front matter can't be read: {first}; read line by line"),
        )
    if value is None:
        return {}, ()
    if not isinstance(value, dict):
        return None, (
            ParseWarning(
                2, f"front matter is a {type(value).__name__}, key: value lines expected; kept as text"
            ),
        )
    return {str(key): _json(item) for key, item in value.items()}, ()


def _too_deep(raw: str) -> bool:
    """Whether reading it could exhaust the stack: libyaml composes nested values in C, without a limit."""
    if raw.count("[") + raw.count("{") <= MAX_DEPTH and _COMPACT.search(raw) is None:
        return False
    depth = 0
    for event in yaml.parse(raw, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            return True
    return False


def _plain_keys(raw: str) -> dict[str, Any]:
    """What `key: value` lines say where the whole is not YAML; lists and other nested values are left out."""
    pairs = [(m[1], m[2].strip()) for m in _KEY.finditer(raw)]
    return {
        key: value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
        for key, value in pairs
        if value and value[0] not in "[{&*|>"
    }


def _json(value: Any) -> Any:
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_json(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)
