"""P-units and the numbers that another localization gives their sentences."""

from smallkb import PAPER, localized, parsed, unit

from indexer.covers import is_joined, with_exact_covers
from kb.article import Article


def covers(article: Article) -> dict[str, tuple[str, ...]]:
    return {s.unit: s.covers for b in article.blocks for s in b.segments if s.unit and is_joined(s)}


def article(*units: tuple[str, str]) -> Article:
    """Paragraphs of one unit each: (number, source)."""
    return parsed("\n\n".join(unit(number, f"«{source}»", source) for number, source in units))


def test_a_p_unit_covers_the_sentences_that_a_sibling_has_one_by_one() -> None:
    exact = with_exact_covers(
        parsed(localized(PAPER, {}, "ja-JP", merged=True)), parsed(localized(PAPER, {}, "de"))
    )
    assert covers(exact) == {"p102": ("102", "103"), "p105": ("105", "106")}


def test_the_gap_s_guess_gives_way() -> None:
    # "e.g. this" looks like two sentences, and two p-units share one gap
    own = article(
        ("101", "Start."), ("p102", "Take a pen, e.g. Mine. Write."), ("p104", "Read. Stop."), ("106", "End.")
    )
    sibling = article(
        ("101", "Start."), ("102", "Take a pen, e.g. Mine."), ("103", "Write."), ("104", "Read."), ("105", "Stop."),
        ("106", "End."),
    )  # fmt: skip
    assert covers(with_exact_covers(own, sibling)) == {"p102": ("102", "103"), "p104": ("104", "105")}


def test_repeated_sentences_are_told_apart_by_their_order() -> None:
    own = article(("p101", "Save. Close."), ("103", "Wait."), ("p104", "Save. Close."))
    sibling = article(
        ("101", "Save."), ("102", "Close."), ("103", "Wait."), ("104", "Save."), ("105", "Close.")
    )
    assert covers(with_exact_covers(own, sibling)) == {"p101": ("101", "102"), "p104": ("104", "105")}


def test_a_number_that_the_article_has_itself_is_not_covered() -> None:
    own = article(("101", "Save."), ("102", "Wait."), ("p103", "Save."))
    sibling = article(("101", "Save."), ("102", "Wait."), ("103", "Save."))
    assert covers(with_exact_covers(own, sibling)) == {"p103": ("103",)}


def test_sentences_that_the_sibling_lacks_keep_what_was_inferred() -> None:
    own = article(("101", "Start."), ("p102", "Shut it. Leave."), ("105", "End."))
    sibling = article(("101", "Start."), ("102", "Shut it."), ("103", "Stay."), ("105", "End."))
    assert covers(own) == {"p102": ("102", "103", "104")}
    assert with_exact_covers(own, sibling) is own


def test_a_sibling_with_p_units_itself_says_nothing_of_them() -> None:
    own = article(("p101", "Save. Close."))
    assert with_exact_covers(own, own) is own
