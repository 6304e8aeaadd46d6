"""GET /parallel and /lookup, and kb lookup, export and import, over a knowledge base that is built."""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from memorykb import index_memory
from smallkb import workshop

from api.lookuptable import lookup_table
from api.state import State
from kb.lookup import LookupRequest


@pytest.fixture
def shop(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Any:
    made = workshop(tmp_path_factory.mktemp("languages"), monkeypatch)
    index_memory(made)
    return made


@pytest.fixture
def client(shop: Any, serve_state: Any) -> Iterator[httpx2.Client]:
    with serve_state(State(shop.open())) as url, httpx2.Client(base_url=url, timeout=60) as connected:
        yield connected


def test_the_routes_send_rows_and_matches_and_refuse_in_words(client: httpx2.Client) -> None:
    asked = {"article": "printing/paper-jam", "locales": "nl,de", "unit": "p102"}
    (row,) = client.get("/parallel", params=asked).raise_for_status().json()["rows"]
    assert (row["unit"], row["covers"]) == ("p102", ["102", "103"])
    assert row["texts"]["nl-NL"]["status"] == "translated"
    asked = {"q": "open het archief", "from": "nl", "to": "de-DE,en"}
    (match,) = client.get("/lookup", params=asked).raise_for_status().json()["matches"][:1]
    assert (match["article"], match["unit"]) == ("mail/mailbox-full", "103")
    assert list(match["texts"]) == ["nl-NL", "de-DE", "en-US"]
    assert match["highlights"]["nl-NL"] == [[0, 16]]
    assert client.get("/lookup", params={"q": "x", "to": "nl_NL"}).status_code == 422
    assert client.get("/lookup", params={"q": " "}).status_code == 422
    assert client.get("/parallel", params={"article": "nowhere"}).status_code == 404
    assert client.get("/parallel").status_code == 422


def test_people_read_a_table_with_isolated_cells(shop: Any, capsys: pytest.CaptureFixture[str]) -> None:
    kb = shop.open()
    result = kb.lookup(LookupRequest("open het archief", "nl", ("de", "fr")))
    kb.close()
    lookup_table(result, sys.stdout)
    out = capsys.readouterr().out
    assert "\u2066Öffnen Sie das Archiv.\u2069" in out
    assert "missing" in out and "mail/mailbox-full#103" in out
    assert "\x1b" not in out


def test_wrong_formats_are_wrong_use(here: Callable[..., Any]) -> None:
    assert here("export", "pdf", "-o", "x").returncode == 2
    assert here("import", "csv", "x").returncode == 2
    missing = here("import", "tmx", "no-such.tmx")
    assert (missing.returncode, "no file" in missing.stderr) == (1, True)


def test_export_prints_its_report(shop: Any, here: Callable[..., Any]) -> None:
    out = shop.root / "m.tmx"
    done = here("export", "tmx", "-o", str(out), "--home", str(shop.home), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["texts"]["fr-FR"] == 2
    took = here("import", "tmx", str(out), "--home", str(shop.home), "--json")
    assert json.loads(took.stdout)["corrections"] == 0
