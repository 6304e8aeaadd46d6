"""Headers of every response, and pages of other origins."""

from typing import Any

import httpx2
import pytest

from api.state import State

PORTAL = "https://portal.example.com"


def policy(response: httpx2.Response) -> dict[str, list[str]]:
    parts = [part.split() for part in response.headers["content-security-policy"].split(";")]
    return {name: values for name, *values in parts}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/a/coffee/descale", 200),
        ("GET", "/a/tea/descale", 404),
        ("GET", "/docs", 200),
        ("GET", "/static/portal/portal.js", 200),
        ("GET", "/static/portal/../../app.py", 404),
        ("GET", "/opensearch.xml", 200),
        ("GET", "/favicon.ico", 200),
        ("GET", "/search?q=coffee", 200),
        ("GET", "/search", 422),
        ("GET", "/search?q=divide+by+zero", 500),
        ("GET", "/nowhere", 404),
        ("POST", "/search", 405),
    ],
)
def test_every_response_is_locked_down(client: httpx2.Client, method: str, path: str, status: int) -> None:
    response = client.request(method, path)
    assert response.status_code == status
    assert policy(response)["default-src"] == ["'none'"]
    assert policy(response)["frame-ancestors"] == ["'none'"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/", "/a/coffee/descale", "/a/tea/descale"])
def test_the_portals_pages_run_this_services_script_alone(client: httpx2.Client, path: str) -> None:
    told = policy(client.get(path))
    assert told["script-src"] == told["style-src"] == told["connect-src"] == ["'self'"]
    assert told["require-trusted-types-for"] == ["'script'"]
    assert told["trusted-types"] == ["lit-html"]
    assert not any("unsafe" in value for values in told.values() for value in values)


def test_the_docs_have_a_policy_of_their_own(client: httpx2.Client) -> None:
    assert policy(client.get("/docs"))["script-src"] == ["'self'"]


def test_no_other_origin_may_ask_unless_it_is_named(client: httpx2.Client) -> None:
    response = client.get("/search?q=coffee", headers={"Origin": PORTAL})
    assert "access-control-allow-origin" not in response.headers
    asked = client.options("/ask", headers={"Origin": PORTAL, "Access-Control-Request-Method": "POST"})
    assert asked.status_code == 405


def test_a_named_origin_may_ask_stream_and_load_the_box(small: Any, serve_state: Any) -> None:
    with (
        serve_state(State(small, ready=True, cors_origins=(PORTAL,))) as address,
        httpx2.Client(base_url=address) as client,
    ):
        wanted = {
            "Origin": PORTAL,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type, last-event-id",
        }
        asked = client.options("/chat", headers=wanted)
        assert asked.status_code == 200
        assert asked.headers["access-control-allow-origin"] == PORTAL
        assert {"GET", "POST", "DELETE"} <= set(asked.headers["access-control-allow-methods"].split(", "))
        allowed = asked.headers["access-control-allow-headers"].lower()
        assert "content-type" in allowed and "last-event-id" in allowed
        assert (
            client.options("/chat", headers={**wanted, "Origin": "https://evil.example"}).status_code == 400
        )

        found = {"/search?q=coffee": 200, "/static/portal/portal.js": 200, "/nowhere": 404, "/search": 422}
        for path, status in {**found, "/search?q=divide+by+zero": 500}.items():
            response = client.get(path, headers={"Origin": PORTAL})
            assert response.status_code == status
            assert response.headers["access-control-allow-origin"] == PORTAL
            assert "Origin" in response.headers["vary"]
            assert "ETag" in response.headers["access-control-expose-headers"]
            assert "access-control-allow-credentials" not in response.headers
        other = client.get("/search?q=coffee", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers


def test_all_origins_may_ask_where_the_operator_says_so(small: Any, serve_state: Any) -> None:
    with serve_state(State(small, ready=True, cors_origins=("*",))) as address:
        response = httpx2.get(f"{address}/search?q=coffee", headers={"Origin": PORTAL})
        assert response.headers["access-control-allow-origin"] == "*"
