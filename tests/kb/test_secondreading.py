"""Questions in the source's language are read by a second encoder too; those of a language that is not installed, and
other sources, are not. (Installed languages: test_glosses.)"""

from pathlib import Path

import numpy as np
import pytest
from smallkb import DUTCH, Hashing, Workshop, workshop, write_locale

from kb.embedded import Generation
from kb.errors import IndexDamaged
from kb.fusion import mixed
from kb.generation import open_manifest
from kb.hit import SearchRequest
from kb.vectors import centre
from kb.verify import verify

ENGLISH = SearchRequest("the printer shows its state with lights", lang="en")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    made = workshop(tmp_path, monkeypatch)
    made.second = "second"
    made.index(write_locale(tmp_path, "nl-NL", DUTCH))
    return made


def test_both_encoders_scores_of_an_english_question_are_averaged(shop: Workshop) -> None:
    knowledge = shop.open()
    best = knowledge.rank(ENGLISH, "no late")[0]
    collection = best.collection
    assert collection.second is not None
    first, second = Hashing(), Hashing(fingerprint="second")
    own = centre(first.encode_queries([ENGLISH.query]), collection.question_mean("en-US"))[0]
    other = centre(second.encode_queries([ENGLISH.query]), collection.second.question_mean)[0]
    row = np.array([best.row])
    expected = mixed(collection.source.at(own, row), collection.second.view.at(other, row), 0.5)
    assert best.dense == pytest.approx(float(expected[0]), abs=1e-5)
    alone = knowledge.rank(ENGLISH, "no second")
    assert {r.path: r.dense for r in alone}[best.path] != pytest.approx(best.dense, abs=1e-3)
    knowledge.close()


def test_tokens_of_both_encoders_take_part(shop: Workshop) -> None:
    knowledge = shop.open()
    both, alone = (knowledge.rank(ENGLISH, variant)[0] for variant in ("late", "no second"))
    second = both.collection.second
    assert second is not None and second.tokens is not None
    tokens = centre(
        Hashing(fingerprint="second").encode_tokens([ENGLISH.query], "query").tokens[0], second.token_mean
    )
    own = float(second.tokens.score(tokens, np.array([both.row]))[0])
    assert both.late == pytest.approx((alone.late + own) / 2, abs=1e-5)
    knowledge.close()


def test_a_question_in_another_language_is_read_once(shop: Workshop) -> None:
    knowledge = shop.open()
    italian = SearchRequest("la stampante mostra lo stato con le luci", lang="it")
    assert knowledge.rank(italian) == knowledge.rank(italian, "no second")
    knowledge.close()


def test_a_source_in_another_language_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = workshop(tmp_path, monkeypatch)
    shop.second = "second"
    folder = tmp_path / "fr-FR"
    folder.mkdir()
    (folder / "a.md").write_text("# Le bac est vide\n\nRemplissez le bac de papier.\n", encoding="utf-8")
    shop.index(folder)
    assert open_manifest(shop.home)[1].collections["default"].second == ""
    assert not list(shop.home.rglob("second"))


def test_it_is_taken_over_as_long_as_no_source_changes(shop: Workshop) -> None:
    before = open_manifest(shop.home)[0] / "default" / "second" / "source.view"
    file = shop.root / "nl-NL" / "printing" / "paper-jam.md"
    file.write_text(file.read_text("utf-8").replace("Sluit de klep.", "Doe de klep dicht."), encoding="utf-8")
    shop.index(shop.root / "nl-NL")
    after = open_manifest(shop.home)[0] / "default" / "second" / "source.view"
    assert after != before and after.samefile(before)


def test_an_index_read_by_another_second_model_is_refused(shop: Workshop) -> None:
    shop.second = "third"
    with pytest.raises(IndexDamaged, match="run `kb index` again"):
        shop.open()


def test_verify_looks_at_it(shop: Workshop) -> None:
    assert verify(shop.home).findings == []
    folder = open_manifest(shop.home)[0] / "default" / "second"
    generation = Generation(shop.home)
    rows = generation.collection("default").source.rows
    generation.close()
    assert rows > 0 and (folder / "tokens" / "starts.npy").exists()
