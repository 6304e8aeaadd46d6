"""Query files: which kind they are, what is read of them, and what is wrong with them, by file and line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.evalnames import resolve_articles
from indexer.evalsets import EvalSet, read_evalsets
from kb.errors import InputError

QUERY = {
    "id": "q1", "lang": "nl", "style": "howto", "query": "papier vast", "article": "paper-jam", "units": ["104"],
}  # fmt: skip
UNANSWERABLE = {"id": "u1", "lang": "en", "query": "how tall is a giraffe", "kind": "offtopic"}
CHAT = {
    "id": "c1",
    "lang": "nl",
    "turns": [
        {"query": "papier vast", "article": "paper-jam", "units": ["104"]},
        {"query": "and on a Tuesday?", "article": None, "units": [], "lang": "en"},
    ],
}
ROOT = Path(__file__).resolve().parent.parent.parent


def write(folder: Path, *records: Any, name: str = "queries.jsonl") -> Path:
    file = folder / name
    lines = (r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_a_files_fields_tell_its_kind_whatever_its_name(tmp_path: Path) -> None:
    files = [write(tmp_path, r, name=f"{n}.txt") for n, r in enumerate((CHAT, QUERY, UNANSWERABLE))]
    found = read_evalsets(files)
    assert [q.text for q in found.queries] == ["papier vast"]
    assert [(u.id, u.kind) for u in found.unanswerable] == [("u1", "offtopic")]
    assert [(t.lang, t.article) for t in found.chats[0].turns] == [("nl", "paper-jam"), ("en", None)]
    assert found.warnings == ()


def test_right_articles_are_the_article_and_also_but_not_partial(tmp_path: Path) -> None:
    query = {**QUERY, "also": ["jam-again"], "partial": ["toner"]}
    (read,) = read_evalsets([write(tmp_path, query)]).queries
    assert read.right == {"paper-jam", "jam-again"}
    assert (read.partial, read.units) == (("toner",), frozenset({"104"}))


def test_blank_lines_and_a_byte_order_mark_are_read_past(tmp_path: Path) -> None:
    file = tmp_path / "queries.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(QUERY).encode() + b"\r\n\n")
    assert len(read_evalsets([file]).queries) == 1


def test_an_unknown_field_is_told_and_not_read(tmp_path: Path) -> None:
    found = read_evalsets([write(tmp_path, QUERY, {**QUERY, "id": "q2", "alsoo": ["x"]})])
    assert len(found.queries) == 2
    assert found.warnings == (f"{tmp_path / 'queries.jsonl'}:2: unknown field 'alsoo', not read",)


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ("{", "no JSON"),
        ("[1]", "found a list"),
        ({"id": "x", "query": "y"}, "found the fields id, query, expected `article`"),
        ({**QUERY, "id": "q2", "units": "104"}, "found units = '104', expected a list of texts"),
        ({**QUERY, "id": "q2", "units": [104]}, "found units = [104]"),
        ({**QUERY, "id": "q2", "query": " "}, "found query = ' ', expected a text"),
        ({**QUERY, "id": "q 2"}, "expected no blanks"),
        ({k: v for k, v in QUERY.items() if k != "style"}, "found style = None"),
        (QUERY, "id 'q1' is there already"),
        (UNANSWERABLE, "found a record of kind unanswerable, expected query as in"),
        ({**QUERY, "id": "q2", "article": None}, "found article = None"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(tmp_path: Path, record: Any, says: str) -> None:
    with pytest.raises(InputError) as refused:
        read_evalsets([write(tmp_path, QUERY, "", record)])
    assert str(refused.value).startswith(f"{tmp_path / 'queries.jsonl'}:3: ")
    assert says in str(refused.value)


def test_a_wrong_turn_is_told_by_its_place(tmp_path: Path) -> None:
    chat = {**CHAT, "turns": [CHAT["turns"][0], {"query": "and then?"}]}  # type: ignore[index]
    with pytest.raises(InputError, match=r"queries\.jsonl:1, turn 2: found article = None"):
        read_evalsets([write(tmp_path, chat)])
    with pytest.raises(InputError, match=r"found turns = \[\]"):
        read_evalsets([write(tmp_path, {**CHAT, "turns": []})])


def test_an_empty_missing_or_foreign_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is empty"):
        read_evalsets([write(tmp_path, "")])
    with pytest.raises(InputError, match="gone"):
        read_evalsets([tmp_path / "gone"])
    (tmp_path / "latin").write_bytes(json.dumps(QUERY).encode() + b"\n\xe9")
    with pytest.raises(InputError, match="latin:2: found bytes that are not UTF-8"):
        read_evalsets([tmp_path / "latin"])


@settings(deadline=None)
@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_any_text_is_read_or_refused_by_line(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "any.jsonl"
    file.write_text(text, encoding="utf-8", errors="replace")
    try:
        read_evalsets([file])
    except InputError as error:
        assert str(error).startswith(str(file))


def test_the_samples_own_files_are_read_whole() -> None:
    found = read_evalsets(sorted((ROOT / "data" / "eval").glob("*.jsonl")))
    assert (len(found.queries), len(found.unanswerable), len(found.chats)) == (166, 24, 8)
    assert found.warnings == ()


# Names of articles


def resolved(tmp_path: Path, names: dict[str, Any], paths: list[str]) -> EvalSet:
    return resolve_articles(read_evalsets([write(tmp_path, {**QUERY, **names})]), paths)


def test_a_bare_name_is_the_one_path_that_ends_in_it(tmp_path: Path) -> None:
    names = {"article": "paper-jam", "also": ["wifi/slow"], "partial": ["top"]}
    found = resolved(
        tmp_path, names, ["a/paper-jam", "a/no-paper-jam", "net/wifi/slow", "slow", "top", "x/top"]
    )
    (query,) = found.queries
    assert (query.article, query.also, query.partial) == ("a/paper-jam", ("net/wifi/slow",), ("top",))


def test_turns_of_conversations_are_resolved_too(tmp_path: Path) -> None:
    found = resolve_articles(read_evalsets([write(tmp_path, CHAT)]), ["a/paper-jam"])
    assert [turn.article for turn in found.chats[0].turns] == ["a/paper-jam", None]


@pytest.mark.parametrize(
    ("paths", "says"),
    [
        (["a/jam"], "no indexed article is"),
        (["a/paper-jam", "b/paper-jam"], "2 are (a/paper-jam, b/paper-jam)"),
    ],
)
def test_a_name_that_stands_for_none_or_several_is_told(tmp_path: Path, paths: list[str], says: str) -> None:
    with pytest.raises(InputError) as refused:
        resolved(tmp_path, {}, paths)
    assert f"queries.jsonl:1: article 'paper-jam': {says}" in str(refused.value)
