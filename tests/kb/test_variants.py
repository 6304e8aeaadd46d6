"""What each variant of the ranking leaves out, and the raw cosines behind centred rows."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import cast, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from smallkb import DUTCH, Hashing, Workshop, workshop, write_locale

from indexer import build as building
from indexer import deepen as deepening
from indexer.deepen import deepen
from indexer.report import Quiet
from kb import rank as ranking
from kb.embedded import Collection, Generation
from kb.encoded import Encoded, at_hand
from kb.fusion import FusionSettings, fuse
from kb.rank import VARIANTS, Question, RankSettings, Variant, rank
from kb.ranked import Ranked
from kb.vectors import View, centre, mean_of, write_view
from kb.views import dense_scores, uncentred_scores

QUESTIONS = (
    ("the paper jams in the printer", "en"),
    ("de klep aan de voorkant", "nl"),
    ("mailbox is full", "fi"),
)
SERVED = FusionSettings()
ASKED = pytest.mark.parametrize(("text", "language"), QUESTIONS)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with pytest.MonkeyPatch.context() as patch:
        made = workshop(tmp_path_factory.mktemp("variants"), patch)
        patch.setattr(deepening, "resolve", lambda _model, _cache: Path(made.fingerprint))
        patch.setattr(deepening, "LazyEncoder", lambda folder: Hashing(folder, folder.name))
        made.index(write_locale(made.root, "nl-NL", DUTCH))
        deepen(made.home, model=None, cache=made.root / "cache", progress=Quiet())
        yield made


@pytest.fixture(scope="module")
def collection(shop: Workshop) -> Iterator[Collection]:
    generation = Generation(shop.home)
    yield generation.collections["default"]
    generation.close()


def question(text: str, language: str) -> Question:
    vectors = Hashing().question(text)
    return Question(text, at_hand(vectors.whole, vectors.tokens), language, None)


def ranked(collection: Collection, asked: Question, variant: Variant) -> list[Ranked]:
    found = rank(collection, asked, VARIANTS[variant], None)
    assert {r.path for r in found} == set(collection.paths)
    return found


def scores(found: list[Ranked]) -> dict[str, float]:
    return {r.path: r.score for r in found}


def test_every_variant_has_its_settings() -> None:
    assert tuple(VARIANTS) == get_args(Variant)
    assert VARIANTS["fused"] == RankSettings()
    assert len(set(VARIANTS.values())) == len(VARIANTS)


@ASKED
def test_a_leg_alone_scores_what_it_says(collection: Collection, text: str, language: str) -> None:
    asked = question(text, language)
    for r in ranked(collection, asked, "dense"):
        assert r.score == pytest.approx(r.dense)
    for r in ranked(collection, asked, "lexical"):
        assert r.score == pytest.approx(r.lexical)
    for r in ranked(collection, asked, "late"):
        assert r.score == pytest.approx(r.late)


@ASKED
@pytest.mark.parametrize(
    ("variant", "dense", "lexical", "late"),
    [
        ("fused", SERVED.dense_weight, SERVED.lexical_weight, SERVED.late_weight),
        ("source", SERVED.dense_weight, SERVED.lexical_weight, SERVED.late_weight),
        ("no dense", 0.0, 1.0, SERVED.late_weight),
        ("no lexical", 1.0, 0.0, SERVED.late_weight),
        ("no late", SERVED.dense_weight, SERVED.lexical_weight, 0.0),
        ("uncentred", SERVED.dense_weight, SERVED.lexical_weight, 0.0),
    ],
)
def test_the_parts_of_a_score_add_up(
    collection: Collection,
    text: str,
    language: str,
    variant: Variant,
    dense: float,
    lexical: float,
    late: float,
) -> None:
    for r in ranked(collection, question(text, language), variant):
        parts = (dense * r.dense + lexical * r.lexical) / (dense + lexical)
        assert r.score == pytest.approx((1 - late) * parts + late * r.late)


def test_late_interaction_finds_the_words_of_the_question_in_its_article(collection: Collection) -> None:
    for path, text in (("vpn/tunnel-drops", "gateway ends idle"), ("mail/mailbox-full", "drag the old mail")):
        found = ranked(collection, question(text, "en"), "late")
        assert found[0].path == path and found[0].late > found[1].late + 0.05


def test_the_late_score_is_that_of_the_centred_tokens(collection: Collection) -> None:
    asked = question("de klep aan de voorkant", "nl")
    assert collection.tokens is not None
    for locale, language in (("nl-NL", "nl"), ("en-US", "en"), (None, "fi")):
        tokens = centre(asked.tokens, collection.token_mean(locale))
        alone = collection.tokens.score(tokens, np.arange(collection.tokens.rows))
        expected = alone.copy()
        target = collection.locales[locale].tokens if locale else None
        if target is not None:  # the nearer of source and translation counts three times the other
            rows = collection.locales[locale].target_rows
            theirs = target.score(tokens, np.arange(target.rows))
            assert (theirs > expected[rows]).any()
            nearer, other = np.maximum(expected[rows], theirs), np.minimum(expected[rows], theirs)
            expected[rows] = 0.75 * nearer + 0.25 * other
        own = Question(asked.text, asked.vectors, language, None)
        for r in ranked(collection, own, "fused"):
            assert r.late == pytest.approx(expected[r.row], abs=1e-6)
        for r in ranked(collection, own, "source"):
            assert r.late == pytest.approx(alone[r.row], abs=1e-6)
    means = [collection.token_mean(locale) for locale in ("nl-NL", "en-US", "fi-FI")]
    assert not np.allclose(means[0], means[1])
    np.testing.assert_allclose(means[2], (means[0] + means[1]) / 2)


def test_without_tokens_in_the_question_late_interaction_has_no_say(collection: Collection) -> None:
    asked = question("the paper jams in the printer", "en")
    silent = Question(asked.text, at_hand(asked.vector), asked.language, None)
    assert scores(ranked(collection, silent, "fused")) == scores(ranked(collection, asked, "no late"))
    assert scores(ranked(collection, asked, "fused")) != scores(ranked(collection, asked, "no late"))
    assert {r.late for r in ranked(collection, silent, "late")} == {0.0}


def test_rows_that_are_not_looked_at_take_the_lowest_late_score(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = question("the paper jams in the printer", "en")
    best = ranked(collection, asked, "no late")[0].row
    assert collection.tokens is not None
    tokens = centre(asked.tokens, collection.token_mean("en-US"))
    (lowest,) = collection.tokens.score(tokens, np.array([best]))
    assert len({r.late for r in ranked(collection, asked, "fused")}) > 1
    monkeypatch.setattr(ranking, "_REFINED", 1)
    for r in ranked(collection, asked, "fused"):
        assert r.late == pytest.approx(lowest)
        (parts,) = fuse([r.dense], [r.lexical], SERVED)
        share = SERVED.late_weight
        assert r.score == pytest.approx((1 - share) * parts + share * lowest)


def test_the_source_variant_asks_the_source_view_alone(collection: Collection) -> None:
    asked = question("de klep aan de voorkant", "nl")
    query = centre(asked.vector[None, :], collection.question_mean("nl-NL"))[0]
    for r in ranked(collection, asked, "source"):
        assert r.dense == pytest.approx(dense_scores(collection, ["source"], query, np.array([r.row]))[0])
    both, alone = (ranked(collection, asked, variant) for variant in ("fused", "source"))
    translated = dense_scores(collection, ["source", "nl-NL"], query, np.array([both[0].row]))[0]
    assert both[0].dense == pytest.approx(translated) and both[0].dense > alone[0].dense


def test_the_uncentred_variant_ranks_raw_cosines(collection: Collection) -> None:
    for text, language in QUESTIONS:
        asked = question(text, language)
        raw = uncentred_scores(collection, asked.vector)
        for r in ranked(collection, asked, "uncentred"):
            assert r.dense == pytest.approx(raw[r.row])


def test_an_encoder_without_tokens_ranks_without_late_interaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Wordless(Hashing):
        def encode_tokens(self, texts: Sequence[str], _kind: str) -> Encoded:
            none = np.empty((0, self.dim), dtype=np.float32)
            return Encoded(self.encode_passages(texts), [none] * len(texts))

    shop = workshop(tmp_path, monkeypatch)
    monkeypatch.setattr(building, "BorrowingEncoder", lambda folder, _home: Wordless(folder, folder.name))
    shop.index(write_locale(tmp_path, "nl-NL", DUTCH))
    generation = Generation(shop.home)
    found = generation.collections["default"]
    assert found.tokens is None
    vectors = Wordless().question("the paper jams")
    asked = Question("the paper jams", at_hand(vectors.whole, vectors.tokens), "en", None)
    first = ranked(found, asked, "fused")
    assert scores(first) == scores(ranked(found, asked, "no late"))
    for r in first:
        assert r.score == pytest.approx(float(fuse([r.dense], [r.lexical], FusionSettings())[0]))
    generation.close()


# --- raw cosines from centred rows


def held(vectors: np.ndarray, folder: Path) -> Collection:
    """As much of a collection as uncentred scores need."""
    mean = mean_of(vectors)
    write_view(folder / "v", centre(vectors, mean))
    return cast(Collection, SimpleNamespace(source=View(folder / "v"), means={"passage": mean}))


def unit_rows(rows: int, dim: int, seed: int, common: float) -> np.ndarray:
    """Unit vectors around a direction of their own, the nearer the greater `common` is."""
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(rows, dim)) + common * random.normal(size=dim)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@settings(max_examples=60)
@given(st.integers(1, 40), st.integers(2, 64), st.integers(0, 2**31), st.sampled_from([0.0, 1.0, 5.0]))
def test_uncentred_scores_are_the_raw_cosines(rows: int, dim: int, seed: int, common: float) -> None:
    vectors, asked = unit_rows(rows, dim, seed, common), unit_rows(1, dim, seed + 1, common)[0]
    with TemporaryDirectory() as folder:
        found = uncentred_scores(held(vectors, Path(folder)), asked)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, vectors @ asked, atol=2e-3)


def test_uncentred_scores_are_not_the_centred_ones(tmp_path: Path) -> None:
    vectors, asked = unit_rows(20, 32, 1, 2.0), unit_rows(1, 32, 2, 2.0)[0]
    collection = held(vectors, tmp_path)
    assert np.abs(collection.source.all() @ asked - vectors @ asked).max() > 0.1


@pytest.mark.parametrize("rows", [1, 3])
def test_passages_that_are_all_the_same_have_raw_cosines_too(tmp_path: Path, rows: int) -> None:
    """Their mean is a unit vector, rounding may make it longer than one."""
    for seed in range(20):
        vectors = np.repeat(unit_rows(1, 24, seed, 0.0), rows, axis=0)
        asked = unit_rows(1, 24, seed + 100, 0.0)[0]
        found = uncentred_scores(held(vectors, tmp_path), asked)
        np.testing.assert_allclose(found, vectors @ asked, atol=2e-3)
