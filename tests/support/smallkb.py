"""A small bilingual knowledge base that computes: articles from templates, an encoder and a tokenizer without
a model, and an independent reading of what a file's lines say."""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from processes import WRITERS_OWN

from indexer import build as building
from indexer.build import BuildOptions, build
from indexer.parse import parse_article
from indexer.report import BuildReport, Quiet
from kb import knowledge as serving
from kb import leases
from kb import publish as publishing
from kb.article import Article
from kb.encoded import Encoded, Pending, QuestionVectors, TextReader
from kb.knowledge import KnowledgeBase
from kb.language import LanguageDetector

PAPER = """\
# {The paper jams in the printer}

{Do this when a sheet is stuck.‖It takes a minute.}

1. {Open the front lid.}
2. {Pull the sheet out.‖Don't tear it.}

   `lpq -P ground-floor`
3. {Close the lid.}

## {What the lights say}

{The printer shows its state with lights:}

| {Light} | {Meaning} |
| --- | --- |
| {red} | {The toner is empty.} |
| {blinking} | {The tray is open.} |

> [!NOTE]
> {A printer of another floor has no lights.}
"""
TUNNEL = """\
# {The tunnel drops every hour}

{The gateway ends idle tunnels.}

- {Select **Keep alive** in [the client](../a.md).}
- {Restart the client with error 0x80072EE7.}
"""
QUOTA = """\
# {The mailbox is full}

{Archive old mail as follows:}

a. {Open the archive.}
b. {Drag the old mail into it.}

{Then send again.}
"""
DUTCH = {
    "The paper jams in the printer": "Het papier loopt vast in de printer",
    "Do this when a sheet is stuck.": "Doe dit als er een vel vastzit.",
    "It takes a minute.": "Het duurt een minuut.",
    "Open the front lid.": "Open de klep aan de voorkant.",
    "Pull the sheet out.": "Trek het vel eruit.",
    "Don't tear it.": "Scheur het niet.",
    "Close the lid.": "Sluit de klep.",
    "What the lights say": "Wat de lampjes zeggen",
    "The printer shows its state with lights:": "De printer toont zijn toestand met lampjes:",
    "Light": "Lampje",
    "Meaning": "Betekenis",
    "red": "rood",
    "The toner is empty.": "De toner is leeg.",
    "blinking": "knipperend",
    "The tray is open.": "De lade staat open.",
    "A printer of another floor has no lights.": "Een printer op een andere verdieping heeft geen lampjes.",
    "The tunnel drops every hour": "De tunnel valt elk uur weg",
    "The gateway ends idle tunnels.": "De gateway sluit ongebruikte tunnels.",
    "Select **Keep alive** in [the client](../a.md).": "Kies **In leven houden** in [de client](../a.md).",
    "Restart the client with error 0x80072EE7.": "Start de client opnieuw bij fout 0x80072EE7.",
    "The mailbox is full": "Het postvak is vol",
    "Archive old mail as follows:": "Archiveer oude post als volgt:",
    "Open the archive.": "Open het archief.",
    "Drag the old mail into it.": "Sleep de oude post erin.",
    "Then send again.": "Verstuur daarna opnieuw.",
}
TEMPLATES = {"printing/paper-jam": PAPER, "vpn/tunnel-drops": TUNNEL, "mail/mailbox-full": QUOTA}


def unit(number: str, target: str, source: str, prefix: str = "0a1b2") -> str:
    """A translation unit's span markup."""
    return (
        f'<span data-ttu-id="{prefix}-{number}">{target}</span>'
        f'<span class="sxs-lookup"><span data-stu-id="{prefix}-{number}">{source}</span></span>'
    )


def localized(
    template: str, words: Mapping[str, str], _locale: str, *, merged: bool = False, bare: Sequence[str] = ()
) -> str:
    """An article file made of a template: each {sentence‖sentence} becomes units, or one p-unit.

    A sentence without a translation gets its source in angle quotes; those in `bare` stand outside any unit.
    """
    number = 101

    def units(match: re.Match[str]) -> str:
        nonlocal number
        sentences = match[1].split("‖")
        texts = [words.get(s, f"«{s}»") for s in sentences]
        first, number = number, number + len(sentences)
        if sentences[0] in bare:
            return " ".join(sentences)
        if merged and len(sentences) > 1:
            return unit(f"p{first}", " ".join(texts), " ".join(sentences))
        return " ".join(
            unit(str(first + n), *pair) for n, pair in enumerate(zip(texts, sentences, strict=True))
        )

    body = re.sub(r"\{([^{}]+)\}", units, template)
    title = next(iter(re.findall(r"\{([^{}]+)\}", template)), "untitled")
    return f"---\ntitle: {words.get(title, title)}\nms.translationtype: MT\n---\n{body}"


def parsed(text: str, locale: str = "nl-NL", path: str = "printing/paper-jam") -> Article:
    return parse_article(text, path, locale)


def write_locale(root: Path, locale: str, words: Mapping[str, str], **options: Any) -> Path:
    """All templates in one locale, as a folder of files named by the locale."""
    for path, template in TEMPLATES.items():
        file = root / locale / f"{path}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(localized(template, words, locale, **options), encoding="utf-8")
    return root / locale


class Words:
    """A tokenizer whose tokens are words."""

    def __init__(self, _folder: Path | None = None) -> None:
        pass

    def count(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        return [[found.span() for found in re.finditer(r"\S+", text)] for text in texts]

    def cut(self, text: str, max_tokens: int) -> list[str]:
        found = re.findall(r"\s*\S+(?:\s+$)?", text) or [text]
        return ["".join(found[n : n + max_tokens]) for n in range(0, len(found), max_tokens)] if text else []


class Hashing:
    """An encoder that adds up hashed 3-grams of characters: texts that share words are near, in any order."""

    dim = 64

    def __init__(self, folder: Path | None = None, fingerprint: str = "hashing") -> None:
        self.folder = folder or Path(fingerprint)
        self.fingerprint = fingerprint
        self.encoded = 0
        self._seed = 0 if fingerprint == "hashing" else zlib.crc32(fingerprint.encode()) | 1

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> np.ndarray:
        self.encoded += len(texts)
        return self._add_up(texts)

    def _add_up(self, texts: Sequence[str]) -> np.ndarray:
        vectors = np.zeros((len(texts), self.dim), dtype=np.float64)
        for row, text in zip(vectors, texts, strict=True):
            padded = f"  {text.casefold()} "
            for start in range(len(padded) - 2):
                code = zlib.crc32(padded[start : start + 3].encode("utf-8", "surrogatepass"))
                if self._seed:  # multiplied, since another start value of a CRC only permutes the codes
                    code = (code * self._seed & 0xFFFFFFFF) >> 7
                row[code % self.dim] += 1.0 if code & 1024 else -1.0
            row[0] += 1e-3
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / norms).astype(np.float32)

    def question(self, text: str, _language: str = "") -> QuestionVectors:
        encoded = self.encode_tokens([text], "query")
        return QuestionVectors(encoded.vectors[0], encoded.tokens[0])

    def begin(self, text: str, language: str) -> Pending:
        return partial(self.question, text, language)

    @property
    def reader(self) -> TextReader:
        spans = Words().spans
        return TextReader(self.question, self.begin, spans, spans, lambda _word, _language: None)

    def encode_tokens(self, texts: Sequence[str], _kind: str) -> Encoded:
        """Each text, and each of its words."""
        return Encoded(self.encode_passages(texts), [self._add_up(text.split()) for text in texts])


@dataclass
class Workshop:
    """Builds with `Hashing` and `Words` into a home, and opens what was built.

    second  fingerprint of a second encoder, which reads an English source once more; none where it is empty
    """

    root: Path
    fingerprint: str = "hashing"
    second: str = ""

    @property
    def home(self) -> Path:
        return self.root / "home"

    def index(self, *sources: Path, progress: Any = None, **options: Any) -> BuildReport:
        chosen = BuildOptions(cache=self.root / "cache", **options)
        return build(sources, self.home, options=chosen, progress=progress or Quiet())

    def index_changed(self, folder: Path, **options: Any) -> BuildReport:
        """Indexes a folder with a sentence more in its first article: unchanged, it would publish nothing."""
        file = min(folder.rglob("*.md"))
        file.write_text(file.read_text(encoding="utf-8") + "\nOnce more.\n", encoding="utf-8")
        return self.index(folder, **options)

    def open(self) -> KnowledgeBase:
        second = Hashing(fingerprint=self.second) if self.second else None
        return KnowledgeBase(self.home, Hashing(fingerprint=self.fingerprint), second)  # type: ignore[arg-type]

    def tree(self) -> dict[str, bytes]:
        """Every file below the home with its content, but for the writer's own."""
        files = (f for f in sorted(self.home.rglob("*")) if f.is_file() and f.name not in WRITERS_OWN)
        return {str(f.relative_to(self.home)): f.read_bytes() for f in files}


def workshop(root: Path, patch: pytest.MonkeyPatch) -> Workshop:
    made = Workshop(root)
    patch.setattr(building, "resolve", lambda model, _cache: Path(model or made.fingerprint))
    patch.setattr(
        building, "resolve_second", lambda _model, _cache: Path(made.second) if made.second else None
    )
    patch.setattr(building, "BorrowingEncoder", lambda folder, _home: Hashing(folder, folder.name))
    patch.setattr(building, "TokenCounter", Words)
    patch.setattr(serving, "TokenCounter", Words)
    patch.setattr(publishing, "_flush", lambda _path: None)  # for speed; what it is for has a test of its own
    patch.setattr(leases, "LanguageDetector", lambda languages: detector(tuple(languages)))
    return made


@lru_cache
def detector(languages: tuple[str, ...]) -> LanguageDetector:
    """The detector for these languages, read once: unpacking its model takes longer than a small build."""
    return LanguageDetector(languages)


def said_in(text: str, lines: tuple[int, int], side: str) -> str:
    """What a reader sees in some lines of an article file, blanks dropped: read with patterns alone, so
    that it owes nothing to the parser."""
    said = "\n".join(text.split("\n")[lines[0] - 1 : lines[1]])
    source = r'<span class="sxs-lookup"><span data-stu-id="[^"]+">(.*?)</span></span>'
    if side == "target":
        said = re.sub(source, "", said, flags=re.S)
    else:
        target = r'<span data-ttu-id="([^"]+)">(?:(?!</?span).)*</span>(?=<span class="sxs-lookup">)'
        said = re.sub(target, "", said, flags=re.S)
    said = re.sub(r"</?(?:span|a)\b[^>]*>", "", said)
    said = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", said)
    said = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", said)
    said = re.sub(r"^\s*(?:>\s*)*(?:[-*+]|\d+[.)]|#+)?\s+", " ", said, flags=re.M)
    return bare(html.unescape(said.replace("**", "").replace("`", "")))


def bare(text: str) -> str:
    """A text without blanks and table rules."""
    return re.sub(r"[\s|]+", "", text)
