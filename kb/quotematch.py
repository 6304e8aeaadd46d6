"""How well each quote of an article meets the question by its tokens, beside the article's other quotes.

Everything is taken from one table for each encoder, the best cosine of each question token in each quote (kb.evidence):
what a title or a heading says already tells no quote from its neighbours, a token that only one of them meets does.
Where two encoders have read both question and source, the mean of what their tables give counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from kb.article import Article, Block
from kb.evidence import Evidence, Evidences
from kb.quotes import Quote

Floats = npt.NDArray[np.float64]
_OF_EACH = (
    "late",
    "late_lead",
    "late_mean",
    "late_z",
    "gain",
    "gain_lead",
    "weighed",
    "weighed_lead",
    "best_of_tokens",
    "heading",
    "with_headings",
    "lead_in",
    "neighbour",
    "other_neighbour",
    "spread",
    "most",
    "with_lead_in",
)
# Leads that count for more the nearer they come to 0: e^(x / .05), which makes 1 of the best quote.
_SHARPENED = ("late_lead", "weighed_lead", "gain_lead")
_SHARPNESS = 0.05
MATCH_FEATURES = (*_OF_EACH, *(f"sharp_{name}" for name in _SHARPENED), "title_near")
# The spread of an article whose quotes are all alike must not blow differences up.
_LEAST_SPREAD = 0.02
# Kinds of blocks that a paragraph before them may introduce.
_LED_IN = ("step", "bullet", "table", "code", "note")


def match_features(article: Article, quotes: Sequence[Quote], evidence: Evidences | None) -> Floats:
    """float64 [len(quotes), len(MATCH_FEATURES)]; NaN throughout where nothing is known of tokens.

    What `_columns` says of both encoders, sharpened leads, and title_near: the cosine of what the quote says with what
    the title says, as the second encoder has read them; 0 for a quote without tokens of its own, NaN without that
    encoder.
    """
    read = [] if evidence is None else [e for e in evidence if e is not None]
    tables = [_columns(article, quotes, one) for one in read]
    if not tables or np.isnan(tables[0]).all():
        return np.full((len(quotes), len(MATCH_FEATURES)), np.nan)
    of_each = np.mean([table for table in tables if not np.isnan(table).all()], axis=0)
    leads = of_each[:, [_OF_EACH.index(name) for name in _SHARPENED]]
    second = None if evidence is None else evidence.second
    near = np.full(len(quotes), np.nan) if second is None else np.nan_to_num(second.meaning @ second.subject)
    return np.hstack([of_each, np.exp(leads / _SHARPNESS), near[:, np.newaxis]])


def _columns(article: Article, quotes: Sequence[Quote], evidence: Evidence) -> Floats:
    """float64 [len(quotes), len(_OF_EACH)] of one encoder; NaN throughout where nothing is known of tokens.

    late             mean best cosine of the question's tokens; late_lead, late_mean, late_z: over the best of the
                     article's quotes, over their mean, in units of their spread
    gain             mean of what each token gains over the title; gain_lead: over the best
    weighed          late, each token weighed by how much the quotes differ in it; weighed_lead: over the best
    best_of_tokens   share of the tokens that no other quote meets better
    heading          late of the headings above, over the title's; with_headings: of quote and headings together,
                     over the best
    lead_in          late of what introduces the quote, over the best; with_lead_in: of both together, each token where
                     it is met better, over the best; neighbour, other_neighbour: of the better and the worse of the
                     quotes before and after
    spread, most     of the article: deviation of late over its quotes, and the highest
    """
    blocks = [article.blocks[quote.block] for quote in quotes]
    body = np.array([block.kind != "heading" for block in blocks], dtype=bool)
    if not body.any() or not np.isfinite(evidence.quotes).any():
        return np.full((len(quotes), len(_OF_EACH)), np.nan)
    met = evidence.quotes.astype(np.float64)
    lowest = np.nanmin(met)
    met = np.where(np.isnan(met), lowest, met)
    title = np.where(np.isnan(evidence.title), lowest, evidence.title)
    late = met.mean(axis=1)
    own = late[body]
    most, spread = own.max(), max(float(own.std()), _LEAST_SPREAD)
    gain = np.maximum(0.0, met - title).mean(axis=1)
    differing = met[body].max(axis=0) - met[body].mean(axis=0)
    weighed = met @ (differing / max(float(differing.sum()), 1e-6))
    above = [_above(met, title, quotes, block) for block in blocks]
    together = np.array([np.maximum(row, both).mean() for row, both in zip(met, above, strict=True)])
    near = np.array(list(_neighbours(late, body)))
    lead_ins = list(_lead_ins(quotes, blocks))
    led_in = np.maximum(met, met[lead_ins]).mean(axis=1)
    columns = (
        late,
        late - most,
        late - own.mean(),
        (late - own.mean()) / spread,
        gain,
        gain - gain[body].max(),
        weighed,
        weighed - weighed[body].max(),
        np.bincount(np.flatnonzero(body)[met[body].argmax(axis=0)], minlength=len(quotes)) / met.shape[1],
        np.array([both.mean() for both in above]) - title.mean(),
        together - together[body].max(),
        late[lead_ins] - most,
        near[:, 1] - most,
        near[:, 0] - most,
        np.full(len(quotes), spread),
        np.full(len(quotes), most),
        led_in - led_in[body].max(),
    )
    return np.stack(columns, axis=1)


def _above(met: Floats, title: Floats, quotes: Sequence[Quote], block: Block) -> Floats:
    """Best cosine of each token in the title and the headings above a block."""
    places = [n for n, quote in enumerate(quotes) if quote.block in block.headings]
    return np.asarray(np.max([title, *met[places]], axis=0), dtype=np.float64)


def _neighbours(late: Floats, body: npt.NDArray[np.bool_]) -> Iterator[tuple[float, float]]:
    """(the lower, the higher) of the quotes right before and after each; its own without any."""
    for n in range(len(late)):
        beside = [late[at] for at in (n - 1, n + 1) if 0 <= at < len(late) and body[at]] or [late[n]]
        yield min(beside), max(beside)


def _lead_ins(quotes: Sequence[Quote], blocks: Sequence[Block]) -> Iterator[int]:
    """For each quote the position of the one that introduces it: what it is part of, else the last paragraph of its
    section; itself without any."""
    first_of = {quote.block: n for n, quote in reversed(list(enumerate(quotes)))}
    paragraph: int | None = None
    for n, block in enumerate(blocks):
        if block.parent in first_of:
            yield first_of[block.parent]
        elif block.kind in _LED_IN and paragraph is not None:
            yield paragraph
        else:
            yield n
        if block.kind == "heading":
            paragraph = None
        elif block.kind == "paragraph" and block.parent is None:
            paragraph = n
