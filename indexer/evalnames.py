"""Names of articles in query files, as the paths of indexed articles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from indexer.evalsets import EvalSet
from kb.errors import InputError

Name = TypeVar("Name", str, str | None)
_SHOWN = 10


def resolve_articles(sets: EvalSet, paths: Iterable[str]) -> EvalSet:
    """The same with every article by its path: a bare name stands for the path that ends in it, of several the one
    nearest to the root.

    Errors: InputError that lists the names that no path, or more than one of those nearest, ends in.
    """
    whole = frozenset(paths)
    by_name: dict[str, list[str]] = {}
    for path in sorted(whole):
        by_name.setdefault(path.rpartition("/")[2], []).append(path)
    problems: list[str] = []

    def resolved(name: Name, where: str) -> Name:
        if name is None or name in whole:
            return name
        found = [p for p in by_name.get(name.rpartition("/")[2], ()) if p.endswith(f"/{name}")]
        nearest = min((p.count("/") for p in found), default=0)
        found = [p for p in found if p.count("/") == nearest]
        if len(found) == 1:
            return found[0]
        are = "no indexed article is" if not found else f"{len(found)} are ({', '.join(found[:3])})"
        problems.append(f"{where}: article {name!r}: {are} called so")
        return name

    def all_of(names: Sequence[str], where: str) -> tuple[str, ...]:
        return tuple(resolved(name, where) for name in names)

    queries = tuple(
        replace(
            q,
            article=resolved(q.article, q.where),
            also=all_of(q.also, q.where),
            partial=all_of(q.partial, q.where),
        )
        for q in sets.queries
    )
    chats = tuple(
        replace(
            c,
            turns=tuple(
                replace(t, article=resolved(t.article, c.where), also=all_of(t.also, c.where))
                for t in c.turns
            ),
        )
        for c in sets.chats
    )
    if problems:
        more = f"\n… and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        raise InputError(
            "\n".join(problems[:_SHOWN]) + f"{more}\nexpected one indexed path that ends in each name; "
            "index the articles that the questions are about, or write longer paths"
        )
    return replace(sets, queries=queries, chats=chats)
