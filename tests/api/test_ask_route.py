"""POST /ask, over a small knowledge base that computes."""

import httpx2
import pytest

ANSWER = {
    *("outcome", "confidence", "locale", "generation", "lead", "steps", "citations", "related", "took_ms"),
    "contact",
}


def test_an_answer_has_cited_steps_in_the_readers_locale(client: httpx2.Client) -> None:
    asked = {"question": "descale coffee machine", "locale": "nl-NL"}
    body = client.post("/ask", json=asked).raise_for_status().json()
    assert set(body) == ANSWER
    assert body["outcome"] == "answered"
    assert body["locale"] == "nl-NL"
    assert body["steps"][0] == {
        "kind": "step",
        "number": "1",
        "depth": 0,
        "text": "Vul het reservoir met ontkalker.",
        "source_text": None,
        "units": ["1"],
        "essential": True,
        "citation": 1,
        "links": [],
    }
    cited = {citation["n"]: citation for citation in body["citations"]}
    assert {step["citation"] for step in body["steps"]} == set(cited)
    assert cited[1]["lines"] == [1, 1]


@pytest.mark.parametrize(("question", "outcome"), [("zebra", "none"), ("coffee zebra lion", "related")])
def test_the_other_outcomes_quote_nothing(client: httpx2.Client, question: str, outcome: str) -> None:
    body = client.post("/ask", json={"question": question}).json()
    assert (body["outcome"], body["steps"], bool(body["related"])) == (outcome, [], outcome == "related")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body.question"),
        ({"question": "  "}, "body.question"),
        ({"question": 7}, "body.question"),
        ({"question": None}, "body.question"),
        ({"question": "x" * 20_001}, "body.question"),
        ({"question": "x", "locale": "not a tag"}, "body.locale"),
        ({"question": "x", "quetsion": "y"}, "body.quetsion"),
        ([], "body"),
    ],
)
def test_a_body_that_does_not_fit_is_a_problem_that_names_the_field(
    client: httpx2.Client, body: object, field: str
) -> None:
    response = client.post("/ask", json=body)
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"question": "\xff"}',
        b'{"question": "\\ud800"}',
        b'{"\\ud800": 1, "question": "x"}',
        b"[" * 100_000,
        b'{"question": NaN}',
    ],
)
def test_broken_bodies_are_problems(client: httpx2.Client, content: bytes) -> None:
    response = client.post("/ask", content=content, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"]
