"""A small knowledge base to evaluate, with its judged questions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

QUERIES = [
    {
        "id": "jam-en", "lang": "en", "style": "howto", "query": "the paper jams in the printer",
        "article": "paper-jam", "units": ["104", "105", "106", "107"],
    },
    {
        "id": "jam-nl", "lang": "nl", "style": "symptom", "query": "het papier loopt vast in de printer",
        "article": "paper-jam", "units": ["104", "105"], "partial": ["mailbox-full"],
    },
    {
        "id": "vpn-en", "lang": "en", "style": "error", "query": "restart the client with error 0x80072EE7",
        "article": "vpn/tunnel-drops", "units": ["104"],
    },
    {
        "id": "wrong", "lang": "fi", "style": "howto", "query": "archive old mail", "article": "tunnel-drops",
        "units": ["103"],
    },
]  # fmt: skip
UNANSWERABLE = [
    {"id": "giraffe", "lang": "en", "query": "how tall is a giraffe", "kind": "offtopic"},
    {"id": "scanner", "lang": "en", "query": "the scanner hums", "kind": "nearmiss"},
]
CHATS = [
    {
        "id": "c1", "lang": "en",
        "turns": [
            {"query": "the paper jams in the printer", "article": "paper-jam", "units": ["104"]},
            {"query": "the mailbox is full", "article": "mailbox-full", "units": ["103"]},
            {"query": "and what is the weather?", "article": None, "units": []},
        ],
    },
]  # fmt: skip


def write_jsonl(file: Path, records: Iterable[Any]) -> Path:
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return file


def write_sets(folder: Path) -> list[Path]:
    """The three files of questions."""
    sets = {"queries": QUERIES, "unanswerable": UNANSWERABLE, "chats": CHATS}
    return [write_jsonl(folder / f"{name}.jsonl", records) for name, records in sets.items()]
