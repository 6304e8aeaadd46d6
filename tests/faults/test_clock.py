"""A clock that jumps or stands still: what was published last serves, and nothing is removed by its age."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from smallkb import DUTCH, workshop, write_locale

from kb import publish as publishing
from kb.generation import current_id, generations
from kb.rollback import rollback
from kb.verify import verify

NOW = datetime(2026, 3, 29, 2, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "steps",
    [
        [0, 0, 0, 0],
        [0, -3600, -7200, -86_400 * 3650],
        [0, 86_400 * 3650, 1, 86_400],
    ],
    ids=["stands still", "goes back", "goes forward and back"],
)
def test_generations_follow_each_other_whatever_the_clock_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: list[int]
) -> None:
    shop = workshop(tmp_path, monkeypatch)
    clock = Clock()
    monkeypatch.setattr(publishing, "datetime", clock)
    published = []
    for number, jump in enumerate(steps):
        clock.time = NOW + timedelta(seconds=jump)
        # every other build has the same content as the one two before it
        words = DUTCH | {"Open the archive.": f"Open archief {number % 2}."}
        published.append(shop.index(write_locale(tmp_path / "src", "nl-NL", words)).generation)
        assert current_id(shop.home) == published[-1]
        assert verify(shop.home).findings == []
    assert len(set(published)) == len(steps)
    assert generations(shop.home) == published[:0:-1]
    assert rollback(shop.home).generation == published[-2]
    assert verify(shop.home).findings == []


class Clock:
    """Stands for the class datetime where generations get their names."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self, _zone: object = None) -> datetime:
        return self.time
