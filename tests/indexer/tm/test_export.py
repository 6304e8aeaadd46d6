"""Exported memories: valid by a DTD and by structure, and read back unit for unit by translate-toolkit."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from memorykb import HOSTILE, index_memory
from smallkb import Workshop, workshop
from translate.storage.tmx import tmxfile
from translate.storage.xliff2 import Xliff2File

from indexer.report import Quiet
from indexer.tm.export import ExportOptions, ExportReport, export
from indexer.tm.inline import codes, runs_of, source_codes
from indexer.tm.memory import MemoryText, MemoryUnit
from indexer.tm.readtmx import read_tmx
from indexer.tm.tmx import write_tmx
from indexer.tm.xliff import NAMESPACE, write_xliff
from kb.article import Run, visible
from kb.errors import InputError, NotFound

DTD = Path(__file__).with_name("tmx14.dtd")
XLIFF = f"{{{NAMESPACE}}}"
SAFE = {"resolve_entities": False, "no_network": True, "load_dtd": False}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with pytest.MonkeyPatch.context() as patch:
        made = workshop(tmp_path_factory.mktemp("memory"), patch)
        index_memory(made)
        yield made


def exported(shop: Workshop, out: Path, **options: object) -> ExportReport:
    return export(shop.home, out, ExportOptions(**options), Quiet())  # type: ignore[arg-type]


def check_tmx(data: bytes) -> etree._Element:
    tree = etree.fromstring(data, etree.XMLParser(**SAFE))
    dtd = etree.DTD(str(DTD))
    assert dtd.validate(tree), dtd.error_log
    for seg in tree.iter("seg"):
        starts = [e.get("i") for e in seg.iter("bpt")]
        assert len(starts) == len(set(starts)) and sorted(starts) == sorted(
            e.get("i") for e in seg.iter("ept")
        )
    return tree


def check_xliff(data: bytes) -> etree._Element:
    """The core's rules that no schema is needed for (XLIFF 2.0, sections 4.2 and 4.3)."""
    tree = etree.fromstring(data, etree.XMLParser(**SAFE))
    assert tree.tag == f"{XLIFF}xliff" and tree.get("version") == "2.0" and tree.get("trgLang")
    files = list(tree)
    assert files and len({f.get("id") for f in files}) == len(files)
    for file in files:
        units = file.findall(f"{XLIFF}unit")
        assert units and len({u.get("id") for u in units}) == len(units)
        for one in units:
            check_unit(one)
    return tree


def check_unit(unit: etree._Element) -> None:
    names = [etree.QName(child).localname for child in unit]
    assert names == [n for n in ("notes", "originalData", "segment") if n in names]
    data = {d.get("id") for d in unit.iter(f"{XLIFF}data")}
    used = [v for e in unit.iter() for k, v in e.items() if k.startswith("dataRef")]
    assert set(used) == data
    segment = unit.find(f"{XLIFF}segment")
    assert segment is not None and segment.get("state") in ("initial", "translated")
    assert [etree.QName(side).localname for side in segment] == ["source", "target"]
    ids = {}
    for side in segment:
        codes_here = [e for e in side.iter() if etree.QName(e).localname in ("pc", "ph")]
        assert len({e.get("id") for e in codes_here}) == len(codes_here)
        for e in codes_here:
            # a code with the source's id is the source's code
            assert ids.setdefault(e.get("id"), e.tag) == e.tag


def test_tmx_has_every_unit_of_every_locale(shop: Workshop, tmp_path: Path) -> None:
    report = exported(shop, tmp_path / "all.tmx", format="tmx")
    tree = check_tmx((tmp_path / "all.tmx").read_bytes())
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    found = {
        k: sum(1 for v in tree.iter("tuv") if v.get(lang) == k) for k in ("nl-NL", "de-DE", "fr-FR", "en-US")
    }
    # Dutch joins 2 pairs of sentences
    assert found == {"nl-NL": 26, "de-DE": 28, "fr-FR": 2, "en-US": report.units}
    assert report.texts == {"nl-NL": 26, "de-DE": 28, "fr-FR": 2}
    ids = [tu.get("tuid") for tu in tree.iter("tu")]
    assert len(ids) == len(set(ids)) == report.units
    assert {"printing/paper-jam#p102", "printing/paper-jam#102", "printing/paper-jam#103"} <= set(ids)


def test_translate_toolkit_reads_the_tmx_unit_for_unit(shop: Workshop, tmp_path: Path) -> None:
    exported(shop, tmp_path / "de.tmx", format="tmx", locales=("de",))
    read = tmxfile(io.BytesIO((tmp_path / "de.tmx").read_bytes()), "en-US", "de-DE")
    said = {u.getid(): (u.source, u.target) for u in read.units}
    assert len(said) == 28
    assert said["mail/mailbox-full#103"] == ("Open the archive.", "Öffnen Sie das Archiv.")


def test_translate_toolkit_reads_the_xliff_unit_for_unit(shop: Workshop, tmp_path: Path) -> None:
    report = exported(shop, tmp_path / "out", format="xliff")
    assert sorted(Path(f).name for f in report.files) == ["de-DE.xlf", "fr-FR.xlf", "nl-NL.xlf"]
    for file in report.files:
        check_xliff(Path(file).read_bytes())
    read = Xliff2File.parsefile(str(tmp_path / "out" / "de-DE.xlf"))
    assert len(read.units) == 28
    assert ("Open the archive.", "Öffnen Sie das Archiv.") in {(u.source, u.target) for u in read.units}


def test_csv_has_a_column_for_each_locale(shop: Workshop, tmp_path: Path) -> None:
    exported(shop, tmp_path / "all.csv", format="csv", locales=("nl", "de"))
    with (tmp_path / "all.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    full = next(r for r in rows if r["en-US"] == "The mailbox is full")
    assert (full["nl-NL"], full["nl-NL translation"]) == ("Het postvak is vol", "MT")
    assert (full["de-DE"], full["de-DE translation"]) == ("The mailbox is full", "MT untranslated")


def test_what_is_newer_is_another_unit_than_what_it_was(shop: Workshop, tmp_path: Path) -> None:
    exported(shop, tmp_path / "all.tmx", format="tmx")
    lamp = {
        u.properties["x-unit"]: u
        for u in read_tmx(tmp_path / "all.tmx")
        if u.properties["x-article"] == "home/lamp"
    }
    texts = [
        {k: visible(v) for k, v in u.texts.items()}
        for u in read_tmx(tmp_path / "all.tmx")
        if u.properties["x-article"] == "home/lamp" and u.properties["x-unit"] == "102"
    ]
    assert lamp and {"en-US": "Turn the lamp tight.", "de-DE": "Drehen Sie die Lampe fest."} in texts
    assert {"en-US": "Turn the old lamp tight.", "nl-NL": "Draai de oude lamp goed vast."} in texts


def test_distinct_leaves_out_what_was_there(shop: Workshop, tmp_path: Path) -> None:
    whole = exported(shop, tmp_path / "a.tmx", format="tmx").units
    assert exported(shop, tmp_path / "b.tmx", format="tmx", distinct=True).units <= whole
    seen = [repr(u.texts) for u in read_tmx(tmp_path / "b.tmx")]
    assert len(seen) == len(set(seen))


def test_an_unknown_locale_is_said_and_leaves_no_file(shop: Workshop, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no locale 'fi'"):
        exported(shop, tmp_path / "x.tmx", format="tmx", locales=("fi",))
    with pytest.raises(InputError, match="only the source locale"):
        exported(shop, tmp_path / "x.tmx", format="tmx", locales=("en-US",))
    assert list(tmp_path.iterdir()) == []


RUNS = st.lists(
    st.builds(
        Run,
        st.text(max_size=8) | st.just(HOSTILE),
        st.sets(st.sampled_from(["strong", "em", "code", "strike"])).map(lambda marks: tuple(sorted(marks))),
        st.none() | st.text(max_size=5),
        st.none() | st.text(min_size=1, max_size=5),
    ),
    max_size=5,
).map(tuple)


def memory_unit(source: tuple[Run, ...], target: tuple[Run, ...], name: str = "a\x00&\"b'") -> MemoryUnit:
    texts = {"nl-NL": MemoryText(target, "MT", "2024-01-02", True, False)}
    return MemoryUnit(f"{name}#1", "default", name, "1", ("1",), (name,), "en-US", source, None, texts)


@given(RUNS, RUNS)
def test_whatever_a_text_holds_both_formats_stay_valid(
    source: tuple[Run, ...], target: tuple[Run, ...]
) -> None:
    unit = memory_unit(source, target)
    for write, check in (
        (lambda s: write_tmx(s, [unit], "en-US", "1"), check_tmx),
        (lambda s: write_xliff(s, [unit], "en-US", "nl-NL"), check_xliff),
    ):
        stream = io.StringIO()
        write(stream)
        check(stream.getvalue().encode("utf-8"))


@given(RUNS)
def test_runs_come_back_from_their_codes(runs: tuple[Run, ...]) -> None:
    pieces = codes(runs, list(source_codes(codes(runs))))
    back = runs_of(pieces)
    assert visible(back) == visible(runs)
    assert [r.image for r in back if r.image is not None] == [r.image for r in runs if r.image is not None]
    flat = [(c, r.marks, r.href) for r in runs if r.image is None for c in r.text]
    assert [(c, r.marks, r.href) for r in back if r.image is None for c in r.text] == flat
