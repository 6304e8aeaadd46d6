"""Requests as they may come, for HTTP and the command line alike, and the bodies that OpenAPI describes.

Answers are the dataclasses of kb.hit, serialised as they stand; what comes from outside has a model here.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from api.state import Knowledge
from kb.hit import Answer, Duplicates, SearchRequest
from kb.lookup import MAX_TEXT, LookupRequest
from kb.parallel import ParallelRequest

MAX_QUESTION = 20_000
_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("found nothing but blanks, expected a question")
    return text


def _language_tag(text: str) -> str:
    if not _TAG.fullmatch(text):
        raise ValueError(f"found {text[:40]!r}, expected a language tag (BCP 47) such as nl or nl-NL")
    return text


def _empty_is_none(value: Any) -> Any:
    return None if value == "" else value


def _given(values: Any) -> Any:
    """The values of a parameter that may be repeated, empty ones left out."""
    return [v for v in values if v != ""] if isinstance(values, list | tuple) else values


Question = Annotated[
    str,
    Field(min_length=1, max_length=MAX_QUESTION, description="What is the matter, in any language."),
    AfterValidator(_not_blank),
]
_Tag = Annotated[str, Field(max_length=80), AfterValidator(_language_tag)]
Tag = Annotated[_Tag | None, BeforeValidator(_empty_is_none)]
CollectionName = Annotated[Annotated[str, Field(max_length=200)] | None, BeforeValidator(_empty_is_none)]

Products = Annotated[
    tuple[Annotated[str, Field(max_length=200)], ...], Field(max_length=100), BeforeValidator(_given)
]
Translations = Annotated[
    tuple[Literal["MT", "HT", "none"], ...], Field(max_length=3), BeforeValidator(_given)
]
Day = Annotated[date | None, BeforeValidator(_empty_is_none)]

LOCALE = Field(
    None,
    description="The reader's locale (BCP 47; `nl` finds `nl-NL`): orders and displays, never filters. "
    "Without it, the question's language is the reader's.",
    examples=["nl-NL"],
)
LANG = Field(None, description="The question's language (BCP 47); detected when left out.", examples=["nl"])
COLLECTION = Field(None, description="Only this collection; all when left out.", examples=["default"])


class SearchParams(BaseModel):
    """The parameters of a search."""

    model_config = ConfigDict(extra="forbid")

    q: Question = Field(examples=["VPN error 809"])
    locale: Tag = LOCALE
    lang: Tag = LANG
    only_locale: Tag = Field(None, description="Only articles that exist in this locale.", examples=["de-DE"])
    top_k: int = Field(10, ge=1, le=1000, description="How many hits at most.")
    collection: CollectionName = COLLECTION
    duplicates: Duplicates = Field(
        "fold", description="Near-duplicate articles: folded under the best of them, or kept as hits."
    )
    product: Products = Field(
        (),
        description="Only articles whose front matter has any of these values of `ms.prod`, `ms.service`, "
        "`ms.custom` and the like, case ignored.",
    )
    translation: Translations = Field(
        (), description="Only articles shown in a localization of these kinds: `MT`, `HT`, `none`."
    )
    date_from: Day = Field(None, description="Only articles shown in a localization of this day or later.")
    date_to: Day = Field(None, description="Only articles shown in a localization of this day or earlier.")

    def request(self) -> SearchRequest:
        days = {
            name: day and day.isoformat()
            for name in ("date_from", "date_to")
            for day in (getattr(self, name),)
        }
        return SearchRequest(query=self.q, **self.model_dump(exclude={"q", *days}), **days)


class SuggestParams(BaseModel):
    """The parameters of a suggestion."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(max_length=MAX_QUESTION, description="What has been typed so far.", examples=["vpn fo"])
    locale: Tag = LOCALE
    collection: CollectionName = COLLECTION
    limit: int = Field(10, ge=1, le=50, description="How many suggestions at most.")


class AskBody(BaseModel):
    """A question to be answered."""

    model_config = ConfigDict(extra="forbid")

    question: Question = Field(examples=["Hoe los ik VPN-fout 809 op?"])
    locale: Tag = LOCALE
    lang: Tag = LANG
    collection: CollectionName = COLLECTION

    def put(self, knowledge: Knowledge) -> Answer:
        return knowledge.ask(self.question, locale=self.locale, lang=self.lang, collection=self.collection)


def _tag_list(text: str | None) -> str | None:
    for tag in tags_of(text):
        _language_tag(tag)
    return text


def tags_of(text: str | None) -> tuple[str, ...]:
    """Language tags of a list that commas separate."""
    return tuple(tag.strip() for tag in (text or "").split(",") if tag.strip())


TagList = Annotated[Annotated[str, Field(max_length=4000)] | None, AfterValidator(_tag_list)]


class ParallelParams(BaseModel):
    """Which article, and which part of it, side by side."""

    model_config = ConfigDict(extra="forbid")

    article: str = Field(
        min_length=1, max_length=2000, description="The article's path.", examples=["vpn/error-809"]
    )
    locales: TagList = Field(
        None, description="Locales, separated by commas; all when left out.", examples=["nl-NL,de-DE"]
    )
    passage: Annotated[Annotated[str, Field(max_length=2100)] | None, BeforeValidator(_empty_is_none)] = (
        Field(None, description="Only this passage: its number or its id.", examples=["2"])
    )
    unit: Annotated[Annotated[str, Field(max_length=100)] | None, BeforeValidator(_empty_is_none)] = Field(
        None, description="Only this unit, or the one that covers it.", examples=["106"]
    )
    collection: CollectionName = COLLECTION

    def request(self) -> ParallelRequest:
        return ParallelRequest(self.article, tags_of(self.locales), self.passage, self.unit, self.collection)


class LookupParams(BaseModel):
    """The parameters of a lookup."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, Field(min_length=1, max_length=MAX_TEXT), AfterValidator(_not_blank)] = Field(
        description="A word, a phrase or a sentence, in any language.", examples=["ander netwerk"]
    )
    from_: Tag = Field(
        None,
        alias="from",
        description="The locale to find it in; that of its language when left out.",
        examples=["nl-NL"],
    )
    to: TagList = Field(
        None,
        description="Locales to show beside it, separated by commas; all others when left out.",
        examples=["en-US,de-DE"],
    )
    top_k: int = Field(10, ge=1, le=100, description="How many matches at most.")
    collection: CollectionName = COLLECTION

    def request(self) -> LookupRequest:
        return LookupRequest(self.q, self.from_, tags_of(self.to), self.top_k, self.collection)


class ArticleParams(BaseModel):
    """Which localization of an article."""

    model_config = ConfigDict(extra="forbid")

    locale: Tag = Field(
        None, description="The reader's locale; the source when left out.", examples=["nl-NL"]
    )
    collection: CollectionName = COLLECTION


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = Field(
        description="Identifies the kind of problem; `about:blank` means that the status says it all."
    )
    title: str = Field(description="The status in words.")
    status: int
    detail: str = Field(description="What was found, what was expected and what to do.")
    instance: str = Field(description="The path that was asked for.")
    errors: list[dict[str, str]] | None = Field(
        None, description="Each field that does not fit, as `field` and `message`."
    )


class Health(BaseModel):
    """How the service is, and what it serves."""

    model_config = ConfigDict(extra="allow")

    status: str = Field(description="`ok`")
    version: str = Field(description="Of the program.")
    generation: str = Field(description="The complete index that is being served.")


class Ready(BaseModel):
    """Whether the service answers at full speed."""

    ready: bool
    generation: str


class ArticleRun(BaseModel):
    """A stretch of text under one set of marks; with `image`, a picture whose alt text it is."""

    text: str
    marks: list[Literal["strong", "em", "code", "strike"]] = Field(default_factory=list)
    href: str | None = Field(None, description="The link's target as the article has it; see `links`.")
    image: str | None = Field(None, description="The picture's address as the article has it.")


class ArticleLink(BaseModel):
    """Where a link leads: to an article, a place in this one, or out by http(s) or mailto."""

    article: str | None = Field(None, description="Another article's path.")
    anchor: str | None = Field(None, description="The heading that is meant, by its `anchor`.")
    url: str | None = Field(None, description="An address outside.")


class ArticleSegment(BaseModel):
    model_config = ConfigDict(extra="allow")

    unit: str | None = Field(description="Number of the translation unit; null outside units.")
    covers: list[str] = Field(description="The numbers that the unit stands for.")
    target: str
    source: str | None = Field(description="Null in a monolingual article.")
    target_runs: list[ArticleRun] | None = Field(
        None, description="`target` with its marks, links and pictures."
    )
    source_runs: list[ArticleRun] | None = Field(None, description="The same of `source`.")


class ArticleBlock(BaseModel):
    model_config = ConfigDict(extra="allow")

    kind: str = Field(description="heading, paragraph, step, bullet, note, quote, table, code or image")
    level: int
    number: str | None = Field(description="The step's own number, such as `2` or `2.a`.")
    heading_path: list[str]
    lines: tuple[int, int] = Field(description="First and last line in the file, from 1.")
    segments: list[ArticleSegment]


class ArticleWarning(BaseModel):
    line: int
    message: str


class ArticleBody(BaseModel):
    """An article in one locale, as parsed; what `kb parse --json` prints for its file."""

    model_config = ConfigDict(extra="allow")

    path: str
    locale: str
    source_locale: str
    title: str
    source_title: str | None
    translation: str | None = Field(description="MT, HT or null.")
    metadata: dict[str, Any]
    blocks: list[ArticleBlock]
    warnings: list[ArticleWarning]
    links: dict[str, ArticleLink] = Field(
        default_factory=dict,
        description="Where each href in the runs leads; one that leads nowhere is missing.",
    )
