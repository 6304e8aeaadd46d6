"""Scores of rankings: against formulas written out by hand here, and against TREC files read back by ir-measures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import ir_measures
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import metrics
from indexer.evalsets import Query
from indexer.metrics import language_group, mean_scores, score_rankings, score_table
from indexer.trec import document, gains, qrels_lines, run_lines, write_lines
from kb.errors import InputError

# query: articles found, best first; and their gains
RUN = {
    "first": ["a", "b", "c"],
    "third": ["x", "part", "a"],
    "two": ["x", "b", "y", "a"],
    "eleventh": [f"x{n}" for n in range(10)] + ["a"],
    "nothing": ["x", "y"],
    "partial": ["part"],
}
JUDGED = {
    "first": gains(["a"], []),
    "third": gains(["a"], ["part"]),
    "two": gains(["a", "b"], []),
    "eleventh": gains(["a"], []),
    "nothing": gains(["a"], ["part"]),
    "partial": gains(["a"], ["part"]),
    "unasked": gains(["a"], []),
}


def by_hand(found: Sequence[str], gain: Mapping[str, int]) -> dict[str, float]:
    """The formulas as the papers have them, with no library."""
    right = [n for n, path in enumerate(found, 1) if gain.get(path) == 3]
    best = min(right, default=math.inf)
    wanted = sum(g == 3 for g in gain.values())

    def dcg(values: Sequence[int]) -> float:
        return sum(value / math.log2(n + 1) for n, value in enumerate(values[:10], 1))

    return {
        **{f"success@{k}": float(best <= k) for k in (1, 5, 10)},
        "mrr@10": 1 / best if best <= 10 else 0.0,
        "ndcg@10": dcg([gain.get(path, 0) for path in found]) / dcg(sorted(gain.values(), reverse=True)),
        "recall@10": sum(n <= 10 for n in right) / wanted,
    }


def test_scores_are_what_the_formulas_give_by_hand() -> None:
    scores = score_rankings(RUN, JUDGED)
    assert set(scores) == set(JUDGED)
    for query, gain in JUDGED.items():
        assert scores[query] == pytest.approx(by_hand(RUN.get(query, []), gain)), query
    assert scores["third"]["mrr@10"] == pytest.approx(1 / 3)
    assert scores["third"]["ndcg@10"] == pytest.approx((1 / math.log2(3) + 3 / 2) / (3 + 1 / math.log2(3)))
    assert scores["partial"]["success@10"] == 0


@settings(deadline=None)
@given(
    st.permutations([f"p{n}" for n in range(15)]),
    st.sets(st.integers(0, 14), min_size=1),
    st.sets(st.integers(0, 14)),
)
def test_any_ranking_scores_as_by_hand(found: list[str], right: set[int], partial: set[int]) -> None:
    judged = {"q": gains([f"p{n}" for n in sorted(right)], [f"p{n}" for n in sorted(partial)])}
    assert score_rankings({"q": found}, judged)["q"] == pytest.approx(by_hand(found, judged["q"]))


def test_the_trec_files_give_ir_measures_the_same_figures(tmp_path: Path) -> None:
    run = {**RUN, "blank": ["a path/with 100 % blanks", "b"]}
    judged = {**JUDGED, "blank": gains(["a path/with 100 % blanks"], [])}
    write_lines(tmp_path / "run.trec", run_lines(run, "kb"))
    write_lines(tmp_path / "qrels.trec", qrels_lines(judged))
    read_back = ir_measures.calc_aggregate(
        [ir_measures.nDCG @ 10, ir_measures.RR(rel=3) @ 10, ir_measures.Success(rel=3) @ 5],
        ir_measures.read_trec_qrels(str(tmp_path / "qrels.trec")),
        ir_measures.read_trec_run(str(tmp_path / "run.trec")),
    )
    means = mean_scores(score_rankings(run, judged).values())
    for measure, name in ((ir_measures.nDCG @ 10, "ndcg@10"), (ir_measures.RR(rel=3) @ 10, "mrr@10")):
        assert means[name] == pytest.approx(read_back[measure], abs=1e-4)
    assert means["success@5"] == pytest.approx(read_back[ir_measures.Success(rel=3) @ 5], abs=1e-4)


def test_a_run_has_its_six_columns_and_scores_that_keep_its_order() -> None:
    assert list(run_lines({"q": ["b c", "a"]}, "kb")) == ["q Q0 b%20c 1 2 kb\n", "q Q0 a 2 1 kb\n"]
    assert list(qrels_lines({"q": {"a": 3, "b": 1}})) == ["q 0 a 3\n", "q 0 b 1\n"]
    assert document("100%/a\u2003b") == "100%25/a%E2%80%83b"


def test_an_article_that_answers_keeps_its_gain_though_it_is_called_partial_too() -> None:
    assert gains(["a"], ["a", "b"]) == {"a": 3, "b": 1}


def test_means_count_queries_and_misses() -> None:
    means = mean_scores(score_rankings(RUN, JUDGED).values())
    assert (means["queries"], means["misses@10"], means["success@1"]) == (7, 4, round(1 / 7, 4))
    assert mean_scores([]) == {"queries": 0}


@pytest.mark.parametrize(
    ("lang", "group"),
    [
        ("en", "en"), ("en-GB", "en"), ("nl", "installed"), ("pt", "installed"), ("zh-CN", "installed"),
        ("zh-TW", "not_installed"), ("fi", "not_installed"),
    ],
)  # fmt: skip
def test_a_language_is_installed_where_its_locale_and_script_are(lang: str, group: str) -> None:
    assert language_group(lang, ["en-US", "nl-NL", "pt-BR", "zh-CN"]) == group


def query(name: str, lang: str, style: str = "howto") -> Query:
    return Query(name, lang, style, "text", "a", frozenset({"1"}), (), (), "here:1")


def test_the_table_has_every_group_that_has_queries() -> None:
    asked = [query("first", "en"), query("third", "nl", "error"), query("nothing", "nl")]
    table = score_table(asked, score_rankings(RUN, JUDGED), ["en-US", "nl-NL"])
    assert list(table) == ["all", "en", "installed", "by_lang", "by_style"]
    assert (table["en"]["mrr@10"], table["installed"]["mrr@10"]) == (1.0, round(1 / 6, 4))
    assert table["by_lang"]["nl"] == table["installed"]
    assert {style: row["queries"] for style, row in table["by_style"].items()} == {"error": 1, "howto": 2}


def test_a_missing_extra_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(metrics, "import_module", missing)
    with pytest.raises(InputError, match=r"ir_measures is not installed.*pip install 'kb-bilingual\[eval\]'"):
        score_rankings(RUN, JUDGED)
