"""Tokens of units that stay, numbered by the terms of the next index."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.postings import key_of, term_id
from kb.text import words
from kb.unittokens import pack_tokens, renumbered, unpack_tokens

WORDS = st.sampled_from([f"w{n}" for n in range(12)])


def terms_of(found: set[str]) -> np.ndarray:
    return np.array(sorted(key_of("stem", word) for word in found), dtype=np.uint64)


def packed(text: str, terms: np.ndarray) -> bytes:
    tokens = words(text)
    return pack_tokens(tokens, np.array([term_id(terms, "stem", t.text) for t in tokens], dtype=np.uint32))


@settings(deadline=None)
@given(st.lists(st.lists(WORDS, max_size=5), max_size=5), st.sets(WORDS), st.sets(WORDS))
def test_numbers_are_those_that_packing_anew_would_give(
    texts: list[list[str]], before: set[str], after: set[str]
) -> None:
    old, new = terms_of(before), terms_of(after)
    said = [" ".join(text) for text in texts]
    found = renumbered([packed(text, old) for text in said], old, new)
    assert found == [packed(text, new) for text in said]
    assert all(len(unpack_tokens(data).ids) == len(text) for data, text in zip(found, texts, strict=True))
