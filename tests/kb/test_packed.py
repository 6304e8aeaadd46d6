"""What the stores keep whole: it comes back as it was, or says what is wrong with it."""

from dataclasses import replace

import pytest
from smallkb import DUTCH, PAPER, localized, parsed

from kb.article import ParseWarning, Run
from kb.packed import pack, unpack, unpack_article

ARTICLE = parsed(localized(PAPER, DUTCH, "nl-NL"))


def test_an_article_comes_back_with_everything_that_it_can_have() -> None:
    first, *others = ARTICLE.blocks
    segment = replace(
        first.segments[0],
        source=None,
        original=(Run("Größe 東京 \u200f", ("strong", "em"), "https://example.com", "a.png"),),
        glue="\n",
        marker=True,
    )
    metadata = {"title": "Größe", "n": [1, None, True, 0.5, 2**70], "deep": {"a": {"b": []}}}
    article = replace(
        ARTICLE,
        metadata=metadata,
        blocks=(replace(first, segments=(segment,), alert="note"), *others),
        warnings=(ParseWarning(7, "attribute quotes are damaged"),),
    )
    assert unpack_article(pack(article)) == article


def test_an_article_of_another_form_says_which_field_is_wrong() -> None:
    value = unpack(pack(ARTICLE))
    value["blocks"][1]["kind"] = "riddle"
    with pytest.raises(ValueError, match=r"riddle.*blocks\[1\]\.kind"):
        unpack_article(pack(value))


def test_values_keep_every_text() -> None:
    value = {"title": "Größe 東京 \u200f", "n": [1, None, True]}
    assert unpack(pack(value)) == value
