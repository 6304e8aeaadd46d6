"""Every unit of twelve locales of real articles, counted by patterns on the raw files, is found side by side."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import pairwise

import pytest
from rawunits import Files, Raw, bare, unit_file
from smallkb import Workshop

from kb.knowledge import KnowledgeBase
from kb.parallel import ParallelRequest, ParallelRow

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def rows(corpus_shop: Workshop, corpus_files: Files) -> Mapping[str, list[ParallelRow]]:
    kb: KnowledgeBase = corpus_shop.open()
    paths = sorted({path for each in corpus_files.values() for path in each})
    found = {path: kb.parallel(ParallelRequest(path)).rows for path in paths}
    kb.close()
    return found


def test_every_unit_is_side_by_side_in_every_locale_that_has_it(
    corpus_files: Files, rows: Mapping[str, list[ParallelRow]]
) -> None:
    for locale, articles in corpus_files.items():
        for path, units in articles.items():
            reached = [u for row in rows[path] for u in row.texts[locale].units]
            assert Counter(reached) == Counter(u.number for u in units), (path, locale)


def test_units_stand_in_the_row_of_their_own_source_text(
    corpus_files: Files, rows: Mapping[str, list[ParallelRow]]
) -> None:
    seen = wrong = 0
    for locale, articles in corpus_files.items():
        for path, units in articles.items():
            sources: dict[str, set[str]] = defaultdict(set)
            for unit in units:
                sources[unit.number].add(unit.source)
            for row in rows[path]:
                text = row.texts[locale]
                if text.units and all(len(sources[u]) == 1 for u in text.units):
                    seen += 1
                    own = "".join(next(iter(sources[u])) for u in text.units)
                    shown = text.source_text if text.source_text is not None else row.source_text
                    if "".join(filter(str.isalnum, own)) != "".join(filter(str.isalnum, bare(shown or ""))):
                        wrong += 1
                        print("source", locale, path, text.units)
    print(f"{seen} texts in rows, {wrong} under another source text")
    assert seen > 250_000
    # by these patterns; placeholders in angle brackets and links in code are visible text
    assert wrong <= seen / 1000


def test_a_sentence_is_joined_in_all_locales_that_have_it(
    corpus_files: Files, rows: Mapping[str, list[ParallelRow]]
) -> None:
    """Of texts that no localization has twice: by the files' count, and by the rows'."""
    expected = joined = 0
    for path, found in rows.items():
        there = {locale: articles[path] for locale, articles in corpus_files.items() if path in articles}
        counts: Counter[str] = Counter()
        for units in there.values():
            counts |= Counter(u.source for u in units)
        row_of = {
            (locale, number): n
            for n, row in enumerate(found)
            for locale in there
            for number in row.texts[locale].units
        }
        places: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for locale, units in there.items():
            for unit in units:
                if unit.source and counts[unit.source] == 1:
                    places[unit.source].append((locale, unit.number))
        for source, held in places.items():
            most = Counter(row_of[place] for place in held).most_common(1)[0][1]
            expected += len(held)
            joined += most
            if most < len(held):
                print("apart", path, source[:60], len(held), most)
    print(f"{joined} of {expected} joined")
    assert expected > 200_000 and joined == expected


def siblings_numbers(own: list[Raw], n: int, other: list[Raw]) -> list[str] | None:
    """The other's plain numbers where the own unit `n` stands, if both files say the same; else None."""
    if "".join(u.source for u in own) != "".join(u.source for u in other):
        return None
    start = sum(len(u.source) for u in own[:n])
    stop = start + len(own[n].source)
    found, at = [], 0
    for unit in other:
        end = at + len(unit.source)
        if at < stop and end > start:
            if at < start or end > stop or unit.number.startswith("p"):
                return None
            found.append(unit.number)
        at = end
    return found


def test_p_units_cover_the_numbers_of_their_siblings_and_stand_beside_them(
    corpus_shop: Workshop, corpus_files: Files, rows: Mapping[str, list[ParallelRow]]
) -> None:
    told = by_gap = open_end = 0
    wrong: list[object] = []
    for locale, articles in corpus_files.items():
        stored = unit_file(corpus_shop, locale)
        for path, units in articles.items():
            if not any(u.number.startswith("p") for u in units):
                continue
            article = stored.article(path)
            assert article is not None
            covers = {u.unit: u.covers for u in article.units}
            row_of = {number: row for row in rows[path] for number in row.texts[locale].units}
            following = {one.number: after.number for one, after in pairwise(units)}
            for n, unit in enumerate(units):
                if not unit.number.startswith("p"):
                    continue
                others = {
                    name: numbers
                    for name, each in corpus_files.items()
                    if name != locale
                    and path in each
                    and (numbers := siblings_numbers(units, n, each[path])) is not None
                }
                first = int(unit.number[1:])
                after = following.get(unit.number, "")
                if others:
                    told += 1
                    if list(covers[unit.number]) not in others.values():
                        wrong.append((locale, path, unit.number, covers[unit.number], others))
                    beside = row_of[unit.number].texts
                    wrong += [
                        (locale, path, unit.number, name, beside[name].units, numbers)
                        for name, numbers in others.items()
                        if not set(numbers) <= set(beside[name].units)
                    ]
                elif after and int(after.removeprefix("p")) > first:
                    by_gap += 1
                    gap = [str(k) for k in range(first, int(after.removeprefix("p")))]
                    if list(covers[unit.number]) != gap:
                        wrong.append((locale, path, unit.number, covers[unit.number], gap))
                else:
                    open_end += 1
                    if covers[unit.number][0] != str(first):
                        wrong.append((locale, path, unit.number, covers[unit.number]))
    print(f"p-units: {told} told by siblings, {by_gap} by the gap, {open_end} at an end; {len(wrong)} wrong")
    for one in wrong[:40]:
        print(one)
    assert told > 0 and wrong == []
