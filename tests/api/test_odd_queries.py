"""Whatever people paste into a search box, asked of the app in this process over a small knowledge base."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from smallkb import DUTCH, workshop, write_locale

from api.app import create_app
from api.state import State

ODD = [
    "🖨️",
    "🖨️🔧👩‍🔧" * 100,
    "?!…—„“",
    "'",
    '"' * 2_000,
    "' " * 5_000,
    "‘a " * 3_000,
    "(" * 10_000,
    "-" * 10_000,
    "a" * 20_000,
    "printer " * 2_500,
    "打印机" * 1_000,
    "กระดาษ" * 500,
    "a\u0301\u0301" * 5_000,
    "\u0301" * 10_000,
    "printer принтер 打印机 طابعة เครื่องพิมพ์ プリンター 프린터",
    "\u202eprinter\u202c \u200f\u200e",
    "a\x00b\x01\x1b[31m\x7f",
    "\ufeffpaper\u00ad\u200bjam",
    "0x" + "8" * 5_000,
    "a_" * 9_000,
    "1.2." * 5_000,
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    '"unclosed quote',
    '"open the archive" „Trek het vel eruit“',
]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch:
        made = workshop(tmp_path_factory.mktemp("odd"), patch)
        made.index(write_locale(made.root, "nl-NL", DUTCH))
        with TestClient(create_app(State(made.open()))) as client:
            yield client


@pytest.mark.parametrize("query", ODD, ids=lambda text: repr(text[:12]))
def test_odd_questions_are_answered(app: TestClient, query: str) -> None:
    found = app.get(f"/search?q={quote(query)}")
    assert found.status_code == 200, found.text
    assert found.json()["query"] == query
    typed = app.get(f"/suggest?q={quote(query)}&locale=nl")
    assert typed.status_code == 200, typed.text


@pytest.mark.parametrize(
    ("query", "told"), [("x" * 20_001, "at most 20000 characters"), (" \t", "nothing but blanks")]
)
def test_what_is_refused_is_refused_in_words(app: TestClient, query: str, told: str) -> None:
    refused = app.get(f"/search?q={quote(query)}")
    assert refused.status_code == 422
    assert told in refused.json()["detail"]


def test_half_a_surrogate_pair_is_refused_in_a_body_and_replaced_in_an_address(app: TestClient) -> None:
    refused = app.post(
        "/ask", content=b'{"question": "\\ud800 printer"}', headers={"Content-Type": "application/json"}
    )
    assert refused.status_code == 422
    assert app.get("/search?q=%ED%A0%80printer").json()["query"].endswith("printer")


PARAMETERS = {
    "locale": st.sampled_from(["nl", "en-US", "", "xx-XX"]),
    "only_locale": st.sampled_from(["nl-NL", "", "fi"]),
    "product": st.lists(st.text(max_size=8), max_size=3),
    "translation": st.lists(st.sampled_from(["MT", "HT", "none", "", "x"]), max_size=2),
    "date_from": st.sampled_from(["2021-01-01", "", "2021-13-01", "x", "0001-01-01"]),
    "date_to": st.sampled_from(["2021-01-01", "2020-01-01", "", "9999-12-31"]),
    "duplicates": st.sampled_from(["fold", "keep"]),
}


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=60), st.fixed_dictionaries({}, optional=PARAMETERS))
def test_any_text_with_any_filters_is_answered_or_refused_in_words(
    app: TestClient, query: str, parameters: dict[str, str | list[str]]
) -> None:
    found = app.get("/search", params={"q": query, **parameters})
    body = found.json()
    if found.status_code == 200:
        assert all(0 <= a < b <= len(hit["text"]) for hit in body["hits"] for a, b in hit["highlights"])
        assert body["candidates"] >= len(body["hits"])
    else:
        assert (found.status_code, body["status"]) == (422, 422)
        assert body.get("errors") or "later than date_to" in body["detail"]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40), st.sampled_from(["nl", "en", "", "fi"]))
def test_whatever_is_being_typed_gets_suggestions(app: TestClient, typed: str, locale: str) -> None:
    body = app.get("/suggest", params={"q": typed, "locale": locale, "limit": 3}).raise_for_status().json()
    assert len(body["suggestions"]) <= 3
    assert len({s["text"].casefold() for s in body["suggestions"]}) == len(body["suggestions"])
