"""GET /search, over a small knowledge base that computes."""

import json
from contextlib import closing
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.schemas import SearchParams

RESULT = {
    *("query", "locale", "detected_lang", "generation", "views", "took_ms", "hits"),
    *("did_you_mean", "facets", "candidates"),
}
HIT = {
    *(
        "article",
        "collection",
        "locale",
        "locales",
        "title",
        "source_title",
        "score",
        "heading_path",
        "passage",
    ),
    *("text", "source_text", "units", "highlights", "translation", "date", "url", "duplicates", "pinned"),
    "source_locale",
}


def test_hits_come_best_first_with_all_their_fields(client: httpx2.Client) -> None:
    body = client.get("/search", params={"q": "coffee machine milk"}).raise_for_status().json()
    assert [hit["article"] for hit in body["hits"]] == ["coffee/no-milk", "coffee/descale"]
    assert set(body) == RESULT
    assert set(body["hits"][0]) == HIT


def test_the_locale_displays_and_never_filters(client: httpx2.Client) -> None:
    hits = client.get("/search", params={"q": "coffee", "locale": "nl"}).json()["hits"]
    assert {hit["article"]: hit["locale"] for hit in hits} == {
        "coffee/descale": "nl-NL",
        "coffee/no-milk": "en-US",
    }


def test_only_locale_filters_and_top_k_cuts(client: httpx2.Client) -> None:
    only = client.get("/search", params={"q": "coffee", "only_locale": "nl"}).json()["hits"]
    assert [hit["article"] for hit in only] == ["coffee/descale"]
    assert len(client.get("/search", params={"q": "the", "top_k": 1}).json()["hits"]) == 1


def test_filters_may_be_repeated_and_empty_ones_count_as_left_out() -> None:
    params = SearchParams(q="a", product=["x", "", "y"], translation=[""], date_from="", date_to="2021-03-31")
    request = params.request()
    assert (request.product, request.translation) == (("x", "y"), ())
    assert (request.date_from, request.date_to) == (None, "2021-03-31")


def test_suggestions_are_titles_in_the_readers_locale(client: httpx2.Client) -> None:
    body = client.get("/suggest", params={"q": "descal", "locale": "en"}).raise_for_status().json()
    assert [set(s) for s in body["suggestions"]] == [{"text", "kind", "article", "collection", "locale"}]
    assert client.get("/suggest", params={"q": ""}).status_code == 200
    assert client.get("/suggest", params={"q": "a", "limit": 51}).status_code == 422
    assert client.get("/suggest").json()["errors"][0]["field"] == "query.q"


def test_an_empty_optional_parameter_counts_as_left_out(client: httpx2.Client) -> None:
    asked = {"q": "coffee", "locale": "", "lang": "", "only_locale": "", "collection": ""}
    assert client.get("/search", params=asked).json()["hits"]


@pytest.mark.parametrize(
    ("params", "field", "says"),
    [
        ({}, "query.q", "required"),
        ({"q": ""}, "query.q", "at least 1 character"),
        ({"q": " \n"}, "query.q", "nothing but blanks"),
        ({"q": "x" * 20_001}, "query.q", "at most 20000 characters"),
        ({"q": "x", "top_k": 0}, "query.top_k", "greater than or equal to 1"),
        ({"q": "x", "top_k": "many"}, "query.top_k", "integer"),
        ({"q": "x", "locale": "nl_NL"}, "query.locale", "nl-NL"),
        ({"q": "x", "locale": "\x00"}, "query.locale", "language tag"),
        ({"q": "x", "duplicates": "drop"}, "query.duplicates", "'fold' or 'keep'"),
        ({"q": "x", "topk": 3}, "query.topk", "unknown"),
        ({"q": "x", "translation": "mt"}, "query.translation.0", "'MT', 'HT' or 'none'"),
        ({"q": "x", "date_from": "31/12/2021"}, "query.date_from", "date"),
    ],
)
def test_what_does_not_fit_is_a_problem_that_names_the_field(
    client: httpx2.Client, params: dict[str, str | int], field: str, says: str
) -> None:
    response = client.get("/search", params=params)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert [error["field"] for error in problem["errors"]] == [field]
    assert says in problem["errors"][0]["message"]
    assert problem["detail"].startswith(f"{field}: ")


@pytest.mark.parametrize(
    "question", ["x" * 20_000, "打印机" * 3_333, "🖨" * 20_000, "?!…", "a\x00b", "\u202eabc"]
)
def test_long_and_odd_questions_are_answered(client: httpx2.Client, question: str) -> None:
    status, body = get(client, f"/search?q={quote(question)}")
    assert (status, body["query"]) == (200, question)


def test_a_question_too_long_for_many_servers_is_still_refused_in_words(client: httpx2.Client) -> None:
    status, body = get(client, f"/search?q={quote('🖨' * 20_001)}")
    assert (status, body["errors"][0]["message"]) == (422, "String should have at most 20000 characters")


def get(client: httpx2.Client, target: str) -> tuple[int, dict[str, Any]]:
    """Status and body; the client itself takes no address over 64 kB."""
    with closing(HTTPConnection(client.base_url.host, client.base_url.port, timeout=30)) as connection:
        connection.request("GET", target)
        response = connection.getresponse()
        return response.status, json.loads(response.read())


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*SearchParams.model_fields, "x"]), st.text(max_size=30)))
def test_whatever_is_asked_is_answered_or_refused_in_words(
    client: httpx2.Client, params: dict[str, str]
) -> None:
    response = client.get("/search", params=params)
    if response.status_code == 200:
        assert set(response.json()) == RESULT
    else:
        assert response.status_code in (404, 422)  # 404: a collection that does not exist
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["detail"]


def test_bytes_that_are_no_utf8_are_answered(client: httpx2.Client) -> None:
    assert client.get("/search?q=%ff%fecoffee").raise_for_status().json()["query"].endswith("coffee")
