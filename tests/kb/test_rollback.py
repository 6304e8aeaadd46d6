"""Going back to an earlier generation, and back again."""

from pathlib import Path

import pytest
from smallkb import DUTCH, Workshop, workshop, write_locale

from kb.errors import IndexDamaged, IndexMissing, InputError, KbError
from kb.generation import current_id, generation_folder, generations
from kb.rollback import rollback
from kb.writerlock import writer_lock


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    return workshop(tmp_path, monkeypatch)


@pytest.fixture
def built(shop: Workshop) -> tuple[Workshop, list[str]]:
    """Three builds, last first; each has an article more than the one before."""
    folder = write_locale(shop.root, "nl-NL", DUTCH)
    made = [shop.index(folder).generation]
    for n in (1, 2):
        (folder / f"mouse-{n}.md").write_text(f"# Muis {n}\n\nLaad muis {n} op.\n", encoding="utf-8")
        made.insert(0, shop.index(folder).generation)
    return shop, made


def articles(shop: Workshop) -> int:
    knowledge = shop.open()
    there = knowledge.info()["collections"]["default"]["locales"]["nl-NL"]["articles"]
    knowledge.close()
    return int(there)


def test_the_one_before_serves_again_and_a_service_follows(built: tuple[Workshop, list[str]]) -> None:
    shop, (third, second, first) = built
    service = shop.open()
    assert service.info()["earlier"] == [second, first]
    told = rollback(shop.home)
    assert (told.generation, told.before) == (second, third)
    assert told.articles == {"default": {"en-US": 3, "nl-NL": 4}}
    assert service.refresh() and service.info()["generation"] == second
    assert articles(shop) == 4
    service.close()


def test_going_back_is_undone_by_going_back(built: tuple[Workshop, list[str]]) -> None:
    shop, (third, second, first) = built
    rollback(shop.home, first)
    assert generations(shop.home) == [first, third, second] and articles(shop) == 3
    assert rollback(shop.home).generation == third
    assert generations(shop.home) == [third, first, second] and articles(shop) == 5


def test_a_build_after_going_back_goes_on_from_there(built: tuple[Workshop, list[str]]) -> None:
    shop, (third, _, first) = built
    rollback(shop.home, first)
    fourth = shop.index(write_locale(shop.root, "de-DE", {})).generation
    assert generations(shop.home) == [fourth, first, third] and articles(shop) == 3


def test_where_it_can_not_go_back_nothing_changes(built: tuple[Workshop, list[str]]) -> None:
    shop, (third, second, _) = built
    with pytest.raises(InputError, match=f"no generation 'g0' in .*; there are {third}, {second}"):
        rollback(shop.home, "g0")
    (generation_folder(shop.home, second) / "default" / "means.npz").write_bytes(b"")
    with pytest.raises(IndexDamaged, match=r"means\.npz is missing or not"):
        rollback(shop.home)
    with writer_lock(shop.home), pytest.raises(KbError, match="another command is writing"):
        rollback(shop.home)
    assert current_id(shop.home) == third


def test_a_damaged_pointer_is_mended_by_going_back(built: tuple[Workshop, list[str]]) -> None:
    shop, made = built
    (shop.home / "current").write_bytes(b"\xff\n")
    told = rollback(shop.home)
    assert (told.generation, told.before) == (max(made), None)  # nothing but the names says which was last
    assert set(generations(shop.home)) == set(made) and current_id(shop.home) == max(made)
    assert rollback(shop.home, made[0]).before == max(made) and articles(shop) == 5


def test_a_home_with_one_generation_or_none_says_so(shop: Workshop) -> None:
    with pytest.raises(IndexMissing, match="nothing is indexed"):
        rollback(shop.home)
    only = shop.index(write_locale(shop.root, "nl-NL", DUTCH)).generation
    with pytest.raises(InputError, match=f"holds one generation, {only}; there is none to go back to"):
        rollback(shop.home)
