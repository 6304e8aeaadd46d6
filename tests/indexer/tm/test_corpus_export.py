"""The exported memories of twelve locales of real articles, read back text for text by another program."""

from __future__ import annotations

import copy
import csv
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from lxml import etree
from rawunits import Files, unit_file
from smallkb import Workshop
from translate.misc.xml_helpers import getText
from translate.storage.tmx import tmxfile
from translate.storage.xliff2 import Xliff2File

from indexer.report import Quiet
from indexer.tm.export import ExportOptions, export
from indexer.tm.xliff import NAMESPACE

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]
DTD = Path(__file__).with_name("tmx14.dtd")
XLIFF = f"{{{NAMESPACE}}}"
# article, source without blanks, text
Texts = Counter[tuple[str, str, str]]


@pytest.fixture(scope="module")
def expected(corpus_shop: Workshop, corpus_files: Files) -> dict[str, Texts]:
    """What each locale's units say, of those that have both sides."""
    texts: dict[str, Texts] = {}
    for locale, articles in corpus_files.items():
        stored = unit_file(corpus_shop, locale)
        texts[locale] = Counter()
        for path in articles:
            article = stored.article(path)
            assert article is not None
            texts[locale].update(
                (path, "".join(u.source.split()), u.text)
                for u in article.units
                if u.source is not None and u.source.strip() and u.text
            )
    return texts


def said(side: etree._Element) -> str:
    """What translate-toolkit reads in a side of a unit; characters that XML can't hold are codes of their own."""
    plain = copy.deepcopy(side)
    for code in plain.xpath("bpt|ept|ph[not(@type='x-char')]"):
        code.text = None
    for code in plain.xpath("ph[@type='x-char']"):
        code.text = f"\ue000{code.text}\ue000"
    for code in plain.iter(f"{XLIFF}cp"):
        code.text = f"\ue000U+{code.get('hex')}\ue000"
    read: str = getText(plain, "preserve")
    return re.sub("\ue000U\\+([0-9A-F]+)\ue000", lambda m: chr(int(m[1], 16)), read)


def compare(found: Texts, expected: Texts, locale: str) -> None:
    assert found.total() == expected.total(), locale
    assert found == expected, (locale, list((found - expected).items())[:3])


def test_tmx_is_valid_and_has_every_text_of_every_locale(
    corpus_shop: Workshop, expected: dict[str, Texts], tmp_path: Path
) -> None:
    out = tmp_path / "all.tmx"
    report = export(corpus_shop.home, out, ExportOptions("tmx"), Quiet())
    dtd = etree.DTD(str(DTD))
    memory = tmxfile.parsestring(out.read_bytes())
    assert dtd.validate(memory.document), dtd.error_log
    assert len(memory.units) == report.units
    assert len({u.getid() for u in memory.units}) == report.units
    found: dict[str, Texts] = defaultdict(Counter)
    for unit in memory.units:
        article = unit.xmlelement.findtext("prop[@type='x-article']")
        nodes = unit.getlanguageNodes()
        segs = {n.get("{http://www.w3.org/XML/1998/namespace}lang"): n.find("seg") for n in nodes}
        assert len(segs) == len(nodes)
        source = "".join(said(segs["en-US"]).split())
        for locale, seg in segs.items():
            found[locale][article, source, said(seg)] += 1
    assert set(found) == {*expected, "en-US"}
    for locale, texts in expected.items():
        assert report.texts[locale] == texts.total()
        compare(found[locale], texts, locale)
    print(f"TMX: {sum(t.total() for t in expected.values())} texts in {report.units} units")


def test_xliff_has_every_text_of_every_locale(
    corpus_shop: Workshop, expected: dict[str, Texts], tmp_path: Path
) -> None:
    report = export(corpus_shop.home, tmp_path, ExportOptions("xliff"), Quiet())
    assert sorted(Path(f).stem for f in report.files) == sorted(expected)
    for locale, texts in expected.items():
        memory = Xliff2File.parsefile(str(tmp_path / f"{locale}.xlf"))
        assert (memory.sourcelanguage, memory.targetlanguage) == ("en-US", locale)
        found: Texts = Counter()
        ids = set()
        for segment in memory.units:
            unit = segment.getunitelement()
            file = unit.getparent()
            ids.add((file.get("id"), unit.get("id")))
            source, target = (segment.xmlelement.find(f"{XLIFF}{side}") for side in ("source", "target"))
            found[file.get("original"), "".join(said(source).split()), said(target)] += 1
        assert len(ids) == len(memory.units)
        compare(found, texts, locale)
    print(f"XLIFF: {sum(t.total() for t in expected.values())} texts in {len(report.files)} files")


def test_csv_has_every_text_of_every_locale(
    corpus_shop: Workshop, expected: dict[str, Texts], tmp_path: Path
) -> None:
    out = tmp_path / "all.csv"
    report = export(corpus_shop.home, out, ExportOptions("csv"), Quiet())
    csv.field_size_limit(sys.maxsize)
    found: dict[str, Texts] = defaultdict(Counter)
    units = 0
    with out.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            units += 1
            source = "".join(row["en-US"].split())
            for locale in expected:
                if row[locale]:
                    found[locale][row["article"], source, row[locale]] += 1
    assert units == report.units
    for locale, texts in expected.items():
        compare(found[locale], texts, locale)
    print(f"CSV: {sum(t.total() for t in expected.values())} texts in {units} lines")
