"""Tokens of a text as numbers with their places, packed and joined."""

import numpy as np
import pytest

from kb.folding import Token
from kb.text import analyse
from kb.unittokens import NO_TOKENS, UnitTokens, join_tokens, pack_tokens, unpack_tokens

FAR = [Token("a", 0, 1), Token("b", 70_000, 70_001)]
LONG = [Token("a" * 100, 0, 300), Token("b", 301, 302)]


def packed(tokens: list[Token]) -> bytes:
    return pack_tokens(tokens, np.arange(len(tokens), dtype=np.uint32) + 7)


def plain(tokens: UnitTokens) -> list[tuple[int, int, int]]:
    starts, ends = tokens.places()
    return list(zip(tokens.ids.tolist(), starts.tolist(), ends.tolist(), strict=True))


@pytest.mark.parametrize(
    "tokens", [[], analyse("Het papier loopt vast.", "nl"), analyse("打印机卡纸", "zh"), LONG, FAR]
)
def test_packed_tokens_come_back(tokens: list[Token]) -> None:
    told = [(n + 7, token.start, token.end) for n, token in enumerate(tokens)]
    assert plain(unpack_tokens(packed(tokens))) == told


def test_a_token_of_most_texts_takes_six_bytes() -> None:
    tokens = analyse("Het papier loopt vast in de printer.", "nl")
    assert len(packed(tokens)) == 1 + 6 * len(tokens)


def test_tokens_of_texts_joined_by_blanks_stand_where_the_texts_do() -> None:
    texts = ["Sluit het vak.", "", "Klaar."]
    tokens = [unpack_tokens(packed(analyse(text, "nl"))) for text in texts]
    joined, whole = join_tokens(texts, tokens), " ".join(text for text in texts if text)
    assert [whole[start:end] for _, start, end in plain(joined)] == ["Sluit", "het", "vak", "Klaar"]
    assert plain(join_tokens(["", ""], [NO_TOKENS, NO_TOKENS])) == []


@pytest.mark.parametrize("data", [b"\x03\x01\x00\x00\x00\x00\x01", b"\x01\x01\x00\x00\x00\x00"])
def test_what_was_not_packed_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no packed tokens"):
        unpack_tokens(data)
