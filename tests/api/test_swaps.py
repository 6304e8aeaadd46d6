"""A service under load while its generation is swapped twenty times: no request fails, none mixes two generations."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from forked import Forks, forks
from load import Ask, under_load
from processes import Kb
from smallkb import unit

from kb import modelstore
from kb.generation import current_id, generations
from kb.rollback import rollback

EDITIONS = ("Kappa", "Sigma")
SWAPS = 20
ARTICLES = 12
KINDS = ("search", "ask", "chat", "articles", "parallel", "lookup", "suggest")


def write_edition(root: Path, edition: str) -> Path:
    """Articles whose every text says which edition it is of; the second edition begins with further ones, so that
    each passage stands in another row of every file."""
    more = 3 * EDITIONS.index(edition)
    for n in [*range(ARTICLES), *(-n for n in range(1, more + 1))]:
        said = [
            (f"Rek {n} van {edition} opzetten", f"Set up rack {n} of {edition}"),
            (f"Zet het rek van {edition} rechtop.", f"Stand the rack of {edition} upright."),
            (f"Draai de {n + 7} bouten van {edition} vast.", f"Tighten the {n + 7} bolts of {edition}."),
        ]
        title, *steps = (unit(str(101 + i), *texts) for i, texts in enumerate(said))
        for locale in ("nl-NL", "de-DE"):
            file = root / locale / f"rack-{n}.md"
            file.parent.mkdir(parents=True, exist_ok=True)
            listed = "\n".join(f"{i}. {step}" for i, step in enumerate(steps, 1))
            file.write_text(f"---\ntitle: {said[0][0]}\n---\n# {title}\n\n{listed}\n", encoding="utf-8")
    return root


ASKS = [
    *(Ask("search", "GET", "/search", {"q": f"set up rack {n}", "locale": "nl-NL"}) for n in range(4)),
    *(
        Ask("ask", "POST", "/ask", body={"question": f"how do I set up rack {n}", "locale": "nl"})
        for n in range(4)
    ),
    Ask("chat", "POST", "/chat", body={"question": "how do I set up rack 5", "locale": "nl-NL"}),
    *(Ask("articles", "GET", f"/articles/rack-{n}", {"locale": "nl-NL"}) for n in range(3)),
    Ask("parallel", "GET", "/parallel", {"article": "rack-5", "locales": "nl-NL,de-DE"}),
    Ask("lookup", "GET", "/lookup", {"q": "Zet het rek", "from": "nl-NL", "to": "en-US,de-DE"}),
    Ask("suggest", "GET", "/suggest", {"q": "rek 1", "locale": "nl-NL"}),
]


@pytest.fixture(scope="module")
def swapping(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Kb, Forks, dict[str, Path]]]:
    root = tmp_path_factory.mktemp("swaps")
    settings = {
        "KB_CACHE": str(root / "cache"),
        "KB_MODEL": str(modelstore.default_folder(modelstore.default_cache())),
    }
    kb = Kb(root / "home", settings=settings)
    sources = {edition: write_edition(root / edition, edition) for edition in EDITIONS}
    with forks(root / "scratch", KB_HOME=str(kb.home), **settings) as forking:
        for edition in EDITIONS:
            done = forking.run("index", str(sources[edition]))
            assert done.status == 0, done.stderr
        yield kb, forking, sources


@pytest.mark.long
def test_no_request_fails_and_none_mixes_generations_during_swaps(
    swapping: tuple[Kb, Forks, dict[str, Path]],
) -> None:
    kb, forking, sources = swapping
    of_generation = dict(zip(reversed(generations(kb.home)[:2]), EDITIONS, strict=True))
    taken_up: list[float] = []
    with (
        kb.serving() as address,
        under_load(address, ASKS, clients=3) as load,
        httpx2.Client(base_url=address) as asks,
    ):
        for number in range(SWAPS):
            serving = of_generation[str(current_id(kb.home))]
            edition = next(e for e in EDITIONS if e != serving)
            if number % 2:
                rollback(kb.home)
            else:
                done = forking.run("index", str(sources[edition]))
                assert done.status == 0, done.stderr
            began = time.monotonic()
            name = str(current_id(kb.home))
            of_generation.setdefault(name, edition)
            assert of_generation[name] == edition
            while asks.get("/health", timeout=60).json()["generation"] != name:
                assert time.monotonic() - began < 120
                time.sleep(0.05)
            taken_up.append(time.monotonic() - began)
    assert [told for told in load.told if told.failed] == []
    assert {told.kind for told in load.told} == set(KINDS)
    seen: set[tuple[str, str]] = set()
    for told in load.told:
        (generation,) = told.generations
        said = set(re.findall("|".join(EDITIONS), told.text))
        assert said <= {of_generation[generation]}, told
        seen |= {(told.kind, edition) for edition in said}
    assert {kind for kind, _ in seen} == set(KINDS)  # "none" says nothing of an edition
    assert {edition for _, edition in seen} == set(EDITIONS)
    print(f"{len(load.told)} responses, {SWAPS} swaps, taken up after {max(taken_up):.2f} s at most")
