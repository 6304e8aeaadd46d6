"""Corrected memories: read safely, applied at once and by every later build, and undone."""

import io
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from memorykb import index_memory
from smallkb import Workshop, workshop

from indexer.report import Quiet
from indexer.tm.export import ExportOptions, export
from indexer.tm.importtmx import ImportReport, import_tmx
from indexer.tm.memory import MemoryText, MemoryUnit
from indexer.tm.overlay import overlay_file
from indexer.tm.readtmx import MAX_UNIT, read_tmx
from indexer.tm.tmx import write_tmx
from kb.article import Run, visible
from kb.errors import InputError
from kb.lookup import LookupRequest
from kb.parallel import ParallelRequest

BODY = '<tu><tuv xml:lang="en"><seg>{}</seg></tuv><tuv xml:lang="nl"><seg>{}</seg></tuv></tu>'


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    made = workshop(tmp_path, monkeypatch)
    index_memory(made)
    yield made


def tmx(file: Path, *units: str, doctype: str = "") -> Path:
    file.write_text(
        f'<?xml version="1.0"?>{doctype}<tmx version="1.4"><header/><body>{"".join(units)}</body></tmx>',
        encoding="utf-8",
    )
    return file


def take(shop: Workshop, file: Path, fresh: bool = False) -> ImportReport:
    return import_tmx(file, shop.home, collection=None, fresh=fresh, progress=Quiet())


def dutch(shop: Workshop, article: str, unit: str) -> tuple[str | None, bool]:
    kb = shop.open()
    (row,) = kb.parallel(ParallelRequest(article, ("nl",), unit=unit)).rows
    kb.close()
    return row.texts["nl-NL"].text, row.texts["nl-NL"].corrected


def test_a_correction_holds_at_once_after_a_new_build_and_until_it_is_dropped(shop: Workshop) -> None:
    report = take(shop, tmx(shop.root / "m.tmx", BODY.format("Open the archive.", "Open het postarchief.")))
    assert (report.units, report.stored, report.segments) == (1, {"nl-NL": 1}, {"nl-NL": 1})
    corrected = ("Open het postarchief.", True)
    assert dutch(shop, "mail/mailbox-full", "103") == corrected
    kb = shop.open()
    found = kb.lookup(LookupRequest("postarchief", "nl", ("de",))).matches[0]
    assert (found.unit, found.texts["de-DE"].text) == ("103", "Öffnen Sie das Archiv.")
    kb.close()
    shop.index(shop.root / "nl-NL")
    assert dutch(shop, "mail/mailbox-full", "103") == corrected
    shop.index(shop.root / "de-DE")  # carries nl-NL over
    assert dutch(shop, "mail/mailbox-full", "103") == corrected
    take(shop, tmx(shop.root / "none.tmx"), fresh=True)
    assert dutch(shop, "mail/mailbox-full", "103") == ("Open het archief.", False)


def test_a_corrected_heading_is_the_title_too_until_it_is_dropped(shop: Workshop) -> None:
    def title() -> str:
        kb = shop.open()
        found = str(kb.article("mail/mailbox-full", locale="nl")["title"])
        kb.close()
        return found

    assert title() == "Het postvak is vol"
    take(shop, tmx(shop.root / "m.tmx", BODY.format("The mailbox is full", "De postbus zit vol")))
    assert title() == "De postbus zit vol"
    shop.index(shop.root / "nl-NL")
    assert title() == "De postbus zit vol"
    take(shop, tmx(shop.root / "none.tmx"), fresh=True)
    assert title() == "Het postvak is vol"


def test_an_exported_memory_taken_in_again_corrects_nothing(shop: Workshop) -> None:
    out = shop.root / "all.tmx"
    export(shop.home, out, ExportOptions("tmx"), Quiet())
    before = shop.tree()
    report = take(shop, out)
    assert (report.segments, report.articles, report.corrections) == ({}, {}, 0)
    assert {k: v for k, v in shop.tree().items() if not k.startswith("overlays")} == before


def test_what_names_its_unit_holds_there_alone_with_its_markup(shop: Workshop) -> None:
    out = shop.root / "all.tmx"
    export(shop.home, out, ExportOptions("tmx", ("nl",)), Quiet())
    edited = out.read_text(encoding="utf-8").replace("In leven houden", "Actief houden")
    out.write_text(edited, encoding="utf-8")
    report = take(shop, out)
    assert (report.corrections, report.segments) == (1, {"nl-NL": 1})
    kb = shop.open()
    article = kb.article("vpn/tunnel-drops", locale="nl")
    kb.close()
    (segment,) = [s for b in article["blocks"] for s in b["segments"] if s["unit"] == "103"]
    assert segment["target"] == "Kies Actief houden in de client."
    assert segment["original"] == "Kies In leven houden in de client."
    assert [(r["text"], r.get("marks"), r.get("href")) for r in segment["target_runs"]] == [
        ("Kies ", None, None),
        ("Actief houden", ["strong"], None),
        (" in ", None, None),
        ("de client", None, "../a.md"),
        (".", None, None),
    ]


def test_a_link_that_the_article_does_not_have_is_dropped_and_its_text_kept(shop: Workshop) -> None:
    link = '<bpt i="1" type="link">[</bpt>hier<ept i="1">](javascript:alert(1))</ept>'
    take(shop, tmx(shop.root / "m.tmx", BODY.format("Open the archive.", f"Klik {link}.")))
    assert dutch(shop, "mail/mailbox-full", "103") == ("Klik hier.", True)
    assert b"javascript" not in (shop.home / "current").read_bytes()
    kb = shop.open()
    assert "javascript" not in str(kb.article("mail/mailbox-full", locale="nl"))
    kb.close()


@pytest.mark.parametrize(
    ("doctype", "unit", "says"),
    [
        ('<!DOCTYPE tmx [<!ENTITY a "b">]>', "", "document type with a body"),
        ('<!DOCTYPE tmx SYSTEM "tmx14.dtd">', BODY.format("&a;", "b"), "entit"),
        ("", "<tu>", "no readable XML"),
        ("", "<a>" * 40 + "</a>" * 40, "nested more than"),
        ("", BODY.format("a", "b" * (MAX_UNIT + 1)), "more than 1,000,000 characters"),
        ("", BODY.format("a", "b").replace('"nl"', '"fi"'), "none with a source"),
    ],
)
def test_what_is_refused_is_said_with_its_line_and_changes_nothing(
    shop: Workshop, doctype: str, unit: str, says: str
) -> None:
    before = shop.tree()
    with pytest.raises(InputError, match=says):
        take(shop, tmx(shop.root / "m.tmx", unit, doctype=doctype))
    assert shop.tree() == before
    assert not overlay_file(shop.home, "default").exists()


def test_another_document_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.tmx"
    file.write_text("<html/>", encoding="utf-8")
    with pytest.raises(InputError, match="expected 'tmx'"):
        list(read_tmx(file))


TEXTS = st.text(max_size=20)


@given(TEXTS, TEXTS)
def test_whatever_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, source: str, target: str
) -> None:
    file = tmp_path_factory.mktemp("tmx") / "m.tmx"
    texts = {"nl-NL": MemoryText((Run(target, ("strong",)),), None, None, True, False)}
    stream = io.StringIO()
    write_tmx(
        stream,
        [MemoryUnit("a#1", "c", "a", "1", ("1",), (), "en-US", (Run(source),), None, texts)],
        "en-US",
        "1",
    )
    file.write_bytes(stream.getvalue().encode("utf-8"))
    (read,) = read_tmx(file)
    assert visible(read.texts["en-US"]) == tidied(source)
    assert visible(read.texts["nl-NL"]) == tidied(target)


def tidied(text: str) -> str:
    """NFC, blanks collapsed and none at the ends: as the parser leaves visible text."""

    return re.sub(r"[ \t\n\r\f\v]+", " ", unicodedata.normalize("NFC", text)).strip(" ")


@given(st.binary(max_size=200))
def test_whatever_a_file_holds_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    file = tmp_path_factory.mktemp("tmx") / "m.tmx"
    file.write_bytes(data)
    with pytest.raises(InputError):
        list(read_tmx(file))
