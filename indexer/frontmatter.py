"""Front matter: the metadata before an article's body (YAML between ---, TOML between +++)."""

from __future__ import annotations

import datetime
import math
import re
import tomllib
from dataclasses import dataclass
from typing import Any

import yaml

from indexer.sxs import find_units, unwrap
from kb.article import Warning_

MAX_FRONT_MATTER = 64 * 1024
_FENCE = {"---": re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.M), "+++": re.compile(r"^\+\+\+[ \t]*$", re.M)}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """metadata: JSON values only; body_offset: where the body starts; units: bilingual units found in it."""

    metadata: dict[str, Any]
    body_offset: int
    body_line: int
    units: int
    warnings: tuple[Warning_, ...] = ()


def parse_frontmatter(text: str) -> FrontMatter:
    """The metadata of an article; broken front matter gives no metadata and a warning, never an error."""
    opening = text[:4].rstrip(" \t\r")
    fence = next(
        (f for f in _FENCE if opening == f + "\n" or re.match(re.escape(f) + r"[ \t]*\n", text)), None
    )
    if fence is None:
        return FrontMatter({}, 0, 1, 0)
    start = text.index("\n") + 1
    close = _FENCE[fence].search(text, start)
    if close is None:
        return FrontMatter({}, 0, 1, 0, (Warning_(1, f"front matter opened by {fence} is never closed"),))
    raw = text[start : close.start()]
    end = min(close.end() + 1, len(text))
    body_line = text.count("\n", 0, end) + 1
    if not raw.strip() or (fence == "---" and "\n\n" in raw.strip() and ":" not in raw.split("\n\n")[0]):
        # a thematic break at the top of a body, not front matter
        return FrontMatter({}, 0, 1, 0)
    units, _ = find_units(raw)
    warnings: list[Warning_] = []
    if units:
        warnings.append(
            Warning_(2, f"front matter holds {len(units)} translation units; not used as metadata")
        )
        raw = unwrap(raw, "target")
    metadata: dict[str, Any] = {}
    if len(raw) > MAX_FRONT_MATTER:
        warnings.append(
            Warning_(1, f"front matter of {len(raw)} characters, at most {MAX_FRONT_MATTER} expected")
        )
    else:
        metadata, problem = _load(raw, fence)
        if problem is not None:
            warnings.append(problem)
    return FrontMatter(metadata, end, body_line, len(units), tuple(warnings))


def _load(raw: str, fence: str) -> tuple[dict[str, Any], Warning_ | None]:
    try:
        if fence == "+++":
            value: Any = tomllib.loads(raw)
        elif "&" in raw and any(isinstance(t, yaml.AliasToken) for t in yaml.scan(raw, Loader=_LOADER)):
            return {}, Warning_(1, "front matter uses YAML aliases, which are not read")
        else:
            value = yaml.load(raw, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark.line if error.problem_mark else 0) + 2
        return {}, Warning_(
            line, f"front matter is not YAML: {error.problem or error.context or 'unreadable'}"
        )
    except (yaml.YAMLError, tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        return {}, Warning_(2, f"front matter can't be read: {first}")
    if value is None:
        return {}, None
    if not isinstance(value, dict):
        return {}, Warning_(2, f"front matter is a {type(value).__name__}, key: value lines expected")
    return {str(key): _json(item) for key, item in value.items()}, None


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
