"""The OpenAPI document's examples, made of the very types that the doors send, so that they can't rot."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from kb.hit import Answer, Citation, Hit, SearchResult, Step
from kb.lookup import LookupMatch, LookupResult, Occurrence
from kb.parallel import Parallel, ParallelLocale, ParallelRow, ParallelText
from kb.suggest import Suggestion, Suggestions

_GENERATION = "20250314T091500-5f2c9a1e"
_PATH = "vpn/error-809"

HIT = Hit(
    article=_PATH,
    collection="default",
    locale="nl-NL",
    locales=["en-US", "de-DE", "nl-NL"],
    title="VPN mislukt met fout 809",
    source_title="VPN fails with error 809",
    score=0.83,
    heading_path=["VPN mislukt met fout 809", "Het netwerk controleren"],
    passage=f"{_PATH}#2",
    text="Maak verbinding via een ander netwerk.",
    source_text="Connect through another network.",
    units=["106"],
    highlights=[(29, 36)],
    translation="HT",
    date="2024-11-18",
    url=f"/a/{_PATH}?locale=nl-NL",
    source_locale="en-US",
)

_SEARCH = SearchResult(
    query="VPN fout 809",
    locale="nl-NL",
    detected_lang="nl",
    generation=_GENERATION,
    views=["source"],
    took_ms=21.4,
    hits=[HIT],
    facets={
        "collection": {"default": 37},
        "translation": {"MT": 30, "HT": 7},
        "product": {"vpn-gateway": 12},
    },
    candidates=37,
)

_SUGGESTIONS = Suggestions(
    _GENERATION,
    [
        Suggestion("VPN-verbinding", "phrase"),
        Suggestion("VPN mislukt met fout 809", "title", _PATH, "default", "nl-NL"),
    ],
)

_ANSWER = Answer(
    outcome="answered",
    confidence=0.91,
    locale="nl-NL",
    generation=_GENERATION,
    lead=None,
    steps=[
        Step(
            kind="step",
            number="1",
            depth=0,
            text="Maak verbinding via een ander netwerk.",
            source_text="Connect through another network.",
            units=["106"],
            essential=True,
            citation=1,
        )
    ],
    citations=[
        Citation(
            n=1,
            article=_PATH,
            collection="default",
            locale="nl-NL",
            title="VPN mislukt met fout 809",
            heading_path=["VPN mislukt met fout 809", "Het netwerk controleren"],
            units=["106"],
            lines=(21, 21),
            lines_locale="nl-NL",
            url=f"/a/{_PATH}?locale=nl-NL",
            translation="HT",
            source_locale="en-US",
        )
    ],
    related=[],
    took_ms=24.9,
)

_ARTICLE: dict[str, Any] = {
    "path": _PATH,
    "locale": "nl-NL",
    "source_locale": "en-US",
    "title": "VPN mislukt met fout 809",
    "source_title": "VPN fails with error 809",
    "translation": "HT",
    "metadata": {"ms.date": "11/18/2024"},
    "blocks": [
        {
            "kind": "step",
            "level": 1,
            "number": "1",
            "heading_path": ["VPN mislukt met fout 809", "Het netwerk controleren"],
            "lines": [21, 21],
            "segments": [
                {
                    "unit": "106",
                    "covers": ["106"],
                    "target": "Maak verbinding via een ander netwerk.",
                    "source": "Connect through another network.",
                }
            ],
        }
    ],
    "warnings": [],
}

_READY: dict[str, Any] = {"ready": True, "generation": _GENERATION}
_HEALTH: dict[str, Any] = {"status": "ok", "version": "0.1.0", "generation": _GENERATION}

_CONVERSATION = "mR3yq0bZ5dVx1kTfW2Jc9uEa"
_META: dict[str, Any] = {
    "generation": _GENERATION,
    "detected_lang": "nl",
    "conversation": _CONVERSATION,
    "interpreted_query": "VPN mislukt met fout 809: en via een ander netwerk?",
    "follow_up": True,
    "step": None,
}
_STREAM = "5b0c41d2a97e3f60" + "9d1e3a7c24f8b65001c2d3e4f5a6b7c8"


def _event(number: int, name: str, data: Any) -> str:
    told = TypeAdapter(Any).dump_json(data).decode()
    return f"event: {name}\ndata: {told}\nid: {_STREAM}-{number}\n\n"


def _chat() -> str:
    """The events of an answer as they go over the wire."""
    told = TypeAdapter(Any).dump_python(_ANSWER, mode="json")
    events = [
        ("meta", _META),
        ("citation", _ANSWER.citations[0]),
        ("delta", {"text": "1. Maak verbinding via een ander netwerk.\n", "citation": 1}),
        ("done", {**told, "interpreted_query": _META["interpreted_query"]}),
    ]
    return "".join(_event(number, name, data) for number, (name, data) in enumerate(events, 1))


_TEXTS = {
    "nl-NL": ParallelText("Maak verbinding via een ander netwerk.", "translated", "HT", ["106"]),
    "en-US": ParallelText("Connect through another network.", "translated", None, ["106"]),
    "de-DE": ParallelText(None, "missing", None, []),
}
_PARALLEL = Parallel(
    article=_PATH,
    collection="default",
    source_locale="en-US",
    generation=_GENERATION,
    locales={
        "nl-NL": ParallelLocale(HIT.title, "HT", "2024-11-18", HIT.url, True),
        "en-US": ParallelLocale(
            "VPN fails with error 809", None, "2024-11-18", f"/a/{_PATH}?locale=en-US", True
        ),
        "de-DE": None,
    },
    rows=[
        ParallelRow(
            unit="106",
            covers=["106"],
            source_text="Connect through another network.",
            kind="step",
            heading_path=["VPN fails with error 809", "Check the network"],
            passage=HIT.passage,
            texts=_TEXTS,
        )
    ],
    took_ms=3.1,
)
_LOOKUP = LookupResult(
    query="ander netwerk",
    detected_lang="nl",
    generation=_GENERATION,
    looked_at=12,
    took_ms=9.8,
    matches=[
        LookupMatch(
            article=_PATH,
            collection="default",
            unit="106",
            covers=["106"],
            locale="nl-NL",
            title=HIT.title,
            heading_path=HIT.heading_path,
            match="phrase",
            score=0.93,
            count=2,
            also=[Occurrence("vpn/error-691", "104")],
            texts=_TEXTS,
            highlights={"nl-NL": [(24, 37)], "en-US": [(16, 31)]},
            linked={"nl-NL": "words", "en-US": "words"},
        )
    ],
)

_REINDEX = (
    'event: stage\ndata: {"name": "Parsing articles", "total": 2909}\n\n'
    'event: progress\ndata: {"name": "Parsing articles", "done": 512, "total": 2909}\n\n'
    f'event: report\ndata: {{"generation": "{_GENERATION}", "indexed": 2909}}\n\n'
)

# method and route: its body
BODIES: dict[tuple[str, str], Any] = {
    ("post", "/chat"): _chat(),
    ("delete", "/chat/{conversation}"): {"deleted": _CONVERSATION},
    ("post", "/feedback"): {"kept": True},
    ("get", "/search"): _SEARCH,
    ("get", "/suggest"): _SUGGESTIONS,
    ("post", "/ask"): _ANSWER,
    ("get", "/articles/{path}"): _ARTICLE,
    ("get", "/parallel"): _PARALLEL,
    ("get", "/lookup"): _LOOKUP,
    ("post", "/admin/reindex"): _REINDEX,
    ("get", "/health"): _HEALTH,
    ("get", "/ready"): _READY,
}
