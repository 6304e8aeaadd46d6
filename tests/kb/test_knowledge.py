"""A knowledge base that is read while it is rebuilt."""

import gc
import threading
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from smallkb import DUTCH, Hashing, Workshop, workshop, write_locale

from kb.chat import ChatRequest
from kb.errors import IndexDamaged, IndexMissing, NotFound
from kb.generation import open_manifest
from kb.hit import Answer, SearchRequest
from kb.knowledge import KnowledgeBase
from kb.lazyencoder import LazyEncoder
from kb.lookup import LookupRequest
from kb.parallel import ParallelRequest


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    made = workshop(tmp_path, monkeypatch)
    made.index(write_locale(tmp_path, "nl-NL", DUTCH))
    return made


@pytest.fixture
def kb(shop: Workshop) -> Iterator[KnowledgeBase]:
    opened = shop.open()
    yield opened
    opened.close()


def test_an_article_comes_in_the_nearest_locale_else_in_its_source(kb: KnowledgeBase) -> None:
    def locale(wanted: str | None) -> str:
        return str(kb.article("vpn/tunnel-drops", locale=wanted)["locale"])

    assert [locale(w) for w in ("nl", "nl-BE", "fi", None)] == ["nl-NL", "nl-NL", "en-US", "en-US"]
    article = kb.article("vpn/tunnel-drops", locale="nl")
    assert article["locales"] == ["en-US", "nl-NL"] and article["collection"] == "default"
    assert article["title"] == "De tunnel valt elk uur weg"
    assert kb.article("vpn/tunnel-drops")["lines_locale"] == "nl-NL"
    with pytest.raises(NotFound, match="no article 'nowhere' in default"):
        kb.article("nowhere")
    with pytest.raises(NotFound, match="no collection 'none'"):
        kb.article("vpn/tunnel-drops", collection="none")


def test_info_tells_what_is_there(shop: Workshop, kb: KnowledgeBase) -> None:
    info = kb.info()
    folder, manifest = open_manifest(shop.home)
    assert (info["generation"], info["encoder"]) == (manifest.id, "hashing")
    assert info["bytes"] == sum((folder / name).stat().st_size for name in manifest.files)
    assert info["collections"]["default"]["locales"]["nl-NL"]["articles"] == 3


def test_a_new_generation_is_taken_up_on_refresh_and_only_then(shop: Workshop, kb: KnowledgeBase) -> None:
    first = kb.info()["generation"]
    assert kb.refresh() is False
    shop.index(write_locale(shop.root, "de-DE", {}))
    assert kb.search(SearchRequest("paper")).generation == first
    assert kb.refresh() is True
    assert kb.search(SearchRequest("paper", locale="de")).hits[0].locale == "de-DE"


def test_a_new_generation_is_as_warm_as_the_one_before(shop: Workshop, kb: KnowledgeBase) -> None:
    kb.suggest("het p", locale="nl-NL")
    shop.index(write_locale(shop.root, "de-DE", {}), shop.root / "nl-NL")
    assert kb.refresh() is True
    read = {
        locale: "completer" in vars(store.browse)
        for locale, store in kb._leases.current.generation.collection("default").locales.items()
    }
    assert read == {"de-DE": False, "en-US": True, "nl-NL": True}


def test_what_has_not_changed_is_taken_over_from_the_generation_before(shop: Workshop) -> None:
    """And what has changed is read anew: all answers are those of a knowledge base that has just been opened."""
    shop.index(write_locale(shop.root, "de-DE", {}))
    kb = shop.open()
    for locale in ("nl-NL", "de-DE"):
        kb.suggest("p", locale=locale)
        kb.search(SearchRequest("teh papr jams", locale=locale))
    before = kb._leases.current.generation.collection("default").locales
    write_locale(shop.root, "nl-NL", DUTCH | {"The tunnel drops every hour": "De pijp valt elk uur weg"})
    shop.index(shop.root / "nl-NL")
    assert kb.refresh()
    after = kb._leases.current.generation.collection("default").locales
    assert {name: after[name].browse.completer is before[name].browse.completer for name in after} == {
        "de-DE": True,
        "en-US": True,
        "nl-NL": False,
    }
    assert {name: after[name].rows is before[name].rows for name in ("de-DE", "nl-NL")} == {
        "de-DE": True,
        "nl-NL": False,
    }
    fresh = shop.open()
    for asked in ("de pijp", "paper", "vast"):
        for locale in ("nl-NL", "de-DE", "en-US"):
            told = [one.suggest(asked, locale=locale) for one in (kb, fresh)]
            assert told[0] == told[1]
            found = [one.search(SearchRequest(asked, locale=locale)) for one in (kb, fresh)]
            assert replace(found[0], took_ms=0) == replace(found[1], took_ms=0)
    assert kb.suggest("de pijp", locale="nl-NL").suggestions
    kb.close()
    fresh.close()


def test_a_generation_is_given_back_with_the_last_request_that_reads_it(
    shop: Workshop, kb: KnowledgeBase
) -> None:
    """By its last reference, not by a collection of garbage, which may be minutes away."""
    turn = kb.chat(ChatRequest("the paper jams in the printer"))
    next(turn)
    kb.search(SearchRequest("the paper jams in the printer"))
    kb.suggest("het p", locale="nl-NL")
    kb.lookup(LookupRequest("Close the lid.", "en-US"))
    kb.parallel(ParallelRequest("vpn/tunnel-drops"))
    generation = kb._leases.current.generation
    stores = [*generation.collection("default").locales.values()]
    held = [
        weakref.ref(thing)
        for thing in (generation, kb._leases.current.units, *stores, *(s.reader for s in stores))
    ]
    del generation, stores
    shop.index_changed(shop.root / "nl-NL")
    gc.collect()
    gc.disable()
    try:
        assert kb.refresh()
        assert all(thing() is not None for thing in held)
        assert [type(step) for step in turn] == [Answer]
        del turn
        assert [thing() for thing in held] == [None] * len(held)
    finally:
        gc.enable()


def test_questions_under_way_keep_to_their_generation_while_others_are_published(
    shop: Workshop, kb: KnowledgeBase
) -> None:
    stop = threading.Event()
    failures: list[BaseException] = []

    def ask() -> None:
        while not stop.is_set():
            try:
                found = kb.search(SearchRequest("the paper jams in the printer", lang="en"))
                assert found.hits[0].article == "printing/paper-jam"
                kb.article(found.hits[0].article)
            except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
                failures.append(error)
                return

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        shop.index_changed(shop.root / "nl-NL")
        assert kb.refresh()
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_home_without_an_index_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="run `kb index"):
        KnowledgeBase(tmp_path, Hashing())  # type: ignore[arg-type]


def test_another_model_than_the_indexs_is_refused(shop: Workshop) -> None:
    shop.fingerprint = "other"
    with pytest.raises(IndexDamaged, match=r"made with another model \(hashing\) than other"):
        shop.open()


def test_the_encoder_is_loaded_when_it_is_first_needed(tiny_model: Path) -> None:
    encoder = LazyEncoder(tiny_model)
    assert encoder._encoder is None and encoder.fingerprint
    assert encoder.encode_queries(["reset"]).shape == (1, encoder.dim)
    assert encoder.encode_passages(["reset", "the"]).shape == (2, encoder.dim)
    assert encoder.encoded == 3
