"""Words of languages that are not installed, named by where the encoder puts them; read by the second encoder."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from smallkb import DUTCH, Hashing, Words, Workshop, workshop, write_locale

from indexer import deepen as deepening
from indexer.deepen import deepen
from indexer.namer import can_learn
from indexer.report import Quiet
from kb.confidence import FEATURES, confidence_of, features_of
from kb.embedded import Generation
from kb.errors import IndexDamaged
from kb.fusion import NAMED as NAMED_WEIGHTS
from kb.generation import open_manifest
from kb.hit import SearchRequest
from kb.lacking import NAMED
from kb.namer import FILE, Namer, write_namer
from kb.vectors import centre
from kb.verify import verify
from kb.wordtokens import word_tokens

NAMES = ["lid", "printer", ""]


@pytest.fixture
def namer(tmp_path: Path) -> Namer:
    """Tells "lid" along the first axis, "printer" along the second, grammar along the third."""
    write_namer(tmp_path, np.eye(3), np.zeros(3), NAMES, ["teams"])
    return Namer(tmp_path / FILE)


@pytest.mark.parametrize(
    ("text", "axes", "said"),
    [
        ("coperchio stampante", [0, 1], "lid printer"),
        ("il coperchio", [2, 0], "lid"),  # what says nothing by itself is left out
        ("coperchio coperchio", [0, 0], "lid"),
        ("Teams stampante", [0, 1], "Teams printer"),  # a product's name stays
        ("errore5 stampante", [0, 1], "errore5 printer"),  # what has a digit as well
        ("крышка printer", [0, 0], "lid printer"),  # and Latin words among those of another script
        ("", [], ""),
    ],
)  # fmt: skip
def test_words_are_named_in_their_order(namer: Namer, text: str, axes: list[int], said: str) -> None:
    tokens = np.eye(3, dtype=np.float32)[axes]
    words = word_tokens(text, Words().spans([text])[0])
    assert namer.of(text, words, tokens) == said


def test_a_word_that_is_nearest_to_grammar_is_silent(namer: Namer) -> None:
    text = "il coperchio"
    words = word_tokens(text, Words().spans([text])[0])
    naming = namer.naming(words, np.eye(3, dtype=np.float32)[[2, 0]])
    assert naming is not None
    assert naming.silent.tolist() == [1.0, 0.0]
    # scores are 0 and 1: e^(1/2) for one class against 1 for each of two others
    likeliest = np.exp(0.5) / (np.exp(0.5) + 2)
    assert naming.said == pytest.approx([1 - likeliest, 1 - (1 - likeliest) / 2])


def test_tokens_between_words_are_not_named(namer: Namer) -> None:
    words = word_tokens("lid !", [(0, 3), (4, 5)])
    naming = namer.naming(words, np.eye(3, dtype=np.float32)[:2])
    assert naming is not None
    assert np.isfinite(naming.silent).tolist() == np.isfinite(naming.said).tolist() == [True, False]
    assert namer.naming([], np.eye(3, dtype=np.float32)[:1]) is None


def test_without_classes_nothing_is_named(tmp_path: Path) -> None:
    write_namer(tmp_path, np.empty((3, 0)), np.empty(0), [], [])
    empty = Namer(tmp_path / FILE)
    words, tokens = word_tokens("lid", [(0, 3)]), np.eye(3, dtype=np.float32)[:1]
    assert len(empty) == 0
    assert empty.of("lid", words, tokens) == ""
    assert empty.naming(words, tokens) is None


@pytest.mark.parametrize("damage", ["cut", "unnamed", "not finite", "biased"])
def test_a_damaged_file_says_what_to_do(tmp_path: Path, damage: str) -> None:
    weights = np.full((3, 3), np.nan) if damage == "not finite" else np.eye(3)
    bias = np.zeros(2 if damage == "biased" else 3)
    write_namer(tmp_path, weights, bias, NAMES[: 2 if damage == "unnamed" else 3], [])
    file = tmp_path / FILE
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:50])
    with pytest.raises(IndexDamaged, match="index all its sources again"):
        Namer(file)


FOREIGN = {"nl-NL": "", "de-DE": "e", "sv-SE": "a"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """Three locales, whose words are Dutch ones with other endings; frequent enough to be classes."""
    with pytest.MonkeyPatch.context() as patch:
        made = workshop(tmp_path_factory.mktemp("namer"), patch)
        made.second = "second"
        patch.setattr(deepening, "resolve", lambda _model, _cache: Path(made.fingerprint))
        patch.setattr(deepening, "LazyEncoder", lambda folder: Hashing(folder, folder.name))
        patch.setattr(deepening, "TokenCounter", Words)
        patch.setattr("indexer.namer._LEAST_TIMES", 2)
        for locale, ending in FOREIGN.items():
            words = {
                source: " ".join(word + ending for word in text.split()) for source, text in DUTCH.items()
            }
            made.index(write_locale(made.root, locale, words))
        yield made


def deepened(shop: Workshop) -> list[str]:
    return deepen(shop.home, model=None, cache=shop.root / "cache", progress=Quiet())


def test_it_is_learned_once_all_views_are_there(shop: Workshop) -> None:
    before = Generation(shop.home)
    assert before.collection("default").namer is None and not can_learn(before.collection("default"))
    assert deepened(shop)[-2:] == ["default/centroid", "default/namer"]
    assert deepened(shop) == []
    namer = Generation(shop.home).collection("default").namer
    assert namer is not None and len(namer) >= 5
    assert verify(shop.home).findings == []


def test_a_question_in_no_installed_language_is_read_by_its_names(shop: Workshop) -> None:
    deepened(shop)
    knowledge = shop.open()
    request = SearchRequest("printerno lampjesno", lang="no")
    question, ranked, _ = knowledge.look_up(request)
    vectors = question.vectors()
    assert vectors.named and vectors.second is not None
    alone = knowledge.rank(request, "no second")
    assert ranked[0].path == "printing/paper-jam" == alone[0].path
    # the second encoder's part of the score is that of the names, in their own share
    reading = ranked[0].collection.second
    assert reading is not None and reading.tokens is not None
    tokens = centre(vectors.second.tokens, reading.token_mean)
    own = reading.tokens.score(tokens, np.array([ranked[0].row]))[0]
    first = {r.row: r.late for r in alone}[ranked[0].row]
    share = NAMED_WEIGHTS.second_weight
    assert ranked[0].late == pytest.approx((1 - share) * first + share * own, abs=1e-5)
    english = knowledge.look_up(SearchRequest("printer lights", lang="en"))[0].vectors()
    assert english.second is not None and not english.named
    knowledge.close()


def test_what_no_word_of_the_source_is_near_to_counts_against_an_answer(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    deepened(shop)
    knowledge = shop.open()
    for lang, text in (("no", "printerno lampjesno"), ("en", "printer lights")):
        request = SearchRequest(text, lang=lang)
        # so few classes have no name for most of what is asked
        assert not set(NAMED) & set(features_of(*knowledge.look_up(request)))
        with monkeypatch.context() as patch:
            patch.setattr("kb.confidence._VOCABULARY", 5)
            features = features_of(*knowledge.look_up(request))
        assert set(FEATURES) <= set(features)
        assert 0.0 <= features["unnamed"] <= 1.0
        assert confidence_of(features | {"unnamed": 1.0}) < confidence_of(features)
    knowledge.close()


def test_it_stays_until_the_views_are_whole_again_and_is_learned_anew(shop: Workshop) -> None:
    deepened(shop)

    def file() -> Path:
        return open_manifest(shop.home)[0] / "default" / FILE

    before = file()
    article = shop.root / "sv-SE" / "vpn" / "tunnel-drops.md"
    article.write_text(article.read_text("utf-8").replace("tunnela", "tunneln"), encoding="utf-8")
    shop.index(shop.root / "sv-SE")
    assert file() != before and file().samefile(before)
    assert "default/namer" in deepened(shop)
    assert not file().samefile(before)


def test_it_is_the_same_in_a_home_built_afresh(shop: Workshop, tmp_path: Path) -> None:
    deepened(shop)
    other = Workshop(tmp_path, second="second")
    for locale in FOREIGN:
        other.index(shop.root / locale)
    deepen(other.home, model=None, cache=tmp_path / "cache", progress=Quiet())
    one, two = ((open_manifest(each.home)[0] / "default" / FILE).read_bytes() for each in (shop, other))
    assert one == two
