"""Words of a locale in the source's language, learned from its units, and questions read by them."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from smallkb import Hashing, Workshop, unit, workshop

from kb.embedded import Generation
from kb.errors import IndexDamaged
from kb.fusion import GLOSSED
from kb.generation import open_manifest
from kb.glosses import FILE, Glosses
from kb.hit import SearchRequest
from kb.localestore import LocaleStore
from kb.secondtext import second_text
from kb.vectors import centre

PAIRS = {
    "open de klep": "open the lid",
    "sluit de klep": "close the lid",
    "open postvak": "open mailbox",
    "sluit postvak": "close mailbox",
    "de fout": "the error",
    "een fout": "an error",
}
QUESTION = "sluit de klep"


def bilingual(folder: Path, pairs: Iterable[tuple[str, str]]) -> Path:
    """A locale's folder with one article, a paragraph for each (text, source)."""
    folder.mkdir(parents=True, exist_ok=True)
    units = "\n\n".join(unit(str(101 + n), *pair) for n, pair in enumerate(pairs))
    (folder / "lids.md").write_text(f"---\ntitle: Kleppen\n---\n# Lids\n\n{units}\n", encoding="utf-8")
    return folder


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    made = workshop(tmp_path, monkeypatch)
    made.second = "second"
    made.index(bilingual(tmp_path / "nl-NL", PAIRS.items()))
    return made


def dutch(shop: Workshop) -> LocaleStore:
    return Generation(shop.home).collection("default").locales["nl-NL"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("klep", "lid"),
        ("De KLEPPEN", "the lid"),  # folded and stemmed, as everything is that is looked up
        ("klep sluit klep", "lid close"),
        ("open postvak", "open mailbox"),
        ("sluit de klep XPS-13", "close the lid XPS 13"),  # what no unit has may be a name or a code
        ("klep élan", "lid"),  # but hardly where it isn't ASCII
        ("", ""),
        ("?!", ""),
        ("la stampante non funziona con de klep", ""),  # too little of it is Dutch
    ],
)  # fmt: skip
def test_a_text_is_said_word_by_word_in_the_source_language(shop: Workshop, text: str, said: str) -> None:
    assert dutch(shop).glosses.of(text) == said


def test_a_word_with_too_many_translations_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = workshop(tmp_path, monkeypatch)
    others = ("apples", "bears", "clouds", "doors", "elks", "ferns", "goats")
    shop.index(
        bilingual(tmp_path / "nl-NL", [(f"zaak {n}", f"{other} {n}") for n, other in enumerate(others)])
    )
    glosses = dutch(shop).glosses
    assert glosses.of("zaak 3") == "3" and glosses.of("zaak") == ""


def test_the_source_has_none_of_itself(shop: Workshop) -> None:
    source = Generation(shop.home).collection("default").locales["en-US"]
    assert len(source.glosses) == 0 and source.glosses.of("open the lid") == ""


@pytest.mark.parametrize(
    ("language", "read"), [("en", QUESTION), ("nl", "close the lid"), ("it", ""), ("und", "")]
)
def test_the_second_encoder_reads_its_own_language_and_glosses(
    shop: Workshop, language: str, read: str
) -> None:
    collections = list(Generation(shop.home).collections.values())
    assert second_text(collections, QUESTION, language, Hashing().reader) == read


def test_without_a_second_encoder_nothing_is_glossed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = workshop(tmp_path, monkeypatch)
    shop.index(bilingual(tmp_path / "nl-NL", PAIRS.items()))
    collections = list(Generation(shop.home).collections.values())
    assert [second_text(collections, QUESTION, language, Hashing().reader) for language in ("en", "nl")] == [
        "",
        "",
    ]


def test_both_readings_of_a_glossed_question_count(shop: Workshop) -> None:
    knowledge = shop.open()
    request = SearchRequest(QUESTION, lang="nl")
    both, alone = (knowledge.rank(request, variant)[0] for variant in ("fused", "no second"))
    reading = both.collection.second
    assert reading is not None and reading.tokens is not None
    tokens = Hashing(fingerprint="second").encode_tokens(["close the lid"], "query").tokens[0]
    own = reading.tokens.score(centre(tokens, reading.token_mean), np.array([both.row]))[0]
    share = GLOSSED.second_weight
    assert alone.late < own and both.late == pytest.approx((1 - share) * alone.late + share * own, abs=1e-5)
    knowledge.close()


def test_other_units_give_other_glosses_and_the_rest_stays(shop: Workshop) -> None:
    changed = {text.replace("klep", "deksel"): source for text, source in PAIRS.items()}
    shop.index(bilingual(shop.root / "nl-NL", changed.items()))
    glosses = dutch(shop).glosses
    assert glosses.of("het deksel") == "het lid" and glosses.of("postvak") == "mailbox"
    assert glosses.of("klep") == ""


def test_a_small_build_learns_what_a_whole_one_does(shop: Workshop, tmp_path: Path) -> None:
    folder = bilingual(shop.root / "nl-NL", [*PAIRS.items(), ("sluit deksel", "close cover")])
    shop.index(folder)
    small = (dutch(shop), file_of(shop).read_bytes())
    other = Workshop(tmp_path / "other", second="second")
    other.index(folder)
    assert small[0].glosses.of("deksel") == "cover"
    assert file_of(other).read_bytes() == small[1]


def file_of(shop: Workshop) -> Path:
    return open_manifest(shop.home)[0] / "default" / "nl-NL" / FILE


@pytest.mark.parametrize("damage", ["cut", "unnamed", "unordered"])
def test_a_damaged_file_says_what_to_do(shop: Workshop, damage: str) -> None:
    file, lexical = file_of(shop), dutch(shop).lexical
    with np.load(file) as found:
        arrays = {name: found[name] for name in found.files}
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:100])
    else:
        changed = "places" if damage == "unnamed" else "terms"
        arrays[changed] = arrays[changed] + 10_000 if damage == "unnamed" else arrays[changed][::-1]
        np.savez(file, **arrays)
    with pytest.raises(IndexDamaged, match="index all its sources again"):
        Glosses(file, lexical)
