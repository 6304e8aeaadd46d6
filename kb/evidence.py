"""Where in an article the question's tokens are met: late interaction taken apart, quote by quote.

A token view keeps the tokens of every passage in the order of its text. The tokenizer tells again which characters each
of them was, and so which quote: nothing more is encoded, and nothing more is kept. A question in an installed language
is held against the source and against that language's own text; the nearer of both counts. What the second encoder has
read of the question is held against the source as that has read it (kb.secondreading).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kb.article import Article, Side
from kb.articledb import PassageRow
from kb.embedded import Collection
from kb.encoded import Spans, TextReader
from kb.localestore import LocaleStore
from kb.quotes import Quote
from kb.rank import Question, question_locale
from kb.ranked import Ranked
from kb.secondreading import carried
from kb.show import own_text
from kb.tokenview import MAX_QUESTION_TOKENS, TokenView
from kb.vectors import Floats, centre

_PASSAGES = 16  # of an article, as many as are looked at where only its words count


@dataclass(frozen=True, slots=True)
class Evidence:
    """How near some token of a text comes to each token of the question, the best cosine; and what each quote says.

    quotes   float32 [quotes, question tokens] of each quote's own text; NaN where it has no tokens of its own
    title    float32 [question tokens] of the article's title
    anywhere float32 [question tokens] of the whole article, title included
    meaning  float32 [quotes, width], the mean of each quote's tokens in the source view, of unit length; NaN as above
    subject  float32 [width], the mean of the title's tokens in the same way
    """

    quotes: Floats
    title: Floats
    anywhere: Floats
    meaning: Floats
    subject: Floats


class Evidences(NamedTuple):
    """Of both encoders; second: None where that has read neither source nor question."""

    first: Evidence
    second: Evidence | None


def question_tokens(collection: Collection, question: Question) -> Floats:
    """The question's tokens as the collection's token view is asked with them: centred, [tokens, width]."""
    mean = collection.token_mean(question_locale(collection, question.language))
    return centre(question.tokens, mean)[:MAX_QUESTION_TOKENS]


def second_tokens(collection: Collection, question: Question) -> Floats | None:
    """The question's tokens as the second reading's token view is asked with them, [tokens, width].

    Those that its encoder has read; in a language that it was given nothing of, the first encoder's, carried over.
    """
    reading, read = collection.second, question.second
    if reading is None or reading.tokens is None:
        return None
    if read is not None and len(read.tokens) and not question.vectors().named:
        return centre(read.tokens, reading.token_mean)[:MAX_QUESTION_TOKENS]
    return None if reading.carry is None else carried(question_tokens(collection, question), reading.carry)


def met_in(ranked: Ranked, question: Question) -> Floats:
    """float32 [question tokens]: the best cosine of each in any passage of an article, as far as its first ones go, in
    the source or in the question's own language."""
    collection = ranked.collection
    tokens = question_tokens(collection, question)
    rows = collection.facets.rows_of([ranked.path])[:_PASSAGES]
    best = np.full(len(tokens), -1.0, dtype=np.float32)
    for view, places in _views(collection, question, rows):
        for place in places[places >= 0].tolist():
            best = np.maximum(best, view.near(tokens, place).max(axis=0, initial=-1.0))
    return best


def _views(
    collection: Collection, question: Question, rows: npt.NDArray[np.int64]
) -> Iterator[tuple[TokenView, npt.NDArray[np.int64]]]:
    """The token views that a question is held against, and where each has the rows, -1 where it lacks one."""
    if collection.tokens is not None:
        yield collection.tokens, rows
    own = _own_store(collection, question)
    if own is not None and own.tokens is not None:
        yield own.tokens, own.target_places(rows)


def _own_store(collection: Collection, question: Question) -> LocaleStore | None:
    """The locale that the question's language is, where it isn't the source's and has tokens of its own."""
    locale = question_locale(collection, question.language)
    if locale is None or locale == collection.source_locale:
        return None
    store = collection.locales[locale]
    return None if store.tokens is None else store


@dataclass(frozen=True, slots=True)
class _Passage:
    """A passage as a token view has read it: its range of segments, its text with the headings before it, the vectors
    of its tokens [its tokens, width]."""

    start: int
    stop: int
    context: str
    text: str
    vectors: Floats


def evidence_of(
    collection: Collection,
    question: Question,
    article: Article,
    quotes: Sequence[Quote],
    passages: Sequence[PassageRow],
    reader: TextReader,
) -> Evidences | None:
    """None without token vectors, of the question or of the passages.

    passages  the article's, in order, as its locale has them
    """
    rows = {collection.numbers[row]: row for row in collection.facets.rows_of([article.path]).tolist()}
    passages = [p for p in passages if p.number in rows]
    if collection.tokens is None or not len(question.tokens) or not passages:
        return None
    tokens = question_tokens(collection, question)
    texts = collection.texts([rows[p.number] for p in passages])
    side: Side = "source" if article.bilingual else "target"

    def read(view: TokenView) -> list[_Passage]:
        return [
            _Passage(p.start, p.stop, context, text, view.vectors(rows[p.number]))
            for p, (context, text) in zip(passages, texts, strict=True)
        ]

    found = _met(article, side, quotes, read(collection.tokens), tokens, reader.spans)
    own = _own_store(collection, question)
    stored = None if own is None else own.article(article.path)
    if own is not None and stored is not None and same_shape(article, stored.article):
        own_read = list(_own_passages(own, stored.article, rows))
        if own_read:
            found = _better(found, _met(stored.article, "target", quotes, own_read, tokens, reader.spans))
    others, reading = second_tokens(collection, question), collection.second
    if others is None or reading is None or reading.tokens is None:
        return Evidences(found, None)
    second = _met(article, side, quotes, read(reading.tokens), others, reader.second_spans)
    return Evidences(found, second)


def _own_passages(store: LocaleStore, article: Article, rows: Mapping[int, int]) -> Iterator[_Passage]:
    """An article's passages as the locale's own view has read them. rows: the source view's, by passage number."""
    assert store.tokens is not None
    for p in store.reader.passages_of(article.path):
        place = int(store.target_places(np.array([rows.get(p.number, -1)]))[0]) if p.number in rows else -1
        if place >= 0:
            headings, text = own_text(article, p.start, p.stop)
            context = "\n".join([article.title, *headings])
            yield _Passage(p.start, p.stop, context, text, store.tokens.vectors(place))


def same_shape(article: Article, other: Article) -> bool:
    """Whether quotes of one are quotes of the other: variants of an article may differ in their blocks."""
    return [(b.kind, len(b.segments)) for b in article.blocks] == [
        (b.kind, len(b.segments)) for b in other.blocks
    ]


def _better(one: Evidence, other: Evidence) -> Evidence:
    return Evidence(
        np.fmax(one.quotes, other.quotes),
        np.fmax(one.title, other.title),
        np.maximum(one.anywhere, other.anywhere),
        one.meaning,
        one.subject,
    )


def _met(
    article: Article,
    side: Side,
    quotes: Sequence[Quote],
    passages: Sequence[_Passage],
    question: Floats,
    spans: Spans,
) -> Evidence:
    said = [article.blocks[q.block].text(side, q.start, q.stop) for q in quotes]
    headings = {n for n, q in enumerate(quotes) if article.blocks[q.block].kind == "heading"}
    width = question.shape[1]
    best = np.full((len(quotes), len(question)), np.nan, dtype=np.float32)
    title = np.full(len(question), np.nan, dtype=np.float32)
    total = np.zeros((len(quotes), width), dtype=np.float32)
    subject = np.zeros((1, width), dtype=np.float32)
    anywhere = np.full(len(question), -1.0, dtype=np.float32)
    read = spans([f"{p.context}\n{p.text}" if p.context else p.text for p in passages])
    for p, own in zip(passages, read, strict=True):
        vectors = p.vectors[:, :width]
        near = vectors @ question.T
        anywhere = np.maximum(anywhere, near.max(axis=0, initial=-1.0))
        if len(own) != len(near):
            continue  # cut at the encoder's length, or read by another tokenizer
        edge = len(p.context) + 1 if p.context else 0
        inside = [n for n, q in enumerate(quotes) if q.first < p.stop and p.start < q.end]
        places = _places(p.text, [(n, said[n]) for n in inside if n not in headings], edge)
        above = p.context.split("\n")
        places += _places(p.context, [(n, said[n]) for n in sorted(headings) if said[n] in above], 0)
        for n, start, stop in places:
            of_quote = _tokens_in(own, start, stop)
            best[n] = _highest(best[n], near[of_quote])
            total[n] += vectors[of_quote].sum(axis=0)
        of_title = _tokens_in(own, 0, len(above[0]))
        title = _highest(title, near[of_title])
        subject += vectors[of_title].sum(axis=0)
    return Evidence(best, title, anywhere, _directions(total), _directions(subject)[0])


def _directions(sums: Floats) -> Floats:
    """Rows of unit length; NaN for a row of zeros."""
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray(sums / np.where(lengths == 0.0, np.nan, lengths), dtype=np.float32)


def _highest(before: Floats, near: Floats) -> Floats:
    return np.asarray(np.fmax(before, near.max(axis=0)), dtype=np.float32) if len(near) else before


def _places(text: str, wanted: Sequence[tuple[int, str]], edge: int) -> list[tuple[int, int, int]]:
    """(quote, from, to) of each text that stands in the passage, one after the other, counted from `edge` before it."""
    found, at = [], 0
    for n, said in wanted:
        start = text.find(said, at) if said else -1
        if start >= 0:
            at = start + len(said)
            found.append((n, edge + start, edge + at))
        elif said and text in said:  # a piece of a block that was too long for one passage
            found.append((n, edge, edge + len(text)))
    return found


def _tokens_in(spans: Sequence[tuple[int, int]], start: int, stop: int) -> slice:
    """The tokens that touch a range of characters."""
    own = [n for n, (begin, end) in enumerate(spans) if begin < stop and start < end]
    return slice(own[0], own[-1] + 1) if own else slice(0, 0)
