"""Conversations replayed turn by turn, each turn told what was asked and found before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from indexer.evalsets import Conversation
from indexer.metrics import mean
from kb.chat import ChatRequest, HistoryItem, Interpreted, leans_on
from kb.hit import Answer, Outcome


@dataclass(frozen=True, slots=True)
class Reply:
    """What a turn found: article paths, best first; how the question was understood; the article that the next
    question may lean on, and what was told."""

    found: Sequence[str]
    interpreted: str | None = None
    article: str | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier turn as a client remembers it."""

    question: str
    reply: Reply


# (history, question) -> Reply
Turn = Callable[[Sequence[Exchange], str], Reply]


@dataclass(frozen=True, slots=True)
class TurnResult:
    """A turn judged. number: from 1; previous: the article judged right for the turn before, None on the first turn
    and after a turn without an answer."""

    conversation: str
    number: int
    lang: str
    question: str
    right: frozenset[str]
    previous: str | None
    reply: Reply

    @property
    def first(self) -> str | None:
        return self.reply.found[0] if self.reply.found else None

    @property
    def success(self) -> bool:
        return self.first in self.right

    @property
    def switched(self) -> bool:
        """Whether the right article is another one than the turn before it was about."""
        return self.previous is not None and bool(self.right) and self.previous not in self.right


class Chats(Protocol):
    """The part of kb.knowledge.KnowledgeBase that conversations are replayed with."""

    def chat(self, request: ChatRequest) -> Iterable[Interpreted | Answer]: ...


def chat_turn(kb: Chats, collection: str | None) -> Turn:
    """Turns as the service answers them: the quoted article first, then those listed as related."""

    def turn(history: Sequence[Exchange], question: str) -> Reply:
        past = tuple(HistoryItem(e.question, e.reply.interpreted, e.reply.article) for e in history)
        reply = Reply(())
        for part in kb.chat(ChatRequest(question, past, collection=collection)):
            if isinstance(part, Interpreted):
                reply = replace(reply, interpreted=part.interpreted_query)
            else:
                cited = [citation.article for citation in part.citations]
                found = dict.fromkeys([*cited, *(hit.article for hit in part.related)])
                reply = replace(reply, found=tuple(found), article=leans_on(part), outcome=part.outcome)
        return reply

    return turn


def replay(conversations: Iterable[Conversation], turn: Turn) -> Iterator[TurnResult]:
    """Every turn of every conversation, in order. The history holds what was found, right or wrong, as a client's
    would."""
    for conversation in conversations:
        history: list[Exchange] = []
        previous: str | None = None
        for number, asked in enumerate(conversation.turns, 1):
            reply = turn(tuple(history), asked.text)
            yield TurnResult(conversation.id, number, asked.lang, asked.text, asked.right, previous, reply)
            history.append(Exchange(asked.text, reply))
            previous = asked.article


def chat_table(results: Sequence[TurnResult]) -> dict[str, Any]:
    """{"first", "later": success@1 of first and of later turns, "ratio", "turns", "switches", "no_answer"}.

    Turns without an answer count in `no_answer` alone: how many there are, and to which share of them `none` was told
    (left out where the replies tell no outcome). switches: turns on another article than the turn before, and the
    share in which that earlier article came first all the same. What no turn can tell is left out.
    """
    answerable = [r for r in results if r.right]
    first = [r for r in answerable if r.number == 1]
    later = [r for r in answerable if r.number > 1]
    switches = [r for r in later if r.switched]
    without = [r for r in results if not r.right]
    table: dict[str, Any] = {"turns": {"first": len(first), "later": len(later)}}
    if first:
        table["first"] = mean(r.success for r in first)
    if later:
        table["later"] = mean(r.success for r in later)
    if later and first and table["first"]:
        table["ratio"] = round(table["later"] / table["first"], 4)
    if switches:
        table["switches"] = {
            "turns": len(switches),
            "success@1": mean(r.success for r in switches),
            "dragged_back": mean(r.first == r.previous for r in switches),
        }
    if without:
        told = [r.reply.outcome for r in without if r.reply.outcome is not None]
        shares = {"none": mean(outcome == "none" for outcome in told)} if told else {}
        table["no_answer"] = {"turns": len(without), **shares}
    return table
