"""How well a lookup marks on the other side: by labels in bold, which the markup tells and the lookup is not told.

    PYTHONPATH=. python tests/bench/bench_marks.py HOME --from zh-CN --to en-US,fr-FR,th-TH [-n 400] [--half 0|1]

A label is looked up in one locale. In each match that has it in bold, the label in bold at the same place of another
locale's unit is what should be marked there. Printed for each locale: of the characters marked as words the share that
belongs to the label, of the label's characters the share that is marked as words, and how often a whole unit is marked
for want of words. --half takes the articles whose path has an even or odd digest, so that what was tuned on one half
can be measured on the other.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from kb.article import Segment
from kb.embedded import Collection, Generation
from kb.lookup import LookupRequest, lookup
from kb.meaning import Encoding
from kb.units import UnitReader

Span = tuple[int, int]
_LONGEST = 60  # characters of a label


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("home", type=Path)
    parser.add_argument("--from", dest="from_locale", default="zh-CN")
    parser.add_argument("--to", default="en-US,fr-FR,th-TH")
    parser.add_argument("-n", type=int, default=400)
    parser.add_argument("--half", type=int, choices=(0, 1))
    options = parser.parse_args()
    generation = Generation(options.home)
    collection = next(iter(generation.collections.values()))
    others = tuple(options.to.split(","))
    reader = UnitReader(generation)
    dim = collection.source.all().shape[1]
    unread = Encoding(
        lambda _text: np.full(dim, dim**-0.5, np.float32), lambda ts: np.ones((len(ts), dim), np.float32)
    )
    labels = sorted(set(bold_labels(collection, options.from_locale, options.half)))
    asked = random.Random(3).sample(labels, min(options.n, len(labels)))
    counts: dict[str, Counter[str]] = {locale: Counter() for locale in others}
    for label in asked:
        found = lookup(
            reader,
            LookupRequest(label, options.from_locale, others),
            options.from_locale.split("-")[0],
            unread,
        )
        for match in found.matches:
            if match.match in ("exact", "meaning") or match.unit is None:
                continue
            own = [text for text, _ in bold(collection, options.from_locale, match.article, match.unit)]
            for locale in others if label in own else ():
                there = bold(collection, locale, match.article, match.unit)
                if len(there) == len(own):
                    span = there[own.index(label)][1]
                    count(counts[locale], span, match.linked.get(locale), match.highlights.get(locale, []))
    print(f"{len(asked)} labels of {len(labels)}")
    for locale, c in counts.items():
        print(
            f"{options.from_locale} to {locale}: {c['texts']} texts; {c['right'] / max(c['marked'], 1):.0%} of what is "
            f"marked is the label, {c['right'] / max(c['label'], 1):.0%} of the labels is marked, "
            f"{c['unit'] / max(c['texts'], 1):.0%} whole units"
        )


def count(counts: Counter[str], label: Span, linked: str | None, ranges: list[Span]) -> None:
    counts["texts"] += 1
    counts["label"] += label[1] - label[0]
    if linked == "words":
        counts["marked"] += sum(b - a for a, b in ranges)
        counts["right"] += sum(max(0, min(b, label[1]) - max(a, label[0])) for a, b in ranges)
    else:
        counts["unit"] += 1


def bold_labels(collection: Collection, locale: str, half: int | None) -> Iterator[str]:
    """Labels of a locale's articles, of all or half of them."""
    store = collection.locales[locale]
    for path in sorted(store.paths):
        if half is None or hashlib.sha256(path.encode()).digest()[0] % 2 == half:
            stored = store.article(path)
            for block in stored.article.blocks if stored else ():
                for segment in block.segments:
                    for text, _ in in_bold(segment) if segment.unit is not None else ():
                        if any(c.isalpha() for c in text) and len(text) <= _LONGEST:
                            yield text


def bold(collection: Collection, locale: str, path: str, unit: str) -> list[tuple[str, Span]]:
    """What is bold in a locale's unit; nothing where its number is not there once."""
    stored = collection.locales[locale].article(path)
    found = [s for b in stored.article.blocks for s in b.segments if s.unit == unit] if stored else []
    return in_bold(found[0]) if len(found) == 1 else []


def in_bold(segment: Segment) -> list[tuple[str, Span]]:
    """Texts in bold and where they stand in the unit's text."""
    out: list[tuple[str, Span]] = []
    at = 0
    for run in segment.target:
        if run.image is None:
            if "strong" in run.marks and run.text.strip():
                out.append((run.text.strip(), (at, at + len(run.text))))
            at += len(run.text)
    return out


if __name__ == "__main__":
    main()
