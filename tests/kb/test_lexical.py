"""The lexical index: exact scores against an independent BM25, order, damage, readers that cannot write."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import bm25s
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.errors import IndexDamaged, InputError
from kb.lexical import LexicalIndex, LexicalSettings
from kb.lexicalfields import FIELDS
from kb.lexicalwriter import LexicalRow, build_lexical
from kb.postings import idf, saturation
from kb.text import analyse, fourgrams

ONLY_STEMS = LexicalSettings(gram=0, title=0, title_stem=0, exact=0)
ARTICLES = [
    ("Paper jam", "Open the rear cover and pull the paper out slowly."),
    ("Faded print", "Replace the toner. If error 0x6100004A returns, clean the drum."),
    ("Scanner offline", "Restart the scanner, then run Restart-Service on the print server."),
    ("Paper jam", "A jam near the fuser: let the printer cool down before you pull the paper."),
    ("Duplex printing", "Choose two-sided printing in the printer preferences. Update to firmware 5.7.1."),
]


def build(folder: Path, articles: Sequence[tuple[str, str]], language: str = "en") -> Path:
    build_lexical(folder, (LexicalRow(n, *article) for n, article in enumerate(articles)), language)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("index") / "en", ARTICLES)


@pytest.fixture(scope="module")
def index(folder: Path) -> LexicalIndex:
    return LexicalIndex(folder, "en")


def found(index: LexicalIndex, query: str) -> list[int]:
    return [hit.row for hit in index.search(query, 10)]


def generated(rows: int) -> list[tuple[str, str]]:
    """Articles of Zipf-distributed words, the same each time."""
    random = np.random.default_rng(7)
    ranks = np.minimum(random.zipf(1.3, size=(rows, 40)), 3_000)
    lengths = random.integers(1, 40, size=rows)
    return [("", " ".join(f"w{rank:x}z" for rank in row[:n])) for row, n in zip(ranks, lengths, strict=True)]


def test_the_row_that_says_it_comes_first(index: LexicalIndex) -> None:
    assert found(index, "clean the drum")[0] == 1
    assert found(index, "printers' preferences")[0] == 4
    assert found(index, "fuser is jammed")[0] == 3


def test_identifiers_are_found_to_the_letter(folder: Path) -> None:
    index = LexicalIndex(folder, "en", LexicalSettings(stem=0, gram=0, title=0, title_stem=0))
    assert found(index, "what is 0X6100004a") == found(index, "6100004a") == [1]
    assert found(index, "restart-service") == [2]
    assert found(index, "5.7.1") == [4]
    assert found(index, "restart the service") == []


def test_parts_of_compounds_and_typos_are_found(tmp_path: Path) -> None:
    german = build(
        tmp_path / "de", [("Fuser", "Warten Sie."), ("Druckereinstellungen", "Papierformat wählen.")], "de"
    )
    index = LexicalIndex(german, "de")
    assert (
        found(index, "Einstellung")
        == found(index, "Drukcereinstellung")
        == found(index, "papier format")
        == [1]
    )


def test_scripts_without_spaces(tmp_path: Path) -> None:
    articles = [("紙詰まり", "後ろのカバーを開けて紙を取り出す。"), ("印刷が薄い", "トナーを交換する。")]
    index = LexicalIndex(build(tmp_path / "ja", articles, "ja"), "ja")
    assert found(index, "トナー交換") == [1]
    assert found(index, "カバーが開かない") == [0]


@pytest.mark.parametrize("query", ["", "  ", "?!…", "🖨"])
def test_no_words_no_hits(index: LexicalIndex, query: str) -> None:
    assert index.search(query, 10) == []
    assert index.score(query, [0, 1]).tolist() == [0.0, 0.0]


def test_unknown_words_lower_the_score(index: LexicalIndex) -> None:
    assert index.search("xylophone quartz", 10) == []
    scores = [index.score(query, [1])[0] for query in ("drum", "drum quartz", "drum quartz xylophone")]
    assert 1 > scores[0] > scores[1] > scores[2] > 0


def test_hits_are_ordered_by_score_then_row(tmp_path: Path) -> None:
    index = LexicalIndex(build(tmp_path / "en", [("", "toner"), ("", "paper toner"), ("", "toner")]), "en")
    hits = index.search("toner", 10)
    assert [hit.row for hit in hits] == [0, 2, 1]
    assert hits[0].score == hits[1].score > hits[2].score
    assert index.search("toner", 2) == hits[:2]
    assert index.search("toner", 0) == []


def test_scores_equal_those_of_bm25s(tmp_path: Path) -> None:
    articles = generated(2_000)
    index = LexicalIndex(build(tmp_path / "en", articles), "en", ONLY_STEMS)
    rival = bm25s.BM25(method="lucene", k1=1.2, b=0.75, dtype="float64")
    rival.index([[t.text for t in analyse(text, "en")] for _, text in articles], show_progress=False)
    for query in [text for _, text in articles[:40]]:
        terms = sorted({token.text for token in analyse(query, "en")})
        expected = rival.get_scores(terms)
        df = np.array([sum(rival.get_scores([term]) > 0) for term in terms])
        expected = expected / idf(df, len(articles)).sum()
        assert index.score(query, range(len(articles))) == pytest.approx(expected, abs=1e-5)
        best = np.lexsort((np.arange(len(expected)), -expected))[:20]
        assert [hit.row for hit in index.search(query, 20)] == best.tolist()


def test_all_fields_add_up_as_documented(folder: Path) -> None:
    settings = LexicalSettings(k1=1.6, b=0.3, stem=2, gram=0.5, title=0, title_stem=0, exact=0)
    query = "paper toner quartz"
    streams = {"stem": lambda text: analyse(text, "en"), "gram": fourgrams}
    scores, reachable = np.zeros(len(ARTICLES)), 0.0
    for field, stream in streams.items():
        rows = [
            [t.text for t in stream(f"{title} {text}" if field == "gram" else text)]
            for title, text in ARTICLES
        ]
        lengths = [len(row) for row in rows]
        for term in {token.text for token in stream(query)}:
            tf = [row.count(term) for row in rows]
            weight = settings.weight(field) * idf(np.count_nonzero(tf), len(rows))
            scores += weight * saturation(tf, lengths, float(np.mean(lengths)), 1.6, 0.3)
            reachable += float(weight)
    assert LexicalIndex(folder, "en", settings).score(query, range(5)) == pytest.approx(scores / reachable)


def test_proposals_miss_nothing_that_belongs_to_the_best(tmp_path: Path) -> None:
    articles = generated(3_000)
    index = LexicalIndex(build(tmp_path / "en", articles), "en")
    for _, query in articles[::100]:
        exact = index.score(query, range(len(articles)))
        best = np.lexsort((np.arange(len(exact)), -exact))[:50]
        assert [hit.row for hit in index.search(query, 50)] == [int(row) for row in best if exact[row] > 0]


def test_scores_of_any_rows_are_those_of_the_hits(index: LexicalIndex) -> None:
    hits = index.search("pull the paper out of the printer", 10)
    rows = [hit.row for hit in hits]
    assert index.score("pull the paper out of the printer", [*rows, rows[0]])[:-1] == pytest.approx(
        [hit.score for hit in hits], abs=1e-15
    )
    with pytest.raises(InputError, match="of a lexical index of 5 rows"):
        index.score("paper", [5])


def test_a_huge_query_keeps_its_rarest_words(tmp_path: Path) -> None:
    articles = [("", f"common word{n}") for n in range(200)]
    folder = build(tmp_path / "en", articles)
    index = LexicalIndex(folder, "en", LexicalSettings(gram=0, title=0, title_stem=0, exact=0, max_terms=3))
    query = "common " + " ".join(f"unheard{n}" for n in range(1_000)) + " word7 word8 word9"
    hits = index.search(query, 200)
    assert [hit.row for hit in hits] == [7, 8, 9]
    assert 0 < hits[0].score < 0.01


def test_the_same_rows_give_the_same_index(tmp_path: Path, folder: Path) -> None:
    again = build(tmp_path / "again", ARTICLES)
    names = sorted(p.name for p in folder.iterdir() if p.is_file())
    assert names == [
        "counts.npy",
        "fields.npy",
        "lengths.npy",
        "lexical.json",
        "rows.npy",
        "starts.npy",
        "terms.npy",
    ]
    for name in names:
        assert (again / name).read_bytes() == (folder / name).read_bytes()
    modes = {path.stat().st_mode for path in folder.rglob("*") if path.is_file()}
    assert len(modes) == 1
    segments = json.loads((folder / "tantivy" / "meta.json").read_text())["segments"]
    assert len(segments) == 1


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    index = LexicalIndex(build(tmp_path / "en", []), "en")
    assert index.search("paper", 10) == []
    assert index.score("paper", []).tolist() == []
    index = LexicalIndex(build(tmp_path / "blank", [("", ""), ("", "…")]), "en")
    assert index.search("paper", 10) == []


def test_rows_that_hold_more_than_narrow_types(tmp_path: Path) -> None:
    articles = [("", "paper " * 70_000)] + [("", "toner")] * 300
    index = LexicalIndex(build(tmp_path / "en", articles), "en", ONLY_STEMS)
    mean = (70_000 + 300) / 301
    expected = saturation(70_000, 70_000, mean, 1.2, 0.75)
    assert index.score("paper", [0])[0] == pytest.approx(float(expected))
    assert found(index, "toner") == list(range(1, 11))


def test_rows_count_up_from_zero_in_a_new_folder(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(InputError, match="lexical row 7 found where 0 was expected"):
        build_lexical(tmp_path / "en", [LexicalRow(7, "a", "b")], "en")
    with pytest.raises(InputError, match="is not empty"):
        build_lexical(folder, [], "en")


@pytest.mark.parametrize(
    "name", ["lexical.json", "terms.npy", "rows.npy", "lengths.npy", "tantivy/meta.json"]
)
@pytest.mark.parametrize("damage", ["missing", "empty", "cut"])
def test_damage_is_told(tmp_path: Path, name: str, damage: str) -> None:
    broken = build(tmp_path / "en", ARTICLES)
    content = (broken / name).read_bytes()
    (broken / name).unlink()
    if damage != "missing":
        (broken / name).write_bytes(b"" if damage == "empty" else content[: len(content) // 2])
    with pytest.raises(IndexDamaged, match="index again"):
        LexicalIndex(broken, "en")


def test_another_language_is_told(folder: Path) -> None:
    with pytest.raises(IndexDamaged, match=r"'en'.*expected.*'nl'"):
        LexicalIndex(folder, "nl")


def test_reading_leaves_the_folder_alone_and_needs_no_right_to_write(tmp_path: Path) -> None:
    folder = build(tmp_path / "index", ARTICLES)
    before = {path: path.stat().st_mtime_ns for path in [folder, *folder.rglob("*")]}
    for path in before:
        path.chmod(0o555 if path.is_dir() else 0o444)
    code = (
        "import sys; from pathlib import Path; from kb.lexical import LexicalIndex; "
        "print([h.row for h in LexicalIndex(Path(sys.argv[1]), 'en').search('toner', 3)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True
    )
    for path in before:
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert done.stdout == "[1]\n"
    assert {path: path.stat().st_mtime_ns for path in [folder, *folder.rglob("*")]} == before


def test_threads_share_a_reader(index: LexicalIndex) -> None:
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: index.search("paper in the printer", 5), range(200)))
    assert all(result == results[0] for result in results)
    assert results[0]


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_query_is_answered(index: LexicalIndex, query: str) -> None:
    hits = index.search(query, 3)
    assert len(hits) <= 3
    assert all(0 < hit.score < 1 and 0 <= hit.row < len(ARTICLES) for hit in hits)


@settings(deadline=None, max_examples=10)
@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=60)), min_size=1, max_size=5))
def test_any_article_finds_itself(articles: list[tuple[str, str]]) -> None:
    with TemporaryDirectory() as temporary:
        index = LexicalIndex(build(Path(temporary) / "any", articles), "en", ONLY_STEMS)
    for n, (_, text) in enumerate(articles):
        if analyse(text, "en"):
            assert n in found(index, text)


def test_fields_are_the_settings(folder: Path) -> None:
    assert [LexicalSettings(stem=1, gram=2, title=3, title_stem=4, exact=5).weight(f) for f in FIELDS] == [
        1,
        2,
        3,
        4,
        5,
    ]
    assert json.loads((folder / "lexical.json").read_text())["fields"] == list(FIELDS)
