"""Token counts that an earlier build has left."""

from collections.abc import Sequence

from smallkb import Words

from indexer.tokencounts import KnownTokens


class Counting(Words):
    def __init__(self) -> None:
        self.asked: list[str] = []

    def count(self, texts: Sequence[str]) -> list[int]:
        self.asked += texts
        return super().count(texts)


def test_only_texts_that_nobody_has_counted_are_counted() -> None:
    first = Counting()
    tokens = KnownTokens(first, {})
    tokens.begin("a")
    assert tokens.count(["one two", "three", "one two"]) == [2, 1, 2]
    assert tokens.count(["three", ""]) == [1, 0]
    assert first.asked == ["one two", "three", ""]
    again = Counting()
    known = KnownTokens(again, {"a": tokens.used()})
    known.begin("a")
    assert known.count(["three", "one two", "four and five"]) == [1, 2, 3]
    assert again.asked == ["four and five"]
    # what is no longer said is forgotten, and the order of asking leaves no trace
    assert len(known.used().hashes) == 3
    assert known.used().hashes.tolist() == sorted(known.used().hashes.tolist())
    known.begin("b")
    assert known.count(["one two"]) == [2] and again.asked[-1] == "one two"
