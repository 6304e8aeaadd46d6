"""Requests and events of a conversation, and feedback, as they come and go."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, model_validator

from api.schemas import COLLECTION, LANG, LOCALE, CollectionName, Question, Tag
from kb.chat import MAX_HISTORY, ChatRequest, HistoryItem
from kb.feedback import MAX_COMMENT, Feedback

_ID = r"[A-Za-z0-9_\-]{1,64}"
_EXAMPLE = "vpn/error-809"

ArticlePath = Annotated[str, Field(min_length=1, max_length=1000)]


def _text_of_number(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class ChatTurn(BaseModel):
    """An earlier turn, as the client remembers it."""

    model_config = ConfigDict(extra="forbid")

    question: Question = Field(examples=["Hoe los ik VPN-fout 809 op?"])
    interpreted_query: str | None = Field(
        None,
        max_length=50_000,
        description="As `done` gave it; what is left out counts as the question itself.",
    )
    article: ArticlePath | None = Field(
        None,
        description="The article of the answer's first citation, without any that of its first related hit.",
        examples=[_EXAMPLE],
    )
    locale: Tag = LOCALE

    def item(self) -> HistoryItem:
        return HistoryItem(self.question, self.interpreted_query, self.article, self.locale)


class ChatBody(BaseModel):
    """A turn of a conversation, with what was said before or the id under which the service keeps it."""

    model_config = ConfigDict(extra="forbid")

    question: Question = Field(examples=["en op mobiel?"])
    history: list[ChatTurn] | None = Field(
        None, max_length=MAX_HISTORY, description="Earlier turns, oldest first, where the client keeps them."
    )
    conversation: str | None = Field(
        None, pattern=rf"^{_ID}$", description="A kept conversation's id, from `meta`; instead of `history`."
    )
    locale: Tag = LOCALE
    lang: Tag = LANG
    collection: CollectionName = COLLECTION
    store: StrictBool = Field(
        False, description="Keep the conversation on the service, until it has been idle for an hour or so."
    )
    interpret: StrictBool = Field(
        True, description="False takes the question as it stands: undoes an `interpreted_query`."
    )

    @model_validator(mode="after")
    def _one_memory(self) -> Self:
        if self.history is not None and self.conversation is not None:
            raise ValueError("found both history and conversation, expected one of them")
        return self

    def request(self, history: tuple[HistoryItem, ...]) -> ChatRequest:
        return ChatRequest(
            self.question,
            history=history,
            locale=self.locale,
            lang=self.lang,
            collection=self.collection,
            interpret=self.interpret,
        )


class ChatMeta(BaseModel):
    """The event `meta`: how the question was understood."""

    generation: str
    detected_lang: str
    conversation: str | None = Field(
        description="The id under which the conversation is kept; null where it is not."
    )
    interpreted_query: str = Field(description="The question itself, or with its context before it.")
    follow_up: bool
    step: str | None = Field(description="The step of the cited article that is asked for.")


class Deleted(BaseModel):
    """A conversation is gone."""

    deleted: str = Field(description="Its id.")


class FeedbackBody(BaseModel):
    """What someone says of an answer."""

    model_config = ConfigDict(extra="forbid")

    generation: str = Field(min_length=1, max_length=100, description="As the answer gave it.")
    question: Question = Field(examples=["Hoe los ik VPN-fout 809 op?"])
    article: ArticlePath | None = Field(None, description="The article cited.", examples=[_EXAMPLE])
    step: Annotated[Annotated[str, Field(max_length=20)] | None, BeforeValidator(_text_of_number)] = Field(
        None, description="The step's number, where one is meant.", examples=["2"]
    )
    helpful: StrictBool
    comment: str | None = Field(None, max_length=MAX_COMMENT)

    def given(self) -> Feedback:
        return Feedback(**self.model_dump())


class Kept(BaseModel):
    """Feedback was taken down."""

    kept: bool
