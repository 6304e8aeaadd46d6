"""Query files for evaluation: judged questions, questions without an answer, conversations; one JSON object a line.

Which kind a file is, its records' fields tell: `turns` makes a conversation, `article` a judged question, `kind` a
question without an answer. data/README.md describes the fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from kb.errors import InputError

Kind = Literal["query", "unanswerable", "chat"]

_FIELDS: dict[Kind, frozenset[str]] = {
    "query": frozenset({"id", "lang", "style", "query", "article", "units", "also", "partial"}),
    "unanswerable": frozenset({"id", "lang", "query", "kind"}),
    "chat": frozenset({"id", "lang", "turns"}),
}
_TURN_FIELDS = frozenset({"query", "lang", "article", "units", "also", "partial"})


@dataclass(frozen=True, slots=True)
class Query:
    """A question with the article that answers it; `where` is its file and line.

    units    numbers of the article's translation units that hold the answer
    also     other articles that answer it as well
    partial  articles that help in part
    """

    id: str
    lang: str
    style: str
    text: str
    article: str
    units: frozenset[str]
    also: tuple[str, ...]
    partial: tuple[str, ...]
    where: str

    @property
    def right(self) -> frozenset[str]:
        return frozenset((self.article, *self.also))


@dataclass(frozen=True, slots=True)
class Unanswerable:
    """A question that nothing indexed answers; kind: how near it comes."""

    id: str
    lang: str
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """One question of a conversation; `article` is None where nothing answers it."""

    lang: str
    text: str
    article: str | None
    also: tuple[str, ...]

    @property
    def right(self) -> frozenset[str]:
        return frozenset((self.article, *self.also)) if self.article is not None else frozenset()


@dataclass(frozen=True, slots=True)
class Conversation:
    id: str
    lang: str
    turns: tuple[ChatTurn, ...]
    where: str


@dataclass(frozen=True, slots=True)
class EvalSet:
    """All records of all files in order; warnings: what was read past, with file and line."""

    queries: tuple[Query, ...] = ()
    unanswerable: tuple[Unanswerable, ...] = ()
    chats: tuple[Conversation, ...] = ()
    warnings: tuple[str, ...] = ()


def read_evalsets(files: Iterable[Path]) -> EvalSet:
    """What the files hold, together. Errors: InputError that names file and line."""
    queries: dict[str, Query] = {}
    unanswerable: dict[str, Unanswerable] = {}
    chats: dict[str, Conversation] = {}
    warnings: list[str] = []
    for file in files:
        for kind, record in _records(file):
            warnings += record.unknown(_FIELDS[kind])
            if kind == "query":
                _add(queries, _query(record), record)
            elif kind == "unanswerable":
                _add(unanswerable, _unanswerable(record), record)
            else:
                _add(chats, _conversation(record, warnings), record)
    return EvalSet(
        tuple(queries.values()), tuple(unanswerable.values()), tuple(chats.values()), tuple(warnings)
    )


@dataclass(frozen=True, slots=True)
class _Record:
    values: Mapping[str, Any]
    where: str

    def text(self, name: str) -> str:
        found = self.values.get(name)
        if not isinstance(found, str) or not found.strip():
            raise InputError(f"{self.where}: found {name} = {found!r}, expected a text")
        return found

    def word(self, name: str) -> str:
        """A text without blanks: it is a column of TREC files."""
        found = self.text(name)
        if len(found.split()) > 1 or found != found.strip():
            raise InputError(f"{self.where}: found {name} = {found!r}, expected no blanks in it")
        return found

    def texts(self, name: str, *, needed: bool = False) -> tuple[str, ...]:
        found = self.values.get(name, None if needed else [])
        if not isinstance(found, list) or not all(isinstance(item, str) and item for item in found):
            raise InputError(f"{self.where}: found {name} = {found!r}, expected a list of texts")
        return tuple(found)

    def unknown(self, known: frozenset[str]) -> list[str]:
        return [
            f"{self.where}: unknown field {name!r}, not read" for name in self.values if name not in known
        ]


def _records(file: Path) -> Iterator[tuple[Kind, _Record]]:
    first: tuple[Kind, str] | None = None
    for number, line in enumerate(_read(file).split("\n"), 1):
        where = f"{file}:{number}"
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{where}: no JSON ({error}); expected one object a line") from error
        if not isinstance(values, dict):
            raise InputError(f"{where}: found a {type(values).__name__}, expected a JSON object")
        kind = _kind(values, where)
        first = first or (kind, where)
        if kind != first[0]:
            raise InputError(f"{where}: found a record of kind {kind}, expected {first[0]} as in {first[1]}")
        yield kind, _Record(values, where)
    if first is None:
        raise InputError(f"{file} is empty, expected one JSON object a line")


def _read(file: Path) -> str:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: {error.strerror or error}; expected a file of queries") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"{file}:{line}: found bytes that are not UTF-8, expected UTF-8") from error


def _kind(values: Mapping[str, Any], where: str) -> Kind:
    if "turns" in values:
        return "chat"
    if "article" in values:
        return "query"
    if "kind" in values:
        return "unanswerable"
    raise InputError(
        f"{where}: found the fields {', '.join(values) or '(none)'}, expected `article` (a judged question), "
        "`kind` (a question without an answer) or `turns` (a conversation)"
    )


Item = TypeVar("Item", Query, Unanswerable, Conversation)


def _add(items: dict[str, Item], item: Item, record: _Record) -> None:
    if item.id in items:
        raise InputError(f"{record.where}: id {item.id!r} is there already, expected each id once")
    items[item.id] = item


def _query(record: _Record) -> Query:
    return Query(
        id=record.word("id"),
        lang=record.word("lang"),
        style=record.text("style"),
        text=record.text("query"),
        article=record.text("article"),
        units=frozenset(record.texts("units", needed=True)),
        also=record.texts("also"),
        partial=record.texts("partial"),
        where=record.where,
    )


def _unanswerable(record: _Record) -> Unanswerable:
    return Unanswerable(record.word("id"), record.word("lang"), record.text("query"), record.text("kind"))


def _conversation(record: _Record, warnings: list[str]) -> Conversation:
    turns = record.values["turns"]
    if not isinstance(turns, list) or not turns or not all(isinstance(turn, dict) for turn in turns):
        raise InputError(f"{record.where}: found turns = {turns!r}, expected a list of objects")
    lang = record.word("lang")
    made = []
    for number, values in enumerate(turns, 1):
        turn = _Record({"lang": lang, **values}, f"{record.where}, turn {number}")
        warnings += turn.unknown(_TURN_FIELDS)
        article = turn.text("article") if values.get("article", "") is not None else None
        made.append(ChatTurn(turn.word("lang"), turn.text("query"), article, turn.texts("also")))
    return Conversation(record.word("id"), lang, tuple(made), record.where)
