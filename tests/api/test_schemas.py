"""Requests as they may come: the same for HTTP and the command line."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from api.bodies import body
from api.examples import HIT
from api.schemas import SearchParams
from kb.hit import SearchRequest


def test_parameters_become_the_ground_floors_request() -> None:
    params = SearchParams(q="wifi", locale="nl", top_k=3, duplicates="keep")
    assert params.request() == SearchRequest("wifi", locale="nl", top_k=3, duplicates="keep")
    assert SearchParams(q="wifi").request() == SearchRequest("wifi")


@pytest.mark.parametrize("tag", ["nl", "nl-NL", "zh-Hans-CN", "sr-latn", "es-419", "de-1996", "x-private"])
def test_language_tags_are_taken(tag: str) -> None:
    assert SearchParams(q="wifi", locale=tag).locale == tag


@given(st.text(max_size=60))
def test_whatever_is_no_language_tag_is_refused(text: str) -> None:
    plain = text.isascii() and all(part.isalnum() for part in text.split("-"))
    try:
        params = SearchParams(q="wifi", locale=text)
    except ValidationError:
        assert text
    else:
        assert params.locale is None if text == "" else plain


def test_a_body_is_readable_json_in_utf8() -> None:
    printed = body([HIT])
    assert printed.endswith(b"}\n]\n")
    assert json.loads(printed)[0]["highlights"] == [[29, 36]]
    assert json.loads(printed)[0]["date"] == "2024-11-18"
    assert "Ø".encode() in body({"letter": "Ø"})
