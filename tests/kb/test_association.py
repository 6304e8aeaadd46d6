"""Translations of words from pairs of units alone."""

from kb.association import Pair, translations


def pairs(*said: tuple[str, str]) -> list[Pair]:
    return [Pair(frozenset(one.split()), frozenset(other.split())) for one, other in said]


SAID = pairs(
    ("the paper jams", "het papier loopt vast"),
    ("add the paper", "voeg het papier toe"),
    ("no paper left", "geen papier meer"),
    ("the lid is open", "het deksel is open"),
    ("close the tray", "sluit het vak"),
)


def test_what_comes_together_most_translates() -> None:
    assert translations(["paper"], SAID) == {"paper": {"papier"}}


def test_a_rare_word_is_left_out_as_anything_could_be_its_translation() -> None:
    assert translations(["tray", "nowhere"], SAID) == {}


def test_a_word_that_stands_beside_everything_translates_nothing() -> None:
    said = pairs(*((f"red w{n}", f"x{n} y{n}") for n in range(9)))
    assert translations(["red"], said) == {}
