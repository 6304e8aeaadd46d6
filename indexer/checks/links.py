"""Link targets and written-out addresses that differ between the sides."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

import regex

from indexer.checks.finding import Found, Pair, linked
from kb.locales import is_valid

_URL = regex.compile(r"(?:https?://|www\.)[^\s<>\"'，。、（）()\[\]「」*]+")
_BROKEN = regex.compile(r"\]\s*\(\s*(?:https?://|mailto:|[\w./-]+\.md)")
_SEGMENT = regex.compile(r"(?<=/)([A-Za-z]{2,3}(?:-[A-Za-z]{4})?-[A-Za-z]{2})(?=/)")


def check_links(pair: Pair) -> Iterator[Found]:
    """Findings: link markup that is broken, targets that only one side has; the order and locale don't matter."""
    broken = [] if _BROKEN.search(pair.source) else list(_BROKEN.finditer(pair.target))
    if broken:
        yield Found("link", "link markup is broken", (), tuple(m.span() for m in broken))
        return
    mine = {normal(s.href or ""): s for s in linked(pair.source_runs) if s.href}
    theirs = {normal(s.href or ""): s for s in linked(pair.target_runs) if s.href}
    lost = [mine[url] for url in mine if url not in theirs]
    extra = [theirs[url] for url in theirs if url not in mine]
    if lost or extra:
        told = [f"{s.href} is not in the translation" for s in lost]
        told += [f"{s.href} is only in the translation" for s in extra]
        yield Found("link", "; ".join(told), tuple(s.range for s in lost), tuple(s.range for s in extra))
        return
    yield from _written(pair)


def _written(pair: Pair) -> Iterator[Found]:
    """An address in the text, not a link's target, that the target lacks."""
    theirs = {normal(m.group()) for m in _URL.finditer(pair.target)}
    compact = "".join(pair.target.split()).casefold()
    for match in _URL.finditer(pair.source):
        url = normal(match.group())
        if url not in theirs and url not in compact:
            yield Found("link", f"address {match.group()} is not in the translation", (match.span(),))


def normal(url: str) -> str:
    """The address without what a locale or an editor changes: its language segment, escapes, case, final slash."""
    url = unquote(url).strip().rstrip(".,;:!?").casefold()
    url = _SEGMENT.sub(lambda m: "*" if is_valid(m[1]) else m[1], url)
    return url.rstrip("/")
