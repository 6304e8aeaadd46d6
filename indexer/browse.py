"""What a locale offers besides its passages, taken from its stored articles: facets, titles, phrases, words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import regex

from kb.article import Block
from kb.articledb import ArticleReader
from kb.browsedb import (
    FILE,
    ArticleFacts,
    Phrase,
    read_articles,
    read_labels,
    read_words,
    write_browse,
)
from kb.complete import typing_key, without_spaces
from kb.spelling import spelled_words

_PRODUCT = ("ms.prod", "ms.product", "ms.service", "ms.subservice", "ms.technology", "product", "products")
_CUSTOM = ("ms.custom",)
_VALUE_CHARACTERS = 100
# Phrases that fewer articles share complete nothing that a title would not.
_LABEL_ARTICLES = 4
_SEQUENCE_TITLES = 5
_SEQUENCE_WORDS = range(2, 5)
_LABEL_WORDS = range(2, 7)
_PHRASE_CHARACTERS = range(4, 61)
# A word in lower case that more articles than this have ("with", "van") neither begins nor ends a phrase.
_FUNCTION_WORD_SHARE = 0.2
_EDGES = " \t\n.,:;!?\u2026\u3002\u3001\uff1a>\u201c\u201d\"'«»()[]"
_RAW_WORD = regex.compile(r"[\p{L}\p{M}\p{Cf}]{2,}+")


def write_locale_browse(folder: Path, earlier: Path | None = None, changed: Collection[str] = ()) -> None:
    """Makes the file that stands beside a locale's articles.sqlite.

    earlier  the folder of an earlier generation's, which has the same articles but those changed
    """
    facts: dict[str, ArticleFacts] = {}
    words: Counter[str] = Counter()
    labels: Counter[str] = Counter()
    if earlier is not None:
        facts = {fact.path: fact for fact in read_articles(earlier / FILE) if fact.path not in set(changed)}
        words.update(dict(read_words(earlier / FILE)))
        labels.update(dict(read_labels(earlier / FILE)))
        for _, own_words, own_labels in _read(earlier, changed):
            words.subtract(own_words)
            labels.subtract(own_labels)
    for fact, own_words, own_labels in _read(folder, None if earlier is None else changed):
        facts[fact.path] = fact
        words.update(own_words)
        labels.update(own_labels)
    words, labels = +words, +labels
    common = {word for word, n in words.items() if n > _FUNCTION_WORD_SHARE * len(facts)}
    titles = [facts[path].title for path in sorted(facts)]
    write_browse(
        folder / FILE, facts.values(), phrases(titles, labels, common), words.items(), labels.items()
    )


def _read(folder: Path, paths: Collection[str] | None) -> Iterator[tuple[ArticleFacts, set[str], set[str]]]:
    """Each article's facts, words and labels: of all that are there, or of those named that are."""
    reader = ArticleReader(folder / "articles.sqlite")
    spelled = cache(lambda raw: tuple(spelled_words(raw)))
    for path in reader.paths() if paths is None else sorted(paths):
        row = reader.article(path)
        if row is None:
            continue
        blocks, metadata = row.article.blocks, row.article.metadata
        product, custom = metadata_values(metadata, _PRODUCT), metadata_values(metadata, _CUSTOM)
        fact = ArticleFacts(
            path, row.title, typing_key(row.title), row.translation, row.date, product, custom
        )
        text = "\n".join([row.title, *(s.text("target") for b in blocks for s in b.segments)])
        words = {word for raw in set(_RAW_WORD.findall(text)) for word in spelled(raw)}
        yield fact, words, set(_labels(blocks))
    reader.close()


def metadata_values(metadata: Mapping[str, Any], keys: tuple[str, ...]) -> tuple[str, ...]:
    """Values of the front matter's keys as short texts, lists taken apart, sorted; no empty ones."""
    found: set[str] = set()
    for key in keys:
        value = metadata.get(key)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str | int | float) and not isinstance(item, bool):
                found.add(" ".join(str(item).split())[:_VALUE_CHARACTERS])
    return tuple(sorted(found - {""}))


def phrases(titles: Sequence[str], labels: Mapping[str, int], common: Iterable[str]) -> list[Phrase]:
    """Labels that several articles have and word sequences that several titles have, one for each key.

    Of spellings the most frequent stands for all, and counts are added up; a sequence that is nearly always part of
    a longer one is left out.
    """
    function_words = frozenset(common)
    sequences: Counter[str] = Counter()
    for title in titles:
        sequences.update(set(_sequences(title, function_words)))
    often = {text: n for text, n in sequences.items() if n >= _SEQUENCE_TITLES}
    inner = {
        part
        for text, n in often.items()
        for part in (text.partition(" ")[2], text.rpartition(" ")[0])
        if n > 0.8 * often.get(part, n + 1)
    }
    found = _by_key({text: n for text, n in often.items() if text not in inner}, _SEQUENCE_TITLES)
    return list((_by_key(labels, _LABEL_ARTICLES) | found).values())


def _sequences(title: str, function_words: frozenset[str]) -> Iterator[str]:
    """Stretches of some words of a title that neither begin nor end with a function word."""
    words = title.split()
    for size in _SEQUENCE_WORDS:
        for start in range(len(words) - size + 1):
            part = words[start : start + size]
            inside = "".join(part[:-1])
            if not any(c in inside for c in ",:;()|") and not any(
                word in function_words or (len(word) == 1 and not word.isupper())
                for word in (part[0], part[-1])
            ):
                yield " ".join(part).strip(_EDGES)


def _labels(blocks: Sequence[Block]) -> Iterator[str]:
    """Headings below the title, and what stands in bold within other text, where it begins like a label."""
    for block in blocks:
        if block.kind == "heading":
            texts = [block.text("target")] if block.level > 1 else []
        else:
            texts = [
                run.text
                for segment in block.segments
                for run in segment.target
                if "strong" in run.marks and run.image is None
            ]
        for text in texts:
            label = " ".join(text.split()).strip(_EDGES)
            if not label[:1].islower() and not any(c in label for c in "*[]>|"):
                yield label


def _by_key(counted: Mapping[str, int], least: int) -> dict[str, Phrase]:
    spellings: dict[str, list[tuple[int, str]]] = {}
    for text, n in counted.items():
        key = typing_key(text)
        size = _LABEL_WORDS if without_spaces(key) is None else range(1, _LABEL_WORDS.stop)
        if len(key) in _PHRASE_CHARACTERS and len(key.split()) in size:
            spellings.setdefault(key, []).append((n, text))
    totals = {key: sum(n for n, _ in found) for key, found in spellings.items()}
    return {
        key: Phrase(min(spellings[key], key=lambda found: (-found[0], found[1]))[1], key, totals[key])
        for key in sorted(spellings)
        if totals[key] >= least
    }
