"""Suggestions over a small knowledge base."""

from collections.abc import Iterator

import pytest
from smallkb import DUTCH, Workshop, workshop, write_locale

from kb.errors import InputError, NotFound
from kb.knowledge import KnowledgeBase
from kb.suggest import Suggestion


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    with pytest.MonkeyPatch.context() as patch:
        made: Workshop = workshop(tmp_path_factory.mktemp("suggest"), patch)
        german = write_locale(made.root, "de-DE", {})
        (german / "beamer.md").write_text("# Der Tunnelblick\n\nDrücken Sie Ein.\n", encoding="utf-8")
        made.index(write_locale(made.root, "nl-NL", DUTCH), german)
        made.index(write_locale(made.root / "other", "nl-NL", DUTCH), collection="other")
        opened = made.open()
        yield opened
        opened.close()


def texts(kb: KnowledgeBase, typed: str, **asked: object) -> list[str]:
    return [s.text for s in kb.suggest(typed, **({"collection": "default"} | asked)).suggestions]  # type: ignore[arg-type]


def test_titles_come_in_the_readers_locale(kb: KnowledgeBase) -> None:
    found = kb.suggest("tunn", locale="nl", collection="default").suggestions
    assert found == [
        Suggestion("De tunnel valt elk uur weg", "title", "vpn/tunnel-drops", "default", "nl-NL")
    ]  # the source's title is of the same article
    assert texts(kb, "tunn") == ["The tunnel drops every hour"]
    assert texts(kb, "mailb", locale="nl") == ["The mailbox is full"]


def test_a_locale_that_is_not_installed_reads_the_source(kb: KnowledgeBase) -> None:
    assert texts(kb, "paper", locale="fi") == ["The paper jams in the printer"]
    assert "Der Tunnelblick" in texts(kb, "tun", locale="de-AT")


def test_collections_take_turns_and_no_text_comes_twice(kb: KnowledgeBase) -> None:
    found = kb.suggest("het", locale="nl").suggestions
    assert [s.text for s in found] == sorted({s.text for s in found}, key=[s.text for s in found].index)
    assert len(texts(kb, "het", locale="nl", limit=1)) == 1


def test_what_makes_no_sense_is_refused(kb: KnowledgeBase) -> None:
    with pytest.raises(InputError, match="limit is 0, expected 1 to 50"):
        texts(kb, "a", limit=0)
    with pytest.raises(InputError, match="not a locale"):
        texts(kb, "a", locale="??")
    with pytest.raises(NotFound, match="no collection 'none'"):
        texts(kb, "a", collection="none")
    assert texts(kb, "") == texts(kb, "\ud800") == texts(kb, "🖨" * 20_000) == []
