"""Bounds that figures of an evaluation must keep: "mrr@10=0.8", "en:success@1=0.76", "units:f1=0.68"."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kb.errors import InputError

Limit = Literal["least", "most"]


@dataclass(frozen=True, slots=True)
class Bound:
    """The least or the most that the figure called `name` may be."""

    name: str
    limit: Limit
    value: float


def read_bound(text: str, limit: Limit) -> Bound:
    """The bound that NAME=VALUE says. Errors: InputError."""
    name, equals, number = text.rpartition("=")
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not equals or not name.strip() or not math.isfinite(value):
        raise InputError(f"found {text!r}, expected [GROUP:]METRIC=NUMBER, such as en:mrr@10=0.8")
    return Bound(name.strip(), limit, value)


def missed(figures: Mapping[str, Any], bounds: Sequence[Bound]) -> list[str]:
    """A line for each bound that its figure misses. Errors: InputError for a figure that isn't there."""
    lines = []
    for bound in bounds:
        value = figure(figures, bound.name)
        if (value < bound.value) if bound.limit == "least" else (value > bound.value):
            lines.append(f"{bound.name} is {value:g}, expected at {bound.limit} {bound.value:g}")
    return lines


def figure(figures: Mapping[str, Any], name: str) -> float:
    """The figure that a name such as "mrr@10", "en:mrr@10", "nl:success@1" or "legs:dense:en:mrr@10" stands for.

    Without a group it is that of all questions; a group is a key of the JSON, a language or a style. Errors:
    InputError.
    """
    *groups, metric = name.split(":")
    node: Any = figures
    for step in [*(groups or ["all"]), metric]:
        inside: Mapping[str, Any] = node if isinstance(node, dict) else {}
        places = (inside, inside.get("by_lang", {}), inside.get("by_style", {}))
        found = next((place for place in places if step in place), None)
        if found is None:
            raise InputError(
                f"no figure {name!r}: found no {step!r} among {', '.join(inside) or 'the figures'}; "
                "expected names of the JSON that `kb eval` prints, such as en:mrr@10"
            )
        node = found[step]
    if isinstance(node, bool) or not isinstance(node, int | float):
        raise InputError(f"the figure {name!r} is {node!r}, expected the name of one number")
    return float(node)
