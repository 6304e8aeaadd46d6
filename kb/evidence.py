"""Where in an article the question's tokens are met: late interaction taken apart, quote by quote.

The token view keeps the tokens of every passage in the order of its text. The tokenizer tells again which characters
each of them was, and so which quote: nothing more is encoded, and nothing more is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kb.article import Article, Side
from kb.articledb import PassageRow
from kb.embedded import Collection
from kb.quotes import Quote
from kb.rank import Question, Ranked, question_locale
from kb.tokenview import MAX_QUESTION_TOKENS
from kb.vectors import Floats, centre

_PASSAGES = 16  # of an article, as many as are looked at where only its words count
# code points [from, to) of each text's tokens
Spans = Callable[[Sequence[str]], list[list[tuple[int, int]]]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """How near some token of a text comes to each token of the question: the best cosine.

    quotes   float32 [quotes, question tokens] of each quote's own text; NaN where it has no tokens of its own
    title    float32 [question tokens] of the article's title
    anywhere float32 [question tokens] of the whole article, title included
    """

    quotes: Floats
    title: Floats
    anywhere: Floats


def question_tokens(collection: Collection, question: Question) -> Floats:
    """The question's tokens as the collection's token view is asked with them: centred, [tokens, width]."""
    mean = collection.token_mean(question_locale(collection, question.language))
    return centre(question.tokens, mean)[:MAX_QUESTION_TOKENS]


def met_in(ranked: Ranked, question: Question) -> Floats:
    """float32 [question tokens]: the best cosine of each in any passage of an article, as far as its first ones go."""
    collection = ranked.collection
    tokens = question_tokens(collection, question)
    if collection.tokens is None:
        return np.full(len(tokens), -1.0, dtype=np.float32)
    rows = collection.facets.rows_of([ranked.path])[:_PASSAGES].tolist()
    near = [collection.tokens.near(tokens, row).max(axis=0, initial=-1.0) for row in rows]
    return np.asarray(np.max(near, axis=0), dtype=np.float32)


def evidence_of(
    collection: Collection,
    question: Question,
    article: Article,
    quotes: Sequence[Quote],
    passages: Sequence[PassageRow],
    spans: Spans,
) -> Evidence | None:
    """None without token vectors, of the question or of the passages.

    passages  the article's, in order, as its locale has them
    """
    rows = {collection.numbers[row]: row for row in collection.facets.rows_of([article.path]).tolist()}
    passages = [p for p in passages if p.number in rows]
    if collection.tokens is None or not len(question.tokens) or not passages:
        return None
    tokens = question_tokens(collection, question)
    side: Side = "source" if article.bilingual else "target"
    said = [article.blocks[q.block].text(side, q.start, q.stop) for q in quotes]
    headings = {n for n, q in enumerate(quotes) if article.blocks[q.block].kind == "heading"}
    texts = collection.texts([rows[p.number] for p in passages])
    read = spans([f"{context}\n{text}" if context else text for context, text in texts])
    near = [collection.tokens.near(tokens, rows[p.number]) for p in passages]
    best = np.full((len(quotes), len(tokens)), np.nan, dtype=np.float32)
    title = np.full(len(tokens), np.nan, dtype=np.float32)
    for passage, (context, text), own, cosines in zip(passages, texts, read, near, strict=True):
        if len(own) != len(cosines):
            continue  # cut at the encoder's length, or read by another tokenizer
        edge = len(context) + 1 if context else 0
        inside = [n for n, q in enumerate(quotes) if q.first < passage.stop and passage.start < q.end]
        places = _places(text, [(n, said[n]) for n in inside if n not in headings], edge)
        above = context.split("\n")
        places += _places(context, [(n, said[n]) for n in sorted(headings) if said[n] in above], 0)
        for n, start, stop in places:
            best[n] = _highest(best[n], cosines, own, start, stop)
        title = _highest(title, cosines, own, 0, len(above[0]))
    anywhere = np.max([each.max(axis=0, initial=-1.0) for each in near], axis=0)
    return Evidence(best, title, np.asarray(anywhere, dtype=np.float32))


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


def _highest(
    before: Floats, cosines: Floats, spans: Sequence[tuple[int, int]], start: int, stop: int
) -> Floats:
    own = [n for n, (begin, end) in enumerate(spans) if begin < stop and start < end]
    if not own:
        return before
    return np.asarray(np.fmax(before, cosines[own[0] : own[-1] + 1].max(axis=0)), dtype=np.float32)
