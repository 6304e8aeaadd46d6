"""Articles that nearly repeat each other."""

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from smallkb import DUTCH, TUNNEL, localized, workshop, write_locale

from indexer.nearduplicates import SIMILAR, Gist, Said, gist_of, jaccard, near_duplicates, similar_pairs
from kb.hit import SearchRequest

STEPS = """Open the side door of the machine and take the drum out of its holder with both hands, wipe it with a dry
cloth, wait for two minutes, put it back until it clicks, close the door, switch the machine on again and print the
test page that the menu offers under maintenance."""


def groups(*articles: tuple[str, str, str]) -> dict[str, str]:
    return near_duplicates(Said(*article) for article in articles)


def test_a_changed_word_makes_a_near_duplicate() -> None:
    other = STEPS.replace("dry", "soft")
    assert groups(("b", "Clean the drum", STEPS), ("a", "Drum cleaning", other)) == {"a": "a", "b": "a"}


def test_other_texts_are_left_out() -> None:
    half = STEPS[: len(STEPS) // 2] + "ask your dealer for another one, which takes some days to arrive"
    assert groups(("a", "Clean", STEPS), ("b", "Replace", half), ("c", "Nothing", "")) == {}


def test_instructions_for_two_things_stay_apart() -> None:
    one = f"To clean the Laserjet: {STEPS}"
    other = f"To clean the Inkwell: {STEPS}"
    assert groups(("a", "Clean the Laserjet", one), ("b", "Clean the Inkwell", other)) == {}
    assert groups(("a", "Error 30015-4", f"{STEPS} Error 30015-4"), ("b", "Error", f"{STEPS} Error")) == {}
    # a title alone is no sign of another subject where the body says nothing of it
    assert set(groups(("a", "For beginners", one), ("b", "Clean the Laserjet", one))) == {"a", "b"}


def test_groups_are_what_pairs_connect_in_any_order() -> None:
    text = STEPS.split()
    second = [*text[:-1], "service"]
    third = ["Please", *second[1:]]
    articles = [Said(path, "Drum", " ".join(w)) for path, w in zip("cab", (text, second, third), strict=True)]
    expected = {"a": "a", "b": "a", "c": "a"}
    assert near_duplicates(articles) == near_duplicates(reversed(articles)) == expected


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=14), max_size=8))
def test_no_similar_pair_is_missed(texts: list[list[str]]) -> None:
    """Against all pairs compared one by one; without titles nothing keeps them apart."""
    found = groups(*((f"p{n}", "", " ".join(text)) for n, text in enumerate(texts)))
    parts = [gist_of(Said("", "", " ".join(text))).shingles for text in texts]
    pairs = [(m, n) for m, n in combinations(range(len(texts)), 2) if jaccard(parts[m], parts[n]) >= SIMILAR]
    assert set(found) == {f"p{n}" for pair in pairs for n in pair}
    assert all(found[f"p{m}"] == found[f"p{n}"] for m, n in pairs)


@settings(deadline=None)
@given(
    st.lists(st.lists(st.sampled_from("abcd"), max_size=12), min_size=2, max_size=8),
    st.lists(st.lists(st.sampled_from("abcd"), max_size=12), min_size=1, max_size=3),
    st.data(),
)
def test_pairs_of_changed_articles_are_found_alone(
    before: list[list[str]], after: list[list[str]], data: st.DataObject
) -> None:
    """What changed, came and went is compared; the rest is known; together that is all pairs."""

    def gist(text: list[str]) -> Gist:
        return gist_of(Said("", text[0] if text else "", " ".join(text)))

    old = {f"p{n}": gist(text) for n, text in enumerate(before)}
    paths = data.draw(st.lists(st.sampled_from([*old, "new"]), min_size=1, unique=True))
    new = dict(old)
    for path, text in zip(paths, after, strict=False):
        new[path] = gist(text)
    for path in paths[len(after) :]:
        new.pop(path, None)
    assert similar_pairs(new, similar_pairs(old), paths) == similar_pairs(new)


def test_near_duplicates_are_folded_in_what_people_see(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = workshop(tmp_path, monkeypatch)
    dutch = write_locale(tmp_path, "nl-NL", DUTCH)
    for name, text in (("drum", STEPS), ("drums", STEPS.replace("dry", "soft"))):
        template = TUNNEL.replace("{The gateway ends idle tunnels.}", "{" + " ".join(text.split()) + "}")
        (dutch / f"{name}.md").write_text(localized(template, {}, "nl-NL"), encoding="utf-8")
    made.index(dutch)
    kb = made.open()
    folded = kb.search(SearchRequest("take the drum out of its holder", lang="en")).hits
    kept = kb.search(SearchRequest("take the drum out of its holder", lang="en", duplicates="keep")).hits
    assert {"drum", "drums"} <= {hit.article for hit in kept}
    assert [hit.duplicates for hit in folded if hit.article in ("drum", "drums")] in ([["drum"]], [["drums"]])
    assert [r.path for r in kb.rank(SearchRequest("drum", lang="en"))].count("drums") == 1
    kb.close()
