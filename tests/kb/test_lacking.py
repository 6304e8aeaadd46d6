"""Words of a question that the best article lacks."""

from pathlib import Path

import numpy as np
import pytest

from kb.lacking import LACKING, NAMED, Word, lacking_features, naming_features, words_of
from kb.lexical import LexicalIndex
from kb.lexicalwriter import LexicalRow, build_lexical
from kb.namer import Naming

PRINTER = Word([0], 1.0, known=True)
BRAILLE = Word([1, 2], 3.0, known=False)


def features(met: list[float], elsewhere: list[float]) -> dict[str, float]:
    return lacking_features(
        np.array(met, np.float32), np.array(elsewhere, np.float32), [PRINTER, BRAILLE], 0.5
    )


def test_a_rare_word_that_nothing_comes_near_is_told() -> None:
    lacked = features([0.9, 0.2, 0.2], [0.3, 0.2, 0.2])
    assert set(lacked) == set(LACKING)
    assert lacked["weakest_word"] == pytest.approx(0.2)
    assert (lacked["weak_words"], lacked["weak_rarity"]) == (0.5, 0.75)
    assert (lacked["unknown"], lacked["rarest"], lacked["own_words"]) == (0.5, 3.0, 0.5)
    assert lacked["lacking_most"] == 0.0 and lacked["anywhere_least"] == pytest.approx(0.2)


def test_a_word_that_another_article_has_is_lacking_in_this_one() -> None:
    lacked = features([0.9, 0.2, 0.4], [0.3, 0.8, 0.8])
    assert lacked["lacking_most"] == pytest.approx(0.5)
    assert lacked["lacking_rarity"] == pytest.approx(0.75 * 0.5)
    assert lacked["lacking_token"] == pytest.approx(0.6) and lacked["anywhere_least"] == pytest.approx(0.8)


def test_a_question_without_words_tells_nothing() -> None:
    assert lacking_features(np.ones(2, np.float32), np.ones(2, np.float32), [], 0.0) == {}


def naming(silent: list[float], said: list[float]) -> Naming:
    return Naming(np.array(silent, np.float32), np.array(said, np.float32))


def test_a_rare_word_without_a_name_in_the_source_is_told() -> None:
    named = naming_features(naming([0, 1, 1], [0.9, 0.3, 0.1]), [PRINTER, BRAILLE])
    assert set(named) == set(NAMED)
    assert named == {"unnamed": pytest.approx(0.1), "unnamed_rarity": 1.5}


def test_words_whose_tokens_are_not_named_are_left_out() -> None:
    gap = float("nan")
    named = naming_features(
        naming([0, 1, gap], [0.9, 0.3, gap]), [PRINTER, BRAILLE, Word([2], 9.0, known=False)]
    )
    assert named == {"unnamed": pytest.approx(0.15), "unnamed_rarity": 1.5}
    assert naming_features(naming([gap], [gap]), [PRINTER]) == {}


def test_words_have_their_tokens_and_how_rare_they_are(tmp_path: Path) -> None:
    rows = [LexicalRow(0, "Printer", "the printer jams"), LexicalRow(1, "Mail", "the printer of mails")]
    build_lexical(tmp_path / "words", rows, "en")
    lexical = LexicalIndex(tmp_path / "words", "en")
    spans = [(0, 5), (5, 8), (9, 12), (12, 16), (16, 17)]
    printers, braille = words_of("printers braille?", spans, lexical)
    assert (printers.tokens, printers.known) == ([0, 1], True)
    assert (braille.tokens, braille.known) == ([2, 3], False)
    assert braille.rarity > printers.rarity > 0
