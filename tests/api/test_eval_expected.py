"""The figures that the repository promises, measured again: on the sample, and on the corpus beside the checkout."""

from __future__ import annotations

import json
import shlex
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from indexer.evalbounds import figure

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLE = ROOT / "data" / "eval" / "expected.toml"
CORPUS = ROOT / "tests" / "expected" / "corpus.toml"


@dataclass(frozen=True)
class Expected:
    """index: glob of the sources; command: as typed at the checkout; scores: figure by name, each ± tolerance."""

    index: str
    deepen: bool
    command: str
    tolerance: float
    scores: dict[str, float]

    @classmethod
    def read(cls, file: Path) -> Expected:
        return cls(**tomllib.loads(file.read_text("utf-8")))

    def sources(self) -> list[str]:
        wanted = ROOT / self.index
        return sorted(str(source) for source in wanted.parent.glob(wanted.name))

    def moved(self, figures: dict[str, Any]) -> list[str]:
        """The figures that are not what is expected, with what they are."""
        return [
            f"{name} is {value:.4f}, expected {score} ± {self.tolerance}"
            for name, score in self.scores.items()
            if abs((value := figure(figures, name)) - score) > self.tolerance
        ]


def run(kb: Any, *arguments: str, hours: float = 0.5) -> str:
    """What a command prints; it must end with status 0."""
    process = kb.start(*arguments)
    out, err = process.communicate(timeout=hours * 3600)
    assert process.returncode == 0, err
    return str(out)


def measure(kb: Any, expected: Expected) -> dict[str, Any]:
    program, *arguments = shlex.split(expected.command)
    assert program == "kb"
    figures: dict[str, Any] = json.loads(run(kb, *arguments))
    return figures


def test_a_figure_that_moved_further_than_its_tolerance_is_named() -> None:
    expected = Expected("", False, "", 0.02, {"mrr@10": 0.8, "en:mrr@10": 0.8})
    figures = {"all": {"mrr@10": 0.819}, "en": {"mrr@10": 0.779}}
    assert expected.moved(figures) == ["en:mrr@10 is 0.7790, expected 0.8 ± 0.02"]


@pytest.mark.parametrize("file", [SAMPLE, CORPUS], ids=lambda file: file.stem)
def test_expectations_are_readable(file: Path) -> None:
    expected = Expected.read(file)
    assert shlex.split(expected.command)[:2] == ["kb", "eval"]
    assert 0 < expected.tolerance < 0.1


@pytest.mark.suite
def test_the_sample_scores_as_expected(sample: Any) -> None:
    expected = Expected.read(SAMPLE)
    assert expected.sources() == [str(ROOT / "data" / "articles")]  # what `sample` has indexed
    assert len(expected.scores) >= 5
    assert expected.moved(measure(sample, expected)) == []


@pytest.mark.hours
@pytest.mark.long
@pytest.mark.timeout(6 * 3600)  # twelve locales take two hours to embed where no cache has them
def test_the_corpus_scores_as_expected(kb: Any, shared: Path) -> None:
    expected = Expected.read(CORPUS)
    sources = expected.sources()
    assert len(sources) == len(list((shared / "corpus" / "sxs").glob("*.tar.gz"))) > 0
    run(kb, "index", *sources, *(["--deepen", "--wait"] if expected.deepen else []), hours=5)
    assert expected.moved(measure(kb, expected)) == []
