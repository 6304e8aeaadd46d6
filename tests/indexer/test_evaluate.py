"""A whole evaluation of a small knowledge base: figures, report and TREC files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from evalkit import QUERIES, write_jsonl, write_sets
from smallkb import DUTCH, Workshop, parsed, unit, workshop, write_locale

from indexer.evalchat import Exchange, Reply
from indexer.evalreport import write_report
from indexer.evalsets import EvalSet, read_evalsets
from indexer.evalsummary import summary
from indexer.evaluate import LEGS, EvalOptions, Evaluation, evaluate, paths_of
from indexer.evalunits import Overlap, covered, numbers, overlap, renumbered, score_quotings
from indexer.report import Quiet
from kb.errors import InputError
from kb.hit import SearchRequest
from kb.knowledge import KnowledgeBase

GROUPS = ["all", "en", "installed", "not_installed", "by_lang", "by_style"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with pytest.MonkeyPatch.context() as patch:
        root = tmp_path_factory.mktemp("eval")
        made = workshop(root, patch)
        made.index(write_locale(root / "articles", "nl-NL", DUTCH))
        write_sets(root)
        yield made


@pytest.fixture(scope="module")
def kb(shop: Workshop) -> Iterator[KnowledgeBase]:
    opened = shop.open()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def sets(shop: Workshop) -> EvalSet:
    return read_evalsets(sorted(shop.root.glob("*.jsonl")))


def measured(kb: KnowledgeBase, sets: EvalSet, options: EvalOptions | None = None) -> Evaluation:
    def turn(_history: Sequence[Exchange], question: str) -> Reply:
        return Reply(paths_of(kb.rank(SearchRequest(question))))

    return evaluate(kb, sets, options or EvalOptions(), turn, Quiet())


@pytest.fixture(scope="module")
def found(kb: KnowledgeBase, sets: EvalSet) -> Evaluation:
    return measured(kb, sets, EvalOptions(legs=True))


@pytest.fixture(scope="module")
def figures(found: Evaluation) -> dict[str, Any]:
    return summary(found)


def test_the_figures_have_every_part_that_the_files_have(figures: dict[str, Any]) -> None:
    assert list(figures) == ["queries", "views", "locales", *GROUPS, "legs", "units", "answerable", "chat"]
    assert (figures["queries"], figures["locales"]) == (4, ["en-US", "nl-NL"])
    assert figures["views"] == ["source"]
    assert figures["en"]["success@1"] == 1.0
    assert figures["all"]["success@1"] == 0.75
    assert figures["not_installed"]["mrr@10"] < 1
    assert figures["chat"]["turns"] == {"first": 1, "later": 1}
    json.dumps(figures, allow_nan=False)


def test_each_leg_has_its_own_table_and_the_first_is_the_ranking(figures: dict[str, Any]) -> None:
    assert list(figures["legs"]) == list(LEGS)
    assert figures["legs"]["fused"]["all"] == figures["all"]


def test_units_are_scored_where_the_first_article_is_the_judged_one(
    found: Evaluation, figures: dict[str, Any]
) -> None:
    units = figures["units"]
    assert set(found.overlaps) == {"jam-en", "jam-nl", "vpn-en"}
    assert (units["queries"], units["en"]["queries"], units["rest"]["queries"]) == (3, 2, 1)
    assert units["article"]["recall"] == 1.0
    # the article has 16 units, of which four are wanted
    assert found.overlaps["jam-en"]["article"] == Overlap(4 / 16, 1.0, 8 / 20)


def test_each_way_of_quoting_counts_its_own_units_and_those_of_the_judged_article_alone(
    kb: KnowledgeBase, found: Evaluation
) -> None:
    jam = found.sets.queries[0]
    request = SearchRequest(jam.text)
    answer, best = kb.draft(request), kb.rank(request)[0]
    here = replace(answer.citations[0], n=1)
    step = replace(answer.steps[0], units=["104", "105"], essential=True, citation=1)
    made = replace(
        answer,
        lead=replace(step, units=["102", "103"], essential=False),
        steps=[
            step,
            replace(step, units=["106", "107"], essential=False),
            replace(step, units=["104"], citation=2),
        ],
        citations=[here, replace(here, n=2, article="vpn/tunnel-drops")],
    )
    scored = score_quotings(jam, made, best)
    assert scored["essential"] == Overlap(1.0, 0.5, 4 / 6)
    assert scored["answer"] == Overlap(4 / 6, 1.0, 8 / 10)
    assert scored["article"] == Overlap(4 / 16, 1.0, 8 / 20)
    assert scored["passage"] == found.overlaps["jam-en"]["passage"]
    elsewhere = replace(made, citations=[replace(here, n=2, article="vpn/tunnel-drops")])
    assert score_quotings(jam, elsewhere, best)["answer"] == Overlap(0, 0, 0)


def test_confidence_is_scored_against_what_has_no_answer(found: Evaluation, figures: dict[str, Any]) -> None:
    table = figures["answerable"]
    assert table["queries"] == {"answerable": 4, "unanswerable": 2}
    assert set(table["auroc_by_kind"]) == {"offtopic", "nearmiss"}
    assert all(sum(shares.values()) == pytest.approx(1, abs=1e-3) for shares in table["outcomes"].values())
    assert {a.id: a.right for a in found.asked} == {
        "jam-en": True, "jam-nl": True, "vpn-en": True, "wrong": False, "giraffe": False, "scanner": False,
    }  # fmt: skip


def test_files_of_one_kind_give_that_part_alone(kb: KnowledgeBase, shop: Workshop) -> None:
    queries, unanswerable, chats = (shop.root / f"{n}.jsonl" for n in ("queries", "unanswerable", "chats"))
    assert list(summary(measured(kb, read_evalsets([chats])))) == ["queries", "views", "locales", "chat"]
    assert list(summary(measured(kb, read_evalsets([unanswerable])))) == ["queries", "views", "locales"]
    assert list(summary(measured(kb, read_evalsets([queries]))))[3:] == [*GROUPS, "units"]


def test_an_article_that_is_not_indexed_is_told_before_anything_is_measured(
    kb: KnowledgeBase, tmp_path: Path
) -> None:
    file = write_jsonl(tmp_path / "q.jsonl", [QUERIES[0], {**QUERIES[1], "also": ["gone"]}])
    with pytest.raises(InputError, match=r"q\.jsonl:2: article 'gone': no indexed article is called so"):
        measured(kb, read_evalsets([file]))
    with pytest.raises(InputError, match="no query to evaluate"):
        measured(kb, EvalSet())


def test_one_path_in_two_collections_asks_for_one_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sets: EvalSet
) -> None:
    made = workshop(tmp_path, monkeypatch)
    folder = write_locale(tmp_path / "articles", "nl-NL", DUTCH)
    made.index(folder)
    made.index(folder, collection="copy")
    both = made.open()
    with pytest.raises(InputError, match="in the collections 'copy' and 'default'; choose one of them"):
        measured(both, sets)
    assert (
        measured(both, sets, EvalOptions(collection="copy")).runs["fused"]["vpn-en"][0] == "vpn/tunnel-drops"
    )
    both.close()


# Units


def test_a_p_unit_stands_for_what_it_covers() -> None:
    article = parsed(
        f"# {unit('101', 'Titel', 'Title')}\n\n{unit('p102', 'Doe dit. Nu.', 'Do this. Now.')}\n"
    )
    covers = covered(article)
    assert numbers(["101", "p102"], covers) == {"101", *covers["p102"]}
    assert covers["p102"][0] == "102"


def test_precision_recall_and_f1_of_units() -> None:
    assert overlap(frozenset("abcd"), frozenset("ae")) == Overlap(0.25, 0.5, 1 / 3)
    assert overlap(frozenset(), frozenset("a")) == Overlap(0, 0, 0)


def test_units_of_another_variant_take_the_judged_numbers() -> None:
    dutch = f"# {unit('101', 'Titel', 'Title')}\n\n{unit('102', 'Open het.', 'Open it.')}\n"
    german = (
        f"# {unit('101', 'Titel', 'Title')}\n\n{unit('102', 'Neu hier.', 'This is new, and only here.')}\n\n"
        f"{unit('103', 'Öffnen.', 'Open it.')}\n"
    )
    found = renumbered(parsed(german, "de-DE"), parsed(dutch, "nl-NL"))
    assert found == {"101": ("101",), "102": ("102@de-DE",), "103": ("102",)}


# Files


class Checked(HTMLParser):
    """A page's ids, and addresses that a browser would fetch."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.fetched: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        values: dict[str, Any] = dict(attrs)
        self.ids += [values["id"]] if "id" in values else []
        if tag in ("link", "script", "img", "iframe") or not str(values.get("href", "#")).startswith("#"):
            self.fetched.append(tag)


def test_the_page_is_whole_stable_and_fetches_nothing(
    found: Evaluation, figures: dict[str, Any], tmp_path: Path
) -> None:
    write_report(tmp_path / "one", found, figures)
    write_report(tmp_path / "two", found, figures)
    page = (tmp_path / "one/report.html").read_text("utf-8")
    assert page == (tmp_path / "two/report.html").read_text("utf-8")
    assert page.count("<svg") == 4
    checked = Checked(page)
    assert len(checked.ids) == len(set(checked.ids)) > 0
    assert checked.fetched == []
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', page))
    assert used <= set(checked.ids)
    assert not re.search(r"20\d\d-\d\d-\d\d", page)
    assert "archive old mail" in page


def test_foreign_text_stands_in_the_page_as_text(kb: KnowledgeBase, tmp_path: Path) -> None:
    query = {**QUERIES[3], "query": "<script>alert(1)</script> & old mail"}
    sets = read_evalsets([write_jsonl(tmp_path / "q.jsonl", [query])])
    found = measured(kb, sets)
    write_report(tmp_path, found, summary(found))
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; old mail" in page
    assert "<script" not in page


def test_the_files_are_there_for_each_leg(found: Evaluation, figures: dict[str, Any], tmp_path: Path) -> None:
    written = write_report(tmp_path, found, figures)
    names = ["report.html", "figures.json", "qrels.trec", *(f"run-{leg}.trec" for leg in LEGS)]
    assert [file.name for file in written] == names
    assert json.loads((tmp_path / "figures.json").read_text("utf-8")) == figures
    first = (tmp_path / "run-fused.trec").read_text("utf-8").splitlines()[0].split()
    assert (first[0], first[2], first[3], first[5]) == ("jam-en", "printing/paper-jam", "1", "kb-fused")
    assert "jam-nl 0 mail/mailbox-full 1" in (tmp_path / "qrels.trec").read_text("utf-8")
