"""Translations of words from the passages that two locales have them in."""

from collections.abc import Iterator

import numpy as np
import pytest
from smallkb import localized, workshop

from kb.association import Association, translating
from kb.embedded import Collection, Generation

ENGLISH = ["The paper jams.", "Add the paper.", "No paper is left.", "The lid is open.", "Close the tray."]
DUTCH = [
    "Het papier loopt vast.",
    "Voeg het papier toe.",
    "Geen papier meer.",
    "Het deksel is open.",
    "Sluit het vak.",
]


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    """An article a sentence, so that each is a passage of its own."""
    with pytest.MonkeyPatch.context() as patch:
        shop = workshop(tmp_path_factory.mktemp("words"), patch)
        for n, (source, target) in enumerate(zip(ENGLISH, DUTCH, strict=True)):
            file = shop.root / "nl-NL" / f"a{n}.md"
            file.parent.mkdir(exist_ok=True)
            file.write_text(localized(f"{{{source}}}", {source: target}, "nl-NL"), encoding="utf-8")
        shop.index(shop.root / "nl-NL")
        generation = Generation(shop.home)
        yield generation.collection("default")
        generation.close()


def translations(
    collection: Collection, words: list[str], locale: str, tokens: list[str], other: str
) -> set[str]:
    """Those of the tokens that translate some word."""
    ids = [collection.locales[name].lexical.ids(w, "stem") for name, w in ((locale, words), (other, tokens))]
    scores = Association(collection.locales, len(collection.paths)).scores(ids[0], locale, ids[1], other)
    return {token for token, yes in zip(tokens, translating(scores), strict=True) if yes}


def test_what_comes_together_most_translates(collection: Collection) -> None:
    tokens = ["papier", "loopt", "vast", "nowhere"]
    assert translations(collection, ["paper"], "en-US", tokens, "nl-NL") == {"papier"}
    assert translations(collection, ["papier"], "nl-NL", ["paper", "jam"], "en-US") == {"paper"}


def test_a_rare_word_is_left_out_as_anything_could_be_its_translation(collection: Collection) -> None:
    assert translations(collection, ["tray", "nowhere"], "en-US", ["vak", "sluit"], "nl-NL") == set()


def test_dice_is_the_share_of_passages_with_either_that_have_both(collection: Collection) -> None:
    ids = [
        collection.locales[locale].lexical.ids([word], "stem")
        for locale, word in (("en-US", "paper"), ("nl-NL", "het"))
    ]
    scores = Association(collection.locales, len(collection.paths)).scores(ids[0], "en-US", ids[1], "nl-NL")
    # three passages have "paper", four have "het", two of them both
    assert scores.tolist() == [[2 * 2 / (3 + 4)]]


def test_words_that_translate_nothing_leave_a_text_unmarked() -> None:
    assert translating(np.zeros((0, 3))).tolist() == [False, False, False]
    assert translating(np.array([[0.5, 0.29, 0.31], [0.1, 0.1, 0.1]])).tolist() == [True, False, True]
