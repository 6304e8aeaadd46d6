"""What searching and asking give back: Hit, SearchResult, Step, Citation, Answer. The doors send these as they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["answered", "related", "none"]
Duplicates = Literal["fold", "keep"]


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A question to the index.

    locale       the reader's: orders and displays, never filters; None: the question's language
    lang         the question's language (BCP 47); None: detected
    only_locale  keeps only articles that exist in this locale
    collection   None: all
    product      values of ms.prod, ms.service, ms.custom and the like, any of which must be the article's
    translation  kinds of which the localization shown must be one: "MT", "HT", "none"
    date_from    ISO dates between which the localization shown must be dated, both inclusive; date_to
    """

    query: str
    locale: str | None = None
    lang: str | None = None
    only_locale: str | None = None
    top_k: int = 10
    collection: str | None = None
    duplicates: Duplicates = "fold"
    product: tuple[str, ...] = ()
    translation: tuple[str, ...] = ()
    date_from: str | None = None
    date_to: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that matches, by its best passage, shown in one locale.

    locale       of what is shown; `locales`: all that the article exists in
    passage      "path#3"
    text         visible text of the passage in `locale`; `source_text` beside it, None where there is none
    units        numbers of the translation units in the passage
    highlights   [from, to) in code points of text
    translation  "MT", "HT" or None
    date         ISO date of the localization, None if unknown
    url          of the article for people
    duplicates   paths of near-duplicate articles folded under this one
    pinned       whether an operator's rule put it first
    source_locale  of source_text and source_title; None where there is no source text
    """

    article: str
    collection: str
    locale: str
    locales: list[str]
    title: str
    source_title: str | None
    score: float
    heading_path: list[str]
    passage: str
    text: str
    source_text: str | None
    units: list[str]
    highlights: list[tuple[int, int]]
    translation: str | None
    date: str | None
    url: str
    duplicates: list[str] = field(default_factory=list)
    pinned: bool = False
    source_locale: str | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found, best first: by (-score, path), after articles that a rule has pinned and those that have
    what the question says to the letter.

    views         the embedding views that were searched
    did_you_mean  the question with words that the index doesn't know replaced by those that were probably meant
    facets        for each field its most frequent values, and how many of the `candidates` have them
    candidates    articles that were ranked, of which the hits are the best, duplicates counted one by one
    """

    query: str
    locale: str
    detected_lang: str
    generation: str
    views: list[str]
    took_ms: float
    hits: list[Hit]
    did_you_mean: str | None = None
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    candidates: int = 0


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a quoted block stands.

    lines          of the file of localization `lines_locale` (the source side of an article has no file of its own)
    corrected      the text is an imported memory's, not the file's
    source_locale  of the source_text of the step that it is for; None where there is none
    """

    n: int
    article: str
    collection: str
    locale: str
    title: str
    heading_path: list[str]
    units: list[str]
    lines: tuple[int, int]
    lines_locale: str
    url: str
    translation: str | None
    corrected: bool = False
    source_locale: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a quote: its visible text, and where it points as the article writes it."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Step:
    """A block of the article, quoted: `text` is verbatim in the lines of citation number `citation`; `links`: those in
    the text, in order."""

    kind: str
    number: str | None
    depth: int
    text: str
    source_text: str | None
    units: list[str]
    essential: bool
    citation: int
    links: list[Link] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Answer:
    """The procedure that answers, quoted; confidence is a probability (0 to 1) that it does.

    contact  whom to turn to with the question, where it isn't answered and the operator has said so
    """

    outcome: Outcome
    confidence: float
    locale: str
    generation: str
    lead: Step | None
    steps: list[Step]
    citations: list[Citation]
    related: list[Hit]
    took_ms: float
    contact: str | None = None
