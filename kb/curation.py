"""What an operator has decided for some questions of a collection: articles first, articles never, synonyms.

HOME/curation/<collection>.yaml, read again when it changes:

    pinned:
      - query: [reset a password, wachtwoord opnieuw instellen]
        match: contains            # the question has these words in a row (default); or: equal
        articles: [accounts/reset-password]
    hidden:
      - query: printer
        articles: [archive/printers-2009]
    synonyms:
      - [mfa, multi-factor authentication, tweestapsverificatie]

Questions and entries are compared as the analyser's words: without case, punctuation and invisible marks.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from kb.errors import InputError
from kb.folding import Token, fold
from kb.text import words

FOLDER = "curation"
MAX_VARIANTS = 4
_MATCHES = ("contains", "equal")
_MAX_QUERY = 1000  # characters of a question that are compared
log = logging.getLogger("kb.curation")


@dataclass(frozen=True, slots=True)
class Rule:
    """Articles for the questions that have, or are, one of some word sequences."""

    queries: tuple[tuple[str, ...], ...]
    match: Literal["contains", "equal"]
    articles: tuple[str, ...]

    def fits(self, asked: Sequence[str]) -> bool:
        if self.match == "equal":
            return tuple(asked) in self.queries
        return any(_place(query, asked) is not None for query in self.queries)


@dataclass(frozen=True, slots=True)
class Curation:
    """One collection's rules; synonyms: groups of phrases, each as its folded text."""

    pinned: tuple[Rule, ...] = ()
    hidden: tuple[Rule, ...] = ()
    synonyms: tuple[tuple[str, ...], ...] = ()

    def pins(self, query: str) -> list[str]:
        """Paths of articles that come first for a question, in the order of the file, hidden ones left out."""
        asked = _asked(query) if self.pinned else []
        found = dict.fromkeys(path for rule in self.pinned if rule.fits(asked) for path in rule.articles)
        hidden = self.hides(query) if found else frozenset()
        return [path for path in found if path not in hidden]

    def hides(self, query: str) -> frozenset[str]:
        """Paths of articles that are never shown for a question."""
        asked = _asked(query) if self.hidden else []
        return frozenset(path for rule in self.hidden if rule.fits(asked) for path in rule.articles)

    def variants(self, query: str) -> list[str]:
        """The question in other words: each phrase of a group replaced by the others', at most MAX_VARIANTS."""
        if not self.synonyms:
            return []
        folded = fold(query[:_MAX_QUERY]).text
        tokens = words(folded)
        found: list[str] = []
        for group in self.synonyms:
            for phrase in group:
                place = _place(tuple(_texts(words(phrase))), _texts(tokens))
                if place is not None:
                    start, end = tokens[place[0]].start, tokens[place[1] - 1].end
                    found += [folded[:start] + other + folded[end:] for other in group if other != phrase]
        return list(dict.fromkeys(found))[:MAX_VARIANTS]


class CurationFile:
    """A collection's curation as its file says now; no file means no rules. Threads may share one."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._seen = self._stamp()
        self._curation = read_curation(file)

    def current(self) -> Curation:
        """The rules; where the file was changed into one that can't be used, those before, and the log says why."""
        stamp = self._stamp()
        if stamp != self._seen:
            with self._lock:
                if stamp != self._seen:
                    try:
                        self._curation = read_curation(self._file)
                    except InputError:
                        log.exception("the curation file can't be used, the one before stays")
                    self._seen = stamp
        return self._curation

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


def read_curation(file: Path) -> Curation:
    """The rules of a file, none where there is no file; InputError naming the place for what doesn't fit."""
    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return Curation()
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise InputError(f"{file} can't be read as YAML: {error}") from error
    try:
        return _curation({} if raw is None else raw)
    except _Unfit as problem:
        raise InputError(f"{file}: {problem}") from problem


class _Unfit(Exception):
    pass


def _curation(raw: Any) -> Curation:
    found = _mapping(raw, "the file", {"pinned", "hidden", "synonyms"})
    return Curation(
        tuple(_rule(item, f"pinned[{n}]") for n, item in enumerate(_sequence(found, "pinned"))),
        tuple(_rule(item, f"hidden[{n}]") for n, item in enumerate(_sequence(found, "hidden"))),
        tuple(_group(item, f"synonyms[{n}]") for n, item in enumerate(_sequence(found, "synonyms"))),
    )


def _rule(raw: Any, where: str) -> Rule:
    found = _mapping(raw, where, {"query", "match", "articles"})
    match = found.get("match", "contains")
    if match not in _MATCHES:
        raise _Unfit(f"{where}.match is {match!r}, expected contains or equal")
    queries = tuple(tuple(_texts(words(text))) for text in _texts_of(found.get("query"), f"{where}.query"))
    return Rule(queries, match, tuple(_texts_of(found.get("articles"), f"{where}.articles", words_in=False)))


def _group(raw: Any, where: str) -> tuple[str, ...]:
    texts = _texts_of(raw, where)
    group = tuple(dict.fromkeys(fold(text).text.strip() for text in texts))
    if len(group) < 2:
        raise _Unfit(f"{where} has {len(group)} phrase, expected at least two that mean the same")
    return group


def _mapping(raw: Any, where: str, keys: set[str]) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise _Unfit(f"{where} is {_shown(raw)}, expected a mapping of {', '.join(sorted(keys))}")
    for key in raw:
        if key not in keys:
            raise _Unfit(f"{where} has {_shown(key)}, expected {', '.join(sorted(keys))}")
    return raw


def _sequence(found: dict[str, Any], key: str) -> list[Any]:
    value = found.get(key)
    if value is not None and not isinstance(value, list):
        raise _Unfit(f"{key} is {_shown(value)}, expected a list")
    return value or []


def _texts_of(raw: Any, where: str, *, words_in: bool = True) -> list[str]:
    texts = raw if isinstance(raw, list) else [raw]
    # an unquoted 809 is a number to YAML, and a question to people
    texts = [str(t) if isinstance(t, int) and not isinstance(t, bool) else t for t in texts]
    if not texts or not all(isinstance(t, str) and t.strip() for t in texts):
        raise _Unfit(f"{where} is {_shown(raw)}, expected a text or a list of texts")
    for text in texts:
        if words_in and not words(text):
            raise _Unfit(f"{where} has {_shown(text)}, in which there is no word")
    return texts


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:60] + "…"


def _asked(query: str) -> list[str]:
    return _texts(words(query[:_MAX_QUERY]))


def _texts(tokens: Sequence[Token]) -> list[str]:
    return [token.text for token in tokens]


def _place(wanted: Sequence[str], tokens: Sequence[str]) -> tuple[int, int] | None:
    """Where a sequence of words stands in another, as a half-open range of it."""
    size = len(wanted)
    for start in range(len(tokens) - size + 1):
        if tokens[start] == wanted[0] and list(tokens[start : start + size]) == list(wanted):
            return start, start + size
    return None
