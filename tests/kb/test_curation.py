"""An operator's rules: pinned and hidden articles, synonyms."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from smallkb import DUTCH, Workshop, workshop, write_locale

from kb.curation import Curation, CurationFile, read_curation
from kb.errors import InputError
from kb.hit import SearchRequest
from kb.knowledge import KnowledgeBase

RULES = """\
pinned:
  - query: [toner is empty, "809"]
    articles: [mail/mailbox-full, no/such-article, vpn/tunnel-drops]
  - query: tunnel
    match: equal
    articles: mail/mailbox-full
hidden:
  - query: printer
    articles: [printing/paper-jam]
synonyms:
  - [mailbox, inbox, postvak in]
  - [MFA, multi-factor authentication]
"""


def rules(tmp_path: Path, text: str = RULES) -> Curation:
    file = tmp_path / "rules.yaml"
    file.write_text(text, encoding="utf-8")
    return read_curation(file)


def test_pins_are_for_questions_that_have_the_words_or_are_them(tmp_path: Path) -> None:
    curation = rules(tmp_path)
    pinned = ["mail/mailbox-full", "no/such-article", "vpn/tunnel-drops"]
    assert curation.pins("Why, the TONER is empty!") == pinned
    assert curation.pins("error 809") == pinned
    assert curation.pins("the toner is nearly empty") == []
    assert curation.pins("Tunnel?") == ["mail/mailbox-full"]
    assert curation.pins("the tunnel") == []


def test_hidden_articles_are_not_pinned_either(tmp_path: Path) -> None:
    text = "pinned: [{query: a lid, articles: [x, y]}]\nhidden: [{query: lid, articles: x}]"
    assert rules(tmp_path, text).pins("a lid") == ["y"]


def test_synonyms_stand_in_for_each_other(tmp_path: Path) -> None:
    curation = rules(tmp_path)
    assert curation.variants("The Inbox is full") == ["the mailbox is full", "the postvak in is full"]
    assert curation.variants("set up mfa for the inbox")[:2] == [
        "set up mfa for the mailbox",
        "set up mfa for the postvak in",
    ]
    assert curation.variants("nothing of that") == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- a", r"rules.yaml: the file is \['a'\], expected a mapping of hidden, pinned, synonyms"),
        ("pinnd: []", "the file has 'pinnd', expected hidden, pinned, synonyms"),
        ("pinned: {}", "pinned is {}, expected a list"),
        ("pinned: [{query: a}]", r"pinned\[0\].articles is None, expected a text or a list"),
        ("hidden: [{query: [], articles: [x]}]", r"hidden\[0\].query is \[\], expected a text"),
        ("hidden: [{query: '?!', articles: [x]}]", r"hidden\[0\].query has '\?!', in which there is no word"),
        ("pinned: [{query: a, articles: [x], match: exact}]", "match is 'exact', expected contains or equal"),
        ("synonyms: [[Inbox, inbox]]", r"synonyms\[0\] has 1 phrase, expected at least two"),
        ("a: [", "can't be read as YAML"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        rules(tmp_path, text)


def test_an_empty_file_or_none_has_no_rules(tmp_path: Path) -> None:
    assert rules(tmp_path, "") == Curation() == read_curation(tmp_path / "none.yaml")


def test_a_changed_file_is_read_again_and_a_broken_one_is_not_taken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "rules.yaml"
    file = CurationFile(path)
    assert file.current().pins("lid") == []
    path.write_text("pinned: [{query: lid, articles: x}]")
    assert file.current().pins("lid") == ["x"]
    with caplog.at_level(logging.ERROR, "kb.curation"):
        path.write_text("pinned: what")
        assert file.current().pins("lid") == file.current().pins("lid") == ["x"]
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    path.unlink()
    assert file.current().pins("lid") == []


@settings(deadline=None)
@given(st.text(max_size=50))
def test_any_question_may_be_asked(text: str) -> None:
    curation = Curation(synonyms=(("a", "b c"), ("b", "d")))
    assert all(variant != text for variant in curation.variants(text))


# --- over a knowledge base


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with pytest.MonkeyPatch.context() as patch:
        made = workshop(tmp_path_factory.mktemp("curation"), patch)
        made.index(write_locale(made.root, "nl-NL", DUTCH))
        yield made


@pytest.fixture
def kb(shop: Workshop) -> Iterator[KnowledgeBase]:
    file = shop.home / "curation" / "default.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(RULES, encoding="utf-8")
    opened = shop.open()
    yield opened
    opened.close()


def test_pinned_articles_come_first_and_say_so(kb: KnowledgeBase) -> None:
    found = kb.search(SearchRequest("the toner is empty", lang="en")).hits
    assert [(h.article, h.pinned) for h in found] == [
        ("mail/mailbox-full", True),
        ("vpn/tunnel-drops", True),
        ("printing/paper-jam", False),
    ]
    assert [r.path for r in kb.rank(SearchRequest("the toner is empty", lang="en"))] == [
        h.article for h in found
    ]


def test_filters_come_before_pins(kb: KnowledgeBase) -> None:
    assert kb.search(SearchRequest("the toner is empty", product=("none",))).hits == []


def test_hidden_articles_are_not_found(kb: KnowledgeBase) -> None:
    assert "printing/paper-jam" not in {h.article for h in kb.search(SearchRequest("the printer")).hits}
    assert "printing/paper-jam" in {h.article for h in kb.search(SearchRequest("the paper")).hits}


def test_a_broken_file_stops_the_start(shop: Workshop) -> None:
    (shop.home / "curation").mkdir(exist_ok=True)
    (shop.home / "curation" / "default.yaml").write_text("hidden: 5")
    with pytest.raises(InputError, match="hidden is 5, expected a list"):
        shop.open()
