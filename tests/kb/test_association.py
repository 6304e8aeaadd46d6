"""Translations of words from the passages that two locales have them in."""

from collections.abc import Iterator

import pytest
from smallkb import localized, workshop

from kb.association import Association, dice
from kb.embedded import Generation

ENGLISH = ["The paper jams.", "Add the paper.", "No paper is left.", "The lid is open.", "Close the tray."]
DUTCH = [
    "Het papier loopt vast.",
    "Voeg het papier toe.",
    "Geen papier meer.",
    "Het deksel is open.",
    "Sluit het vak.",
]


@pytest.fixture(scope="module")
def association(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Association]:
    """An article a sentence, so that each is a passage of its own."""
    with pytest.MonkeyPatch.context() as patch:
        shop = workshop(tmp_path_factory.mktemp("words"), patch)
        for n, (source, target) in enumerate(zip(ENGLISH, DUTCH, strict=True)):
            file = shop.root / "nl-NL" / f"a{n}.md"
            file.parent.mkdir(exist_ok=True)
            file.write_text(localized(f"{{{source}}}", {source: target}, "nl-NL"), encoding="utf-8")
        shop.index(shop.root / "nl-NL")
        generation = Generation(shop.home)
        yield Association(generation.collection("default").locales)
        generation.close()


def test_what_comes_together_most_translates(association: Association) -> None:
    tokens = ["papier", "loopt", "vast", "nowhere"]
    assert association.translations(["paper"], "en-US", tokens, "nl-NL") == {"paper": {"papier"}}
    assert association.translations(["papier"], "nl-NL", ["paper", "jam"], "en-US") == {"papier": {"paper"}}


def test_a_rare_word_is_left_out_as_anything_could_be_its_translation(association: Association) -> None:
    assert association.translations(["tray", "nowhere"], "en-US", ["vak", "sluit"], "nl-NL") == {}


def test_dice_is_the_share_of_what_either_has_that_both_have() -> None:
    assert (dice(3, 3, 3), dice(3, 3, 9), dice(0, 0, 0)) == (1.0, 0.5, 0.0)
