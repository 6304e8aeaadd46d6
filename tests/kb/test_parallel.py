"""Articles side by side, over a knowledge base that is built."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from memorykb import index_memory
from smallkb import workshop

from kb.errors import InputError, NotFound
from kb.knowledge import KnowledgeBase
from kb.parallel import ParallelRequest, ParallelRow


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with pytest.MonkeyPatch.context() as patch:
        shop = workshop(tmp_path_factory.mktemp("memory"), patch)
        index_memory(shop)
        opened = shop.open()
        yield opened
        opened.close()


def row(kb: KnowledgeBase, article: str, unit: str, *locales: str) -> ParallelRow:
    (found,) = kb.parallel(ParallelRequest(article, locales, unit=unit)).rows
    return found


def test_all_locales_stand_side_by_side_the_source_first(kb: KnowledgeBase) -> None:
    found = kb.parallel(ParallelRequest("mail/mailbox-full"))
    assert list(found.locales) == ["en-US", "de-DE", "fr-FR", "nl-NL"]
    assert found.locales["fr-FR"] is None
    archive = next(r for r in found.rows if r.source_text == "Open the archive.")
    assert {name: (t.text, t.status, t.translation) for name, t in archive.texts.items()} == {
        "en-US": ("Open the archive.", "translated", "MT"),
        "de-DE": ("Öffnen Sie das Archiv.", "translated", "MT"),
        "fr-FR": (None, "missing", None),
        "nl-NL": ("Open het archief.", "translated", "MT"),
    } | {"en-US": ("Open the archive.", "translated", None)}


def test_a_text_equal_to_its_source_is_untranslated(kb: KnowledgeBase) -> None:
    assert row(kb, "mail/mailbox-full", "101").texts["de-DE"].status == "untranslated"


def test_a_p_unit_is_joined_to_the_numbers_that_it_covers(kb: KnowledgeBase) -> None:
    joined = row(kb, "printing/paper-jam", "p102")
    assert (joined.unit, joined.covers) == ("p102", ["102", "103"])
    assert joined.texts["nl-NL"].units == ["p102"]
    assert joined.texts["de-DE"].units == ["102", "103"]
    assert joined.texts["de-DE"].text == "Tun Sie dies, wenn ein Blatt feststeckt. Es dauert eine Minute."
    assert row(kb, "printing/paper-jam", "103").covers == ["102", "103"]
    # without the locale that joins them they stand alone
    assert row(kb, "printing/paper-jam", "103", "de-DE").covers == ["103"]


def test_what_translates_an_older_source_is_outdated_only_where_that_differs(kb: KnowledgeBase) -> None:
    found = kb.parallel(ParallelRequest("home/lamp", ("de", "nl", "fr")))
    assert [(r.source_text, {k: t.status for k, t in r.texts.items()}) for r in found.rows] == [
        ("The lamp", {"de-DE": "translated", "nl-NL": "translated", "fr-FR": "translated"}),
        ("Turn the lamp tight.", {"de-DE": "translated", "nl-NL": "outdated", "fr-FR": "missing"}),
        ("Switch it on.", {"de-DE": "translated", "nl-NL": "translated", "fr-FR": "translated"}),
    ]
    assert found.rows[1].texts["nl-NL"].source_text == "Turn the old lamp tight."
    assert found.locales["nl-NL"] is not None and found.locales["nl-NL"].date == "2023-01-01"


def test_a_passage_gives_its_rows_alone(kb: KnowledgeBase) -> None:
    everything = kb.parallel(ParallelRequest("printing/paper-jam")).rows
    numbers = {r.passage for r in everything if r.passage is not None}
    assert len(numbers) > 1
    for passage in numbers:
        found = kb.parallel(ParallelRequest("printing/paper-jam", passage=passage)).rows
        assert found == [r for r in everything if r.passage == passage]
        assert found == kb.parallel(ParallelRequest("printing/paper-jam", passage=passage.split("#")[1])).rows


def test_what_is_not_there_is_said(kb: KnowledgeBase) -> None:
    with pytest.raises(NotFound, match="no article 'nowhere'"):
        kb.parallel(ParallelRequest("nowhere"))
    with pytest.raises(NotFound, match="no locale 'fi'"):
        kb.parallel(ParallelRequest("home/lamp", ("fi",)))
    with pytest.raises(NotFound, match="no unit '999'"):
        kb.parallel(ParallelRequest("home/lamp", unit="999"))
    with pytest.raises(InputError, match="expected a number"):
        kb.parallel(ParallelRequest("home/lamp", passage="one"))


def test_monolingual_trees_stand_side_by_side_by_their_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = workshop(tmp_path, monkeypatch)
    for locale, title, text in (("en-US", "Kettle", "Fill it."), ("nl-NL", "Ketel", "Vul hem.")):
        file = tmp_path / locale / "tea.md"
        file.parent.mkdir()
        file.write_text(f"# {title}\n\n{text}\n", encoding="utf-8")
    shop.index(tmp_path / "en-US", tmp_path / "nl-NL")
    opened = shop.open()
    rows = opened.parallel(ParallelRequest("tea")).rows
    opened.close()
    assert [(r.unit, r.texts["en-US"].text, r.texts["nl-NL"].text) for r in rows] == [
        (None, "Kettle", "Ketel"),
        (None, "Fill it.", "Vul hem."),
    ]
