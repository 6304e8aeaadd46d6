"""The OpenAPI document's examples, made of the very types that the doors send, so that they can't rot."""

from __future__ import annotations

from typing import Any

from kb.hit import Answer, Citation, Hit, SearchResult, Step

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
    url=f"/articles/{_PATH}?locale=nl-NL",
)

_SEARCH = SearchResult(
    query="VPN fout 809",
    locale="nl-NL",
    detected_lang="nl",
    generation=_GENERATION,
    views=["source"],
    took_ms=21.4,
    hits=[HIT],
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
            url=f"/articles/{_PATH}?locale=nl-NL",
            translation="HT",
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

# method and route: its body
BODIES: dict[tuple[str, str], Any] = {
    ("get", "/search"): _SEARCH,
    ("post", "/ask"): _ANSWER,
    ("get", "/articles/{path}"): _ARTICLE,
    ("get", "/health"): _HEALTH,
    ("get", "/ready"): _READY,
}
