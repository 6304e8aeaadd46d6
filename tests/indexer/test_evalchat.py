"""Conversations replayed: what a turn is told, what counts as right, and what a table says of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.evalchat import Exchange, Reply, chat_table, chat_turn, replay
from indexer.evalsets import ChatTurn, Conversation
from kb.chat import ChatRequest, Interpreted
from kb.hit import Answer, Citation, Outcome

# question: what a search without a memory finds
FINDS = {
    "the printer jams": ["print/jam", "print/toner"],
    "and upstairs?": ["stairs/clean"],
    "the vpn drops": ["vpn/drops"],
    "what does it cost?": ["shop/prices"],
}


def chat(name: str, *turns: tuple[str, str | None]) -> Conversation:
    asked = tuple(ChatTurn("en", text, article, ()) for text, article in turns)
    return Conversation(name, "en", asked, "here:1")


CHATS = [
    chat(
        "a", ("the printer jams", "print/jam"), ("and upstairs?", "print/jam"), ("the vpn drops", "vpn/drops")
    ),
    chat(
        "b", ("the vpn drops", "vpn/drops"), ("what does it cost?", None), ("the printer jams", "print/jam")
    ),
]


def alone(_history: Sequence[Exchange], question: str) -> Reply:
    return Reply(FINDS[question])


def stuck(history: Sequence[Exchange], question: str) -> Reply:
    """Stays with the article that the first turn found."""
    outcome: Outcome = "none" if "cost" in question else "answered"
    first = history[0].reply.found[0] if history else FINDS[question][0]
    return Reply([first], outcome=outcome)


def test_turns_asked_alone_miss_the_follow_up_but_not_the_switch() -> None:
    table = chat_table(list(replay(CHATS, alone)))
    assert (table["first"], table["later"], table["ratio"]) == (1.0, round(2 / 3, 4), round(2 / 3, 4))
    assert table["turns"] == {"first": 2, "later": 3}
    assert table["switches"] == {"turns": 1, "success@1": 1.0, "dragged_back": 0.0}
    assert table["no_answer"] == {"turns": 1}


def test_a_search_that_stays_put_is_dragged_back_at_a_switch() -> None:
    table = chat_table(list(replay(CHATS, stuck)))
    assert (table["first"], table["later"]) == (1.0, round(1 / 3, 4))
    assert table["switches"] == {"turns": 1, "success@1": 0.0, "dragged_back": 1.0}
    assert table["no_answer"] == {"turns": 1, "none": 1.0}


def test_the_history_holds_what_was_told_right_or_wrong() -> None:
    told: list[tuple[Exchange, ...]] = []

    def listening(history: Sequence[Exchange], question: str) -> Reply:
        told.append(tuple(history))
        return alone(history, question)

    list(replay(CHATS[:1], listening))
    jam, up = (
        Exchange(question, Reply(FINDS[question])) for question in ("the printer jams", "and upstairs?")
    )
    assert told == [(), (jam,), (jam, up)]


class Remembering:
    """Answers the first question from FINDS, then stays with the article that was cited; refuses costs."""

    def chat(self, request: ChatRequest) -> Iterator[Interpreted | Answer]:
        last = request.history[-1] if request.history else None
        query = f"{last.interpreted_query}; {request.question}" if last else request.question
        yield Interpreted("g", "en", query, follow_up=last is not None)
        cited = last.article if last else FINDS[request.question][0]
        citations = [citation(cited)] if cited and "cost" not in request.question else []
        yield Answer("answered" if citations else "none", 0.9, "en-US", "g", None, [], citations, [], 0.1)


def citation(article: str) -> Citation:
    return Citation(1, article, "default", "en-US", "", [], [], (1, 1), "en-US", "", None)


def test_a_turn_is_told_its_history_as_a_client_would() -> None:
    results = list(replay(CHATS, chat_turn(Remembering(), None)))
    assert [r.reply.interpreted for r in results[:3]] == [
        "the printer jams",
        "the printer jams; and upstairs?",
        "the printer jams; and upstairs?; the vpn drops",
    ]
    assert [r.first for r in results] == ["print/jam", "print/jam", "print/jam", "vpn/drops", None, None]
    assert [r.reply.outcome for r in results[3:]] == ["answered", "none", "none"]


def test_another_article_that_answers_is_right_and_a_turn_that_finds_nothing_is_not() -> None:
    turns = (ChatTurn("en", "a", "x", ("y",)), ChatTurn("en", "b", "x", ()))
    results = list(
        replay([Conversation("c", "en", turns, "")], lambda _h, q: Reply(["y"] if q == "a" else []))
    )
    assert [r.success for r in results] == [True, False]


def test_conversations_of_one_turn_have_no_later_figure() -> None:
    table = chat_table(list(replay([chat("a", ("the vpn drops", "vpn/drops"))], alone)))
    assert table == {"turns": {"first": 1, "later": 0}, "first": 1.0}
