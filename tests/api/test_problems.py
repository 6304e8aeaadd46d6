"""Every error of the service is a problem (RFC 9457)."""

from collections.abc import Iterator

import httpx2
import pytest

from api.problems import status_of
from kb.errors import IndexDamaged, IndexMissing, InputError, KbError, ModelError, NotFound

FIELDS = {"type", "title", "status", "detail", "instance"}


def problem(response: httpx2.Response, status: int) -> dict[str, str]:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    told: dict[str, str] = response.json()
    assert set(told) >= FIELDS
    assert told["status"] == status
    return told


def test_an_unknown_route_points_to_the_docs(client: httpx2.Client) -> None:
    told = problem(client.get("/serach?q=x"), 404)
    assert told["title"] == "Not Found"
    assert told["detail"] == "no such route: /serach; /docs lists all"
    assert told["instance"] == "/serach"


def test_a_wrong_method_says_which_one_is_taken(client: httpx2.Client) -> None:
    response = client.get("/ask")
    assert "takes POST" in problem(response, 405)["detail"]
    assert response.headers["allow"] == "POST"


def test_an_unknown_article_or_collection_is_not_found(client: httpx2.Client) -> None:
    assert "'tea/descale'" in problem(client.get("/articles/tea/descale"), 404)["detail"]
    assert "there is small" in problem(client.get("/search?q=x&collection=large"), 404)["detail"]


def test_a_question_that_the_ground_floor_refuses_is_invalid(client: httpx2.Client) -> None:
    assert problem(client.get("/search?q=x&lang=xx"), 422)["detail"].startswith("language xx has no speakers")


def test_a_bug_is_a_problem_too_and_the_service_goes_on(client: httpx2.Client) -> None:
    told = problem(client.get("/search?q=divide by zero"), 500)
    assert "ZeroDivision" not in str(told)
    assert client.get("/search?q=coffee").status_code == 200


def test_a_body_announced_as_too_large_is_refused(client: httpx2.Client) -> None:
    told = problem(client.post("/ask", content=b" " * 2_000_001), 413)
    assert "2,000,000 bytes" in told["detail"]


def test_a_body_of_unknown_length_is_refused_when_it_grows_too_large(client: httpx2.Client) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000
        yield b" "

    problem(client.post("/ask", content=pieces(), headers={"content-type": "application/json"}), 413)
    assert client.get("/health").status_code == 200


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("no article"), 404),
        (InputError("no such language"), 422),
        (ModelError("no model"), 503),
        (IndexMissing("nothing indexed"), 503),
        (IndexDamaged("checksum"), 503),
    ],
)
def test_each_kind_of_error_has_its_status(error: KbError, status: int) -> None:
    assert status_of(error) == status
