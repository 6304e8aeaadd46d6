"""Articles, health, newer generations, the docs page and the OpenAPI document."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from api.schemas import ArticleBody, Health, Problem
from api.state import State
from kb.errors import IndexDamaged


def test_an_article_comes_in_the_readers_locale(client: httpx2.Client) -> None:
    body = client.get("/articles/coffee/descale", params={"locale": "nl"}).raise_for_status().json()
    assert body["title"] == "Ontkalk het koffieapparaat"
    assert ArticleBody.model_validate(body).blocks[0].segments[0].target == "Vul het reservoir met ontkalker."


def test_a_path_may_be_percent_encoded(client: httpx2.Client) -> None:
    assert client.get("/articles/coffee%2Fdescale").json()["path"] == "coffee/descale"


def test_health_tells_what_is_served_but_not_where_it_lies(client: httpx2.Client) -> None:
    body = client.get("/health").raise_for_status().json()
    assert body["status"] == "ok"
    assert body["collections"]["small"]["locales"] == {"en-US": 3, "nl-NL": 1}
    assert "home" not in body
    Health.model_validate(body)


def test_ready_only_when_the_encoder_has_answered(small: Any, serve_state: Any) -> None:
    state = State(small)
    with serve_state(state) as address, httpx2.Client(base_url=address) as client:
        assert client.get("/ready").status_code == 503
        assert client.get("/health").status_code == 200
        state.warm()
        assert client.get("/ready").json() == {"ready": True, "generation": "1"}
    assert small.closed


def test_a_newer_generation_is_taken_up(own_client: httpx2.Client, small: Any) -> None:
    assert own_client.get("/search?q=coffee").json()["generation"] == "1"
    small.published = 2
    until = time.monotonic() + 30
    while own_client.get("/search?q=coffee").json()["generation"] != "2":
        assert time.monotonic() < until


def test_a_newer_generation_that_is_damaged_leaves_the_old_one_and_is_logged_once(
    small: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def damaged() -> bool:
        raise IndexDamaged("source.view: its checksum is another one")

    small.refresh = damaged
    state = State(small)
    state.refresh()
    state.refresh()
    assert [record.message for record in caplog.records] == [
        "the newer generation cannot be served, the one at hand stays"
    ]
    assert "its checksum is another one" in caplog.text


def test_a_slow_question_holds_up_no_other_request(own_client: httpx2.Client, small: Any) -> None:
    small.go_on.clear()
    small.answering.clear()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(own_client.get, "/search", params={"q": "coffee"})
        assert small.answering.wait(30)
        assert own_client.get("/health").status_code == 200
        assert not slow.done()
        small.go_on.set()
        assert slow.result().status_code == 200


def test_the_docs_page_loads_nothing_from_elsewhere(client: httpx2.Client) -> None:
    page = client.get("/docs").raise_for_status().text
    links = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert len(links) >= 4
    for link in links:
        assert not re.match(r"https?:|//", link)
        if not link.startswith("data:"):
            assert client.get(f"/{link}").status_code == 200
    script = client.get("/docs/page/docs.js").text
    assert "http" not in script
    assert 'url: "openapi.json"' in script


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_route_is_documented_with_an_example_and_its_problems(client: httpx2.Client) -> None:
    document = client.get("/openapi.json").raise_for_status().json()
    found = dict(operations(document))
    assert set(found) == {
        *("GET /search", "GET /suggest", "POST /ask", "GET /articles/{path}", "GET /health", "GET /ready"),
        *("GET /parallel", "GET /lookup"),
        *("POST /chat", "DELETE /chat/{conversation}", "POST /feedback", "POST /admin/reindex"),
    }
    for route, operation in found.items():
        assert operation["description"]
        content = operation["responses"]["200"]["content"]
        if route in ("POST /chat", "POST /admin/reindex"):
            first = {"POST /chat": "meta", "POST /admin/reindex": "stage"}[route]
            assert content["text/event-stream"]["example"].startswith(f"event: {first}\n")
        else:
            assert content["application/json"]["example"]
            assert content["application/json"]["schema"]["$ref"].startswith("#/components/schemas/")
        for status, response in operation["responses"].items():
            if status != "200":
                assert list(response["content"]) == ["application/problem+json"]
                Problem.model_validate(response["content"]["application/problem+json"]["example"])
    assert "HTTPValidationError" not in str(document)


def test_every_reference_in_the_document_leads_somewhere(client: httpx2.Client) -> None:
    document = client.get("/openapi.json").json()
    for name in set(re.findall(r"#/components/schemas/([\w-]+)", str(document))):
        assert name in document["components"]["schemas"]


def test_the_fields_of_a_hit_are_described_in_the_words_of_the_code(client: httpx2.Client) -> None:
    hit = client.get("/openapi.json").json()["components"]["schemas"]["Hit"]
    assert hit["description"].startswith("An article that matches")
    assert hit["properties"]["units"]["description"] == "numbers of the translation units in the passage"


def test_the_documents_examples_are_answers_of_the_kind_that_the_routes_give(client: httpx2.Client) -> None:
    document = client.get("/openapi.json").json()
    given = {
        "GET /search": client.get("/search?q=coffee").json(),
        "POST /ask": client.post("/ask", json={"question": "descale coffee machine"}).json(),
        "GET /articles/{path}": client.get("/articles/coffee/descale").json(),
        "GET /ready": client.get("/ready").json(),
    }
    for route, operation in operations(document):
        if route in given:
            example = operation["responses"]["200"]["content"]["application/json"]["example"]
            assert set(example) == set(given[route])
