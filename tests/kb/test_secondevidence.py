"""What the second encoder's tokens tell of quotes: of a question that it reads, and of one that it can't read."""

from pathlib import Path

import numpy as np
import pytest
from smallkb import DUTCH, Hashing, Workshop, workshop, write_locale

from indexer.passages import PassageSettings
from kb.embedded import Collection, Generation
from kb.encoded import QuestionVectors, TextReader, Vectors
from kb.errors import IndexDamaged
from kb.evidence import Evidences, second_tokens
from kb.generation import open_manifest
from kb.hit import SearchRequest
from kb.quoted import Quotable, quotable_in
from kb.quotematch import MATCH_FEATURES, match_features
from kb.search import question_of, rank_all
from kb.secondreading import CARRY, SecondReading, carried
from kb.vectors import centre

JAM = "printing/paper-jam"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    made = workshop(tmp_path, monkeypatch)
    made.second = "second"
    small = PassageSettings(target_tokens=12, max_tokens=60, context_tokens=24)
    made.index(write_locale(tmp_path, "nl-NL", DUTCH), passages=small)
    return made


@pytest.fixture
def collection(shop: Workshop) -> Collection:
    return Generation(shop.home).collection("default")


def reader() -> TextReader:
    """Both encoders, as a knowledge base has them."""
    first, second = Hashing(), Hashing(fingerprint="second")

    def embed(text: str, again: str = "") -> QuestionVectors:
        own, other = first.encode_tokens([text], "query"), second.encode_tokens([again or "-"], "query")
        read = Vectors(other.vectors[0], other.tokens[0]) if again else None
        return QuestionVectors(own.vectors[0], own.tokens[0], read)

    return first.reader._replace(embed=embed, begin=lambda text, again: lambda: embed(text, again))


def found(collection: Collection, text: str, language: str) -> tuple[Quotable, Evidences]:
    question, _ = question_of([collection], SearchRequest(text), language, reader())
    jam = next(r for r in rank_all([collection], question, SearchRequest(text)) if r.path == JAM)
    quotable = quotable_in("nl-NL", jam, question, reader())
    assert quotable.evidence is not None
    return quotable, quotable.evidence


def said(quotable: Quotable, at: int) -> str:
    quote = quotable.quotes[at]
    return quotable.article.blocks[quote.block].text("source", quote.start, quote.stop)


@pytest.mark.parametrize(("text", "language"), [("sheet lid", "en"), ("vel klep", "nl")])
def test_what_it_reads_is_met_where_it_is_said(collection: Collection, text: str, language: str) -> None:
    quotable, (_, second) = found(collection, text, language)
    assert second is not None and second.quotes.shape == (len(quotable.quotes), 2)
    best = [said(quotable, int(np.nanargmax(of_token))) for of_token in second.quotes.T]
    assert "sheet" in best[0] and "lid" in best[1]


def test_both_encoders_tables_count_alike(collection: Collection) -> None:
    quotable, both = found(collection, "pull the sheet out", "en")
    alone = [match_features(quotable.article, quotable.quotes, Evidences(one, None)) for one in both if one]
    together = match_features(quotable.article, quotable.quotes, both)
    shared = MATCH_FEATURES.index("sharp_late_lead")
    assert len(alone) == 2
    assert together[:, :shared] == pytest.approx((alone[0] + alone[1])[:, :shared] / 2)
    leads = together[:, MATCH_FEATURES.index("gain_lead")]
    assert together[:, MATCH_FEATURES.index("sharp_gain_lead")] == pytest.approx(np.exp(leads / 0.05))


def test_how_near_quotes_are_to_the_title_needs_no_question(collection: Collection) -> None:
    at = MATCH_FEATURES.index("title_near")
    (quotable, one), (_, other) = (found(collection, text, "en") for text in ("paper", "open the lid"))
    assert one.second is not None and other.second is not None
    near = match_features(quotable.article, quotable.quotes, one)[:, at]
    assert near == pytest.approx(np.nan_to_num(one.second.meaning @ one.second.subject))
    assert near == pytest.approx(match_features(quotable.article, quotable.quotes, other)[:, at])


def test_a_language_that_it_cant_read_is_carried_over(collection: Collection) -> None:
    question, _ = question_of([collection], SearchRequest("foglio sheet"), "it", reader())
    assert question.second is None and collection.second is not None
    carry = collection.second.carry
    assert carry is not None and carry.shape == (Hashing.dim, Hashing.dim)
    mean = collection.token_mean(None)
    expected = carried(centre(question.tokens, mean), carry)
    tokens = second_tokens(collection, question)
    assert tokens is not None and tokens == pytest.approx(expected)
    assert np.linalg.norm(tokens, axis=1) == pytest.approx([1.0, 1.0])
    assert found(collection, "foglio sheet", "it")[1].second is not None


def test_without_a_second_reading_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = workshop(tmp_path, monkeypatch)
    shop.index(write_locale(tmp_path, "nl-NL", DUTCH))
    collection = Generation(shop.home).collection("default")
    assert found(collection, "sheet lid", "en")[1].second is None


@pytest.mark.parametrize("damage", [b"", np.full((2, 2), np.nan, dtype=np.float32), np.zeros(3)])
def test_a_damaged_matrix_says_what_to_do(shop: Workshop, damage: bytes | np.ndarray) -> None:
    file = open_manifest(shop.home)[0] / "default" / "second" / CARRY
    rows = len(Generation(shop.home).collection("default").paths)
    if isinstance(damage, bytes):
        file.write_bytes(damage)
    else:
        np.save(file, damage)
    with pytest.raises(IndexDamaged, match="index all its sources again"):
        SecondReading(file.parent, rows)
