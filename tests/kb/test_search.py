"""From a request to a result page: languages, locales, filters, duplicates, order."""

from collections.abc import Iterator

import numpy as np
import pytest
from smallkb import DUTCH, PAPER, TUNNEL, Hashing, Workshop, localized, workshop, write_locale

from indexer.passages import PassageSettings
from kb.embedded import Collection, Generation
from kb.encoded import at_hand
from kb.errors import InputError, NotFound
from kb.exact import exact_of
from kb.fusion import FusionSettings
from kb.hit import Hit, SearchRequest
from kb.holding import exact_articles
from kb.knowledge import KnowledgeBase
from kb.rank import Question, RankSettings, rank
from kb.ranked import fold_duplicates

COPY = PAPER.replace("# {The paper jams in the printer}", "# {Another name for it}")
VARIANT = TUNNEL.replace(
    "{The gateway ends idle tunnels.}", "{The gateway of the north ends tunnels at night.}"
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    with pytest.MonkeyPatch.context() as patch:
        made = workshop(tmp_path_factory.mktemp("search"), patch)
        dutch, german = write_locale(made.root, "nl-NL", DUTCH), write_locale(made.root, "de-DE", {})
        (dutch / "copy.md").write_text(localized(COPY, DUTCH, "nl-NL"), encoding="utf-8")
        (german / "vpn/tunnel-drops.md").write_text(localized(VARIANT, {}, "de-DE"), encoding="utf-8")
        (german / "beamer.md").write_text("# Der Beamer\n\nDrücken Sie Ein.\n", encoding="utf-8")
        made.index(dutch, german, passages=PassageSettings(20, 60, 24))
        made.index(write_locale(made.root / "other", "nl-NL", DUTCH), collection="other")
        yield made


@pytest.fixture(scope="module")
def kb(shop: Workshop) -> Iterator[KnowledgeBase]:
    opened = shop.open()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def collection(shop: Workshop) -> Iterator[Collection]:
    generation = Generation(shop.home)
    yield generation.collections["default"]
    generation.close()


def hits(kb: KnowledgeBase, query: str, **request: object) -> list[Hit]:
    return kb.search(SearchRequest(query, **({"collection": "default"} | request))).hits


def test_a_hit_says_what_was_found_and_where(kb: KnowledgeBase) -> None:
    hit = hits(kb, "red light toner is empty", lang="en", locale="nl-NL", duplicates="keep")[0]
    assert hit.passage.partition("#")[0] == hit.article
    assert (hit.locale, hit.collection, hit.translation) == ("nl-NL", "default", "MT")
    assert hit.source_text is not None and "The toner is empty." in hit.source_text
    assert hit.source_locale == "en-US"
    assert "De toner is leeg." in hit.text
    assert hit.heading_path[-1] == "Wat de lampjes zeggen"
    assert hit.units and hit.url.startswith(f"/a/{hit.article}?locale=nl-NL")


def test_every_article_is_one_hit_in_order_of_score(kb: KnowledgeBase) -> None:
    found = hits(kb, "the paper is stuck in the printer", lang="en", duplicates="keep")
    assert len({hit.article for hit in found}) == len(found) == 5
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)


def test_near_duplicates_are_folded_under_the_best_or_kept(kb: KnowledgeBase) -> None:
    folded = hits(kb, "the paper jams in the printer", lang="en")
    assert folded[0].article == "printing/paper-jam" and folded[0].duplicates == ["copy"]
    assert "copy" not in [hit.article for hit in folded]
    kept = hits(kb, "the paper jams in the printer", lang="en", duplicates="keep")
    assert {"copy", "printing/paper-jam"} <= {hit.article for hit in kept}
    assert all(hit.duplicates == [] for hit in kept)


def test_equal_articles_of_different_collections_are_both_shown(kb: KnowledgeBase) -> None:
    found = hits(kb, "the mailbox is full", lang="en", collection=None)[:2]
    assert {(hit.article, hit.collection) for hit in found} == {
        ("mail/mailbox-full", "default"),
        ("mail/mailbox-full", "other"),
    }
    other = next(hit for hit in found if hit.collection == "other")
    assert other.url.endswith("&collection=other")


def test_the_readers_locale_orders_and_displays_and_never_filters(kb: KnowledgeBase) -> None:
    def articles(**request: object) -> list[str]:
        return [hit.article for hit in hits(kb, "the tunnel drops", lang="en", **request)]

    assert articles() == articles(locale="nl-NL") == articles(locale="fi-FI")
    found = hits(kb, "der Beamer", lang="de", locale="nl-NL")
    assert {hit.article: hit.locale for hit in found}["beamer"] == "de-DE"


def test_only_locale_filters(kb: KnowledgeBase) -> None:
    found = hits(kb, "der Beamer", lang="de", only_locale="nl")
    assert found and "beamer" not in [hit.article for hit in found]
    assert {hit.locale for hit in found} == {"nl-NL"}
    assert hits(kb, "der Beamer", only_locale="fi") == []


def test_a_passage_of_another_variant_is_shown_in_a_locale_that_has_it(kb: KnowledgeBase) -> None:
    """The German article says something else than the Dutch one; the reader still gets what was found."""
    found = hits(kb, "the gateway of the north ends tunnels at night", lang="en", locale="nl-NL")
    hit = next(hit for hit in found if hit.article == "vpn/tunnel-drops")
    assert "north" in (hit.source_text or hit.text) and hit.locale != "nl-NL"


def test_highlights_are_code_points_of_the_text(kb: KnowledgeBase) -> None:
    hit = hits(kb, "toner leeg", lang="nl", locale="nl-NL")[0]
    assert {hit.text[start:end].casefold() for start, end in hit.highlights} >= {"toner", "leeg"}


def test_the_questions_language_is_given_detected_or_the_readers(kb: KnowledgeBase) -> None:
    def detected(query: str, **request: object) -> tuple[str, str]:
        found = kb.search(SearchRequest(query, **request))
        return found.detected_lang, found.locale

    assert detected("hoe krijg ik het vel uit de printer, het zit vast") == ("nl", "nl-NL")
    assert detected("vpn", lang="de-AT") == ("de", "de-DE")
    assert detected("vpn", locale="nl-BE") == ("nl", "nl-NL")
    assert detected("how do I open the lid of the printer", locale="nl-NL") == ("en", "nl-NL")
    assert detected("paper", lang="fi") == ("fi", "en-US")


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        (SearchRequest(" \n"), "the query is empty"),
        (SearchRequest("a" * 20_001), "20001 characters, at most 20000"),
        (SearchRequest("a", top_k=0), "top_k is 0, expected 1 to 200"),
        (SearchRequest("a", top_k=201), "top_k is 201"),
        (SearchRequest("a", locale="no locale"), "not a locale"),
        (SearchRequest("a", lang="x"), "not a locale"),
        (SearchRequest("a", only_locale="??"), "not a locale"),
    ],
)
def test_what_makes_no_sense_is_refused(kb: KnowledgeBase, request_: SearchRequest, told: str) -> None:
    with pytest.raises(InputError, match=told):
        kb.search(request_)


def test_an_unknown_collection_is_named_with_those_that_there_are(kb: KnowledgeBase) -> None:
    with pytest.raises(NotFound, match="no collection 'none' here; there are default, other"):
        hits(kb, "paper", collection="none")


@pytest.mark.parametrize("query", ["a" * 20_000, "\ud800 paper", "\0", "?!", "🖨️", "<s></s>", "' OR 1=1 --"])
def test_any_text_may_be_asked(kb: KnowledgeBase, query: str) -> None:
    assert isinstance(hits(kb, query, lang="en"), list)


# --- ranking


def test_scores_are_those_of_both_legs_computed_directly(collection: Collection) -> None:
    """Every row's dense and lexical score by plain numpy and the lexical index, fused by hand."""
    text = "de toner is leeg"
    vector = Hashing().encode_queries([text])[0]
    ranked = rank(
        collection, Question(text, at_hand(vector), "nl", None), RankSettings(FusionSettings(0.7, 0.3)), None
    )
    centred = vector - collection.means["query/nl-NL"]
    centred /= np.linalg.norm(centred)
    every = np.arange(collection.source.rows)
    dense = collection.source.at(centred.astype(np.float32), every)
    words = np.zeros(len(every))
    for locale in ("en-US", "nl-NL"):
        store = collection.locales[locale]
        for place, row in enumerate(store.word_rows):
            words[row] = max(words[row], store.lexical.score(text, [place])[0])
    fused = 0.7 * dense + 0.3 * words
    assert sum(len(r.rows) for r in ranked) == len(every)
    for r in ranked:
        for row, score in r.rows:
            assert score == pytest.approx(fused[row], abs=1e-5)
        assert r.rows[0][1] == max(score for _, score in r.rows)
        assert (r.dense, r.lexical) == pytest.approx((dense[r.row], words[r.row]), abs=1e-5)


def test_rows_are_found_back_in_a_word_index(collection: Collection) -> None:
    for store in collection.locales.values():
        rows = np.arange(collection.source.rows)
        places = store.word_places(rows)
        assert sorted(places[places >= 0].tolist()) == list(range(store.lexical.rows))
        assert all(store.word_rows[p] == row for p, row in zip(places, rows, strict=True) if p >= 0)


def test_the_sources_words_are_those_of_every_version_of_it(collection: Collection) -> None:
    """Another version of an article, which the source locale doesn't have, is found by the words that only it says;
    an article without a source is not in the source's language."""
    source, dutch = collection.locales["en-US"], collection.locales["nl-NL"]
    rows = source.word_rows[source.lexical.holders("idl", "stem")].tolist()
    assert rows and {collection.paths[row] for row in rows} == {"vpn/tunnel-drops"}
    assert not set(rows) & set(source.rows.tolist()) and set(rows) <= set(dutch.rows.tolist())
    assert "beamer" not in {collection.paths[row] for row in source.word_rows}
    question = Question("idle", at_hand(Hashing().encode_queries(["sloth"])[0]), "en", None)
    best = rank(collection, question, RankSettings(FusionSettings(0.0, 1.0, 0.0)), None)[0]
    assert best.path == "vpn/tunnel-drops" and best.lexical > 0 and best.row in rows
    assert exact_articles(collection, exact_of('"ends idle tunnels"'), [source]) == {"vpn/tunnel-drops": 1}


def test_folding_keeps_the_order(collection: Collection) -> None:
    vector = Hashing().encode_queries(["paper"])[0]
    ranked = rank(collection, Question("paper", at_hand(vector), "en", None), RankSettings(), None)
    folded = fold_duplicates(ranked)
    kept = [r.path for r, _ in folded]
    assert kept == [r.path for r in ranked if r.path in kept]
    assert sorted(kept + [p for _, others in folded for p in others]) == sorted(r.path for r in ranked)
