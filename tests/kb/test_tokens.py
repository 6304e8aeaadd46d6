"""Counting and cutting with the model's own tokenizer."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb.errors import ModelError
from kb.tokens import TokenCounter, well_formed


@pytest.fixture(scope="module")
def counter(tiny_model: Path) -> TokenCounter:
    return TokenCounter(tiny_model)


def test_content_tokens_without_specials(counter: TokenCounter) -> None:
    # "▁reset ▁the ▁printer"; "▁the" twice; nothing; "▁ x y z"
    assert counter.count(["reset the printer", "the the", "", "xyz"]) == [3, 2, 0, 4]


def test_special_tokens_in_a_text_are_text(counter: TokenCounter) -> None:
    assert counter.count(["<s>", "</s>"]) == counter.count(["< s>", "< /s>"])


def test_a_lone_surrogate_counts_as_a_replacement_character(counter: TokenCounter) -> None:
    assert counter.count(["a\ud83db"]) == counter.count(["a\ufffdb"])
    assert well_formed("a\ud83db") == "a\ufffdb"
    assert well_formed("a\U0001f600b") == "a\U0001f600b"


def test_cut_between_tokens(counter: TokenCounter) -> None:
    assert counter.cut("reset the printer", 2) == ["reset the", " printer"]
    assert counter.cut("reset the printer", 3) == ["reset the printer"]
    assert counter.cut("", 3) == []
    with pytest.raises(ValueError, match="expected at least 1"):
        counter.cut("reset", 0)


@given(
    st.text(st.characters() | st.sampled_from("reset the printer<s>é～ﷺ"), max_size=120), st.integers(1, 12)
)
@example(text="a\r0", max_tokens=1)
def test_pieces_concatenate_and_keep_the_limit(counter: TokenCounter, text: str, max_tokens: int) -> None:
    pieces = counter.cut(text, max_tokens)

    assert "".join(pieces) == text
    assert all(pieces)
    for piece, tokens in zip(pieces, counter.count(pieces), strict=True):
        # one token of the whole text may be more when it stands at a beginning: "▁" and itself
        assert tokens <= max_tokens or len(counter.cut(piece, max_tokens)) == 1


@given(st.lists(st.sampled_from(["reset", "the", "printer", "passwording", "xyz"]), max_size=40))
def test_ordinary_text_always_keeps_the_limit(counter: TokenCounter, words: list[str]) -> None:
    assert all(tokens <= 6 for tokens in counter.count(counter.cut(" ".join(words), 6)))


def test_no_torch_is_needed() -> None:
    script = "import sys, kb.tokens; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_folder_without_a_tokenizer_is_named(tmp_path: Path, tiny_model: Path) -> None:
    with pytest.raises(ModelError, match=r"has no tokenizer\.json"):
        TokenCounter(tmp_path)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelError, match="is damaged"):
        TokenCounter(tmp_path)
    shutil.copy(tiny_model / "tokenizer.json", tmp_path)
    (tmp_path / "modules.json").write_text("[1]")
    with pytest.raises(ModelError, match=r"modules\.json is damaged"):
        TokenCounter(tmp_path)


def test_the_tokenizer_of_a_model_in_a_folder_of_its_own(tmp_path: Path, tiny_model: Path) -> None:
    (tmp_path / "modules.json").write_text('[{"path": "0_Transformer"}]')
    (tmp_path / "0_Transformer").mkdir()
    shutil.copy(tiny_model / "tokenizer.json", tmp_path / "0_Transformer")

    assert TokenCounter(tmp_path).count(["reset the"]) == [2]
