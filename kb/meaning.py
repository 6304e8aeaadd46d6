"""Units that mean what a text says, whatever their words: of the passages that search finds, those nearest to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from kb.concordance import Found, Searched
from kb.embedded import Collection
from kb.encoded import at_hand
from kb.rank import Question, RankSettings, question_locale, rank
from kb.units import UnitReader
from kb.vectors import Floats, centre

# Passages whose units are compared by meaning, and how many units that may be: the encoder reads each of them.
_MEANT_PASSAGES = 4
_MEANT_UNITS = 16
# Below this cosine (centred) a unit does not mean the text: of the development questions that the articles answer
# 91 % have a unit above it, of the off-topic ones 4 %. It belongs to the default encoder.
_LEAST_MEANING = 0.32
# The same where no installed locale knows any of the text's words: of 60 pieces of gibberish 39 reach the one above,
# 2 this one; of 60 questions in 26 languages all but one have a word that some locale knows.
_LEAST_UNKNOWN = 0.5


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoder as a lookup needs it, asked only where no words match: raw unit vectors of a query, of texts."""

    query: Callable[[str], Floats]
    texts: Callable[[Sequence[str]], Floats]


class Text(NamedTuple):
    """What is looked up, and its language."""

    text: str
    language: str


def search_meaning(
    reader: UnitReader, collection: Collection, only: str | None, text: Text, encoding: Encoding
) -> Searched:
    """Of the passages that search finds, the units nearest to the text: one of each passage, best first.

    only  the locale to find them in; None: that of the text's language, else the source
    """
    own = question_locale(collection, text.language)
    vector = encoding.query(text.text)
    allowed = collection.locales[only].rows if only else None
    ranked = rank(
        collection, Question(text.text, at_hand(vector), text.language, None), RankSettings(), allowed
    )
    candidates: list[list[tuple[Found, str]]] = []
    for best in ranked[:_MEANT_PASSAGES]:
        number = collection.numbers[best.row]
        for locale in [name for name in (only, own, collection.source_locale) if name]:
            article = reader.article(collection.name, locale, best.path)
            passage = collection.locales[locale].passage(best.path, number) if article else None
            if article is not None and passage is not None:
                inside = [n for n, u in enumerate(article.units) if passage.start <= u.start < passage.stop]
                candidates.append(
                    [(Found(article, n, "meaning", 0.0), article.units[n].pivot) for n in inside]
                )
                break
    meant = [[c for c in of_passage if c[1]] for of_passage in candidates]
    room = max(1, _MEANT_UNITS // max(len(meant), 1))
    meant = [of_passage[:room] for of_passage in meant if of_passage]
    if not meant:
        return Searched([], [], 0)
    vectors = centre(
        encoding.texts([text for of_passage in meant for _, text in of_passage]), collection.means["passage"]
    )
    near = iter((vectors @ centre(vector[None, :], collection.question_mean(own))[0]).tolist())
    found = [
        max((replace(f, score=round(next(near), 4)) for f, _ in of_passage), key=lambda f: f.score)
        for of_passage in meant
    ]
    known = any(store.lexical.known_share(text.text) for store in collection.locales.values())
    least = _LEAST_MEANING if known else _LEAST_UNKNOWN
    found = sorted((f for f in found if f.score >= least), key=lambda f: (-f.score, f.article.path))
    return Searched(found, [], len(meant))
