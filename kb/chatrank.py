"""One order of articles from two: what a follow-up finds by itself, and what it finds with its context before it.

Neither is enough: by itself "and on mobile?" finds any mobile, with its topic it finds nothing but the topic. Scores of
both are averaged, and the article told last is given a little more, for most questions that follow are about it still.
How much the context counts goes by the odds that there is one and not by the probability: what may well stand on its
own is left nearly alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.ranked import Ranked

# The weight of the context's order against 1 of the question's own: so many times the odds of a follow-up, up to _MOST.
_TOGETHER = 1.8
_MOST = 5.0
_TOLD_LAST = 0.05

# collection, path
Key = tuple[str, str]


def key_of(ranked: Ranked) -> Key:
    return ranked.collection.name, ranked.path


def merged(
    alone: Sequence[Ranked], together: Sequence[Ranked], probability: float, told: Key | None
) -> list[Ranked]:
    """Articles of both orders by (place, -score, collection, path), with the passages that `together` found where it
    has them; what comes before the score is what the question itself says.

    probability  that the question is a follow-up, 0 to 1: how much of the context's order is taken
    told         the article told last
    """
    weight = _MOST if probability == 1.0 else min(_MOST, _TOGETHER * probability / (1.0 - probability))
    own, context = ({key_of(r): r for r in order} for order in (alone, together))
    # an article that one order lacks is no better there than the last that it has
    lowest = [min((r.score for r in order), default=0.0) for order in (alone, together)]
    found = []
    for key, ranked in (own | context).items():
        scores = [
            lacking if listed is None else listed.score
            for listed, lacking in zip((own.get(key), context.get(key)), lowest, strict=True)
        ]
        score = (scores[0] + weight * scores[1]) / (1.0 + weight)
        score += probability * _TOLD_LAST if key == told else 0.0
        place = own[key].place if key in own else (0, 0)
        found.append(ranked._replace(score=score, place=place))
    return sorted(found, key=lambda r: (r.place, -r.score, *key_of(r)))


def gap_to(ranked: Sequence[Ranked], told: Key | None) -> float | None:
    """How far an article's score is behind the best one, as far as the order goes; None without an article."""
    if told is None:
        return None
    scores = {key_of(r): r.score for r in ranked}
    return max(scores.values()) - scores.get(told, min(scores.values()))
