from kb.article import Article, Block, ParseWarning, Part, Run, Segment
from kb.articlejson import article_to_json

HEADING = Block(
    kind="heading",
    level=1,
    number=None,
    parent=None,
    headings=(),
    lines=(5, 5),
    segments=(Segment("101", ("101",), (Run("Wachtwoord"),), (Run("Password"),)),),
    anchor="password",
)
STEP = Block(
    kind="step",
    level=0,
    number="2",
    parent=None,
    headings=(0,),
    lines=(7, 9),
    segments=(
        Segment(
            "p102",
            ("102", "103"),
            (Run("Kies "), Run("Opslaan", ("strong",)), Run("knop", (), None, "save.png")),
            (Run("Select "), Run("Save", ("strong",), "https://example.com")),
        ),
        Segment(None, (), (Run("nu"),), (Run("nu"),), glue=" "),
    ),
    parts=(Part((7, 8), ((0, 1),), None), Part((9, 9), ((1, 2),), "2.a")),
)
NOTE = Block(
    "note",
    1,
    None,
    1,
    (0,),
    (10, 11),
    (Segment(None, (), (Run("[!NOTE]"),), None, marker=True),),
    alert="note",
)
ARTICLE = Article(
    path="mail/password",
    locale="nl-NL",
    source_locale="en-US",
    title="Wachtwoord",
    source_title="Password",
    translation="MT",
    metadata={"title": "Wachtwoord", "ms.custom": ["1", 2]},
    blocks=(HEADING, STEP, NOTE),
    warnings=(ParseWarning(7, "attribute quotes are damaged"),),
)


def test_the_promised_fields_are_always_there() -> None:
    value = article_to_json(ARTICLE)
    titles = {"title", "source_title", "translation", "metadata"}
    assert set(value) == {"path", "locale", "source_locale", "blocks", "warnings"} | titles
    assert value["warnings"] == [{"line": 7, "message": "attribute quotes are damaged"}]
    for block in value["blocks"]:
        assert {"kind", "level", "number", "heading_path", "lines", "segments"} <= set(block)
        for segment in block["segments"]:
            assert {"unit", "covers", "target", "source"} <= set(segment)


def test_a_step_as_the_doors_show_it() -> None:
    assert article_to_json(ARTICLE)["blocks"][1] == {
        "kind": "step",
        "level": 0,
        "number": "2",
        "heading_path": ["Wachtwoord"],
        "lines": [7, 9],
        "segments": [
            {
                "unit": "p102",
                "covers": ["102", "103"],
                "target": "Kies Opslaan",
                "source": "Select Save",
                "target_runs": [
                    {"text": "Kies "},
                    {"text": "Opslaan", "marks": ["strong"]},
                    {"text": "knop", "image": "save.png"},
                ],
                "source_runs": [
                    {"text": "Select "},
                    {"text": "Save", "marks": ["strong"], "href": "https://example.com"},
                ],
            },
            {"unit": None, "covers": [], "target": "nu", "source": "nu", "glue": " "},
        ],
        "text": "Kies Opslaan nu",
        "source_text": "Select Save nu",
        "source_heading_path": ["Password"],
        "headings": [0],
        "parts": [
            {"lines": [7, 8], "cells": [[0, 1]]},
            {"lines": [9, 9], "cells": [[1, 2]], "number": "2.a"},
        ],
    }


def test_plain_text_has_no_runs_and_no_empty_fields() -> None:
    assert article_to_json(ARTICLE)["blocks"][0]["segments"] == [
        {"unit": "101", "covers": ["101"], "target": "Wachtwoord", "source": "Password"}
    ]
    assert not {"parent", "alert", "language", "parts", "headings"} & set(
        article_to_json(ARTICLE)["blocks"][0]
    )


def test_a_monolingual_article_has_no_source() -> None:
    block = Block("paragraph", 0, None, None, (), (1, 1), (Segment(None, (), (Run("tekst"),), None),))
    article = Article("a", "nl-NL", "en-US", "a", None, None, {}, (block,))
    value = article_to_json(article)
    assert value["blocks"][0]["segments"][0]["source"] is None
    assert "source_text" not in value["blocks"][0]
