"""Bilingual terms: from bold, links, short units and repeated phrases, with the places where they stand."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path

from smallkb import unit

from indexer.phrases import common_words, phrases, target_grams
from indexer.pool import mapped
from indexer.report import Quiet
from indexer.terms import BilingualTerm, Link, Translation, bilingual_terms
from indexer.termsreport import write_terms_csv, write_terms_json

TEXTS = [
    ("Select **Save** on the paper tray.", "Kies **Opslaan** op de papierlade."),
    ("Press **Save**.", "Druk op **Opslaan**."),
    ("Then **Save**.", "Dan **Bewaren**."),
    ("Open the paper tray now.", "Trek nu de papierlade open."),
    ("A paper tray is empty.", "Een papierlade is leeg."),
    ("Clean the [paper tray](tray.md).", "Maak de [papierlade](tray.md) schoon."),
    ("Toner", "Inkt"),
    ("Toner", "Inkt"),
    ("Toner", "Inkt"),
    ("The lid is closed.", "De klep is dicht."),
    ("Nothing else moves.", "Verder beweegt er niets."),
    ("Ring the bell twice.", "Bel twee keer aan."),
    *[(f"Nobody answers on floor {n}.", f"Niemand antwoordt op verdieping {n}.") for n in range(12)],
]


def found(tmp_path: Path, least: int = 3) -> dict[str, BilingualTerm]:
    file = tmp_path / "nl-NL" / "a.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    body = "\n\n".join(unit(str(n), t, s) for n, (s, t) in enumerate(TEXTS, 101))
    file.write_text(body, encoding="utf-8")
    return {term.source: term for term in bilingual_terms([tmp_path], None, least, Quiet())}


def test_labels_in_bold_are_paired_by_their_order(tmp_path: Path) -> None:
    save = found(tmp_path)["save"]
    assert (save.locale, save.count) == ("nl-NL", 3)
    assert [(one.target, one.count, one.origins) for one in save.translations] == [
        ("opslaan", 2, ("bold",)),
        ("bewaren", 1, ("bold",)),
    ]
    assert save.translations[0].links == (Link("a", "101", 1), Link("a", "102", 3))


def test_phrases_that_repeat_are_aligned_by_what_their_translations_share(tmp_path: Path) -> None:
    (tray,) = found(tmp_path)["paper tray"].translations
    assert (tray.target, tray.count, tray.origins) == ("papierlade", 4, ("link", "phrase"))


def test_short_units_are_terms_as_a_whole(tmp_path: Path) -> None:
    (toner,) = found(tmp_path)["toner"].translations
    assert (toner.target, toner.count, toner.origins) == ("inkt", 3, ("text",))


def test_rare_ones_are_left_out(tmp_path: Path) -> None:
    assert "toner" not in found(tmp_path, 4)
    assert "paper tray" in found(tmp_path, 4)


def test_phrases_stay_within_a_clause_and_end_in_words_that_mean_something() -> None:
    found = set(phrases("Open the paper tray, then close it."))
    assert found == {"paper tray", "open the paper", "open the paper tray"}


def test_words_of_scripts_without_spaces_are_runs_of_characters() -> None:
    assert {"用紙", "用紙トレイ", "トレイ"} <= set(target_grams("用紙トレイを開く"))
    assert "de lade" in set(target_grams("Open de lade."))


def test_what_is_common_everywhere_is_no_translation() -> None:
    targets = ["de lade is leeg", "open de lade", "trek de lade"]
    assert common_words(targets, Counter({"de": 90, "lade": 3, "de lade": 3}), 100) == "de lade"
    assert common_words(["a b", "c d", "e f"], Counter(), 100) is None


TERM = BilingualTerm(
    "nl-NL", "=save", 2, (Translation("op, slaan", 2, ("bold", "link"), (Link("a b", "7", 1),)),)
)


def test_json_and_csv_say_the_same() -> None:
    out = io.StringIO()
    write_terms_json([TERM, TERM], out)
    told = json.loads(out.getvalue())
    assert told["version"] == 1
    assert told["terms"][1]["translations"][0]["links"] == [{"article": "a b", "unit": "7", "line": 1}]
    out = io.StringIO()
    write_terms_csv([TERM], out)
    head, row = csv.reader(io.StringIO(out.getvalue()))
    assert dict(zip(head, row, strict=True)) == {
        "locale": "nl-NL",
        "source": "'=save",
        "target": "op, slaan",
        "count": "2",
        "source_count": "2",
        "origins": "bold+link",
        "links": "a b#7",
    }


def test_work_in_chunks_keeps_the_order() -> None:
    assert list(mapped(lambda chunk: [n * 2 for n in chunk], range(100), workers=1)) == [
        n * 2 for n in range(100)
    ]
