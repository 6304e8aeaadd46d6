"""Tokens of a text as the encoder counts them, without loading the encoder."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from kb.errors import ModelError


class TokenCounter:
    """Counts and cuts with a model folder's own tokenizer.json.

    Errors: ModelError where the folder has none, or a damaged one.
    """

    def __init__(self, folder: Path) -> None:
        self._tokenizer = load_tokenizer(folder)

    def count(self, texts: Sequence[str]) -> list[int]:
        """Content tokens of each text: without the specials and the prompt that the encoder adds."""
        clean = [well_formed(text) for text in texts]
        found = self._tokenizer.encode_batch_fast(clean, add_special_tokens=False)
        return [len(encoding.ids) for encoding in found]

    def spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Code points [from, to) of each text's content tokens, in order: those that an encoder gives vectors of."""
        # one by one: a batch wakes a thread for every core, and on a busy machine waits for each of them
        read = (self._tokenizer.encode(well_formed(text), add_special_tokens=False) for text in texts)
        return [encoding.offsets for encoding in read]

    def cut(self, text: str, max_tokens: int) -> list[str]:
        """Pieces of at most `max_tokens` tokens each, in order, that concatenate to the text.

        Cut between tokens. A single character that alone needs more (some ligatures stand for a whole
        phrase) is a piece by itself. Empty for an empty text.
        """
        if max_tokens < 1:
            raise ValueError(f"max_tokens is {max_tokens}, expected at least 1")
        borders = self._borders(text)
        pieces, start = [], 0
        while start < len(text):
            first = bisect_left(borders, start + 1)
            last = min(first + max_tokens, len(borders)) - 1
            # A piece is read from its own beginning, which may split its first word into more tokens.
            while last > first and self.count([text[start : borders[last]]])[0] > max_tokens:
                last -= 1
            end = borders[last]
            if last == first and end - start > 1 and self.count([text[start:end]])[0] > max_tokens:
                end = start + 1  # one token where it stood, several by itself
            pieces.append(text[start:end])
            start = end
        return pieces

    def _borders(self, text: str) -> list[int]:
        """Offsets at which a token begins and no other goes on, and the text's end; ascending."""
        borders, reached = [], 0
        for begin, end in self._tokenizer.encode(well_formed(text), add_special_tokens=False).offsets:
            if begin >= reached and begin > 0:
                borders.append(begin)
            reached = max(reached, end)
        return [*dict.fromkeys(borders), len(text)]


def well_formed(text: str) -> str:
    """The text with lone surrogates, which no tokenizer takes, replaced one by one by U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return text


def load_tokenizer(folder: Path) -> Tokenizer:
    """The folder's tokenizer, to be used and never changed: counter and encoder share one (290 MB).

    It neither pads nor truncates, and reads a special token that stands in the text as plain text.
    """
    path = _tokenizer_path(folder)
    try:
        stat = path.stat()
        return _load(path, stat.st_mtime_ns, stat.st_size)
    except FileNotFoundError as error:
        raise ModelError(
            f"{folder} has no tokenizer.json, needed to count tokens; save the model with a fast tokenizer"
        ) from error
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error}") from error


@lru_cache(maxsize=2)
def _load(path: Path, _modified: int, _size: int) -> Tokenizer:
    content = path.read_bytes()
    try:
        tokenizer = Tokenizer.from_buffer(content)
    except Exception as error:  # the library raises no narrower type for a malformed file
        raise ModelError(f"{path} is damaged: {error}") from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.encode_special_tokens = True
    return tokenizer


def _tokenizer_path(folder: Path) -> Path:
    """Where sentence-transformers keeps it: in the first module's folder, which is mostly the model's own."""
    modules = folder / "modules.json"
    try:
        stages: Any = json.loads(modules.read_text(encoding="utf-8")) if modules.is_file() else []
        first = stages[0]["path"] if stages else ""
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{modules} is damaged: {error}") from error
    inner = folder / str(first) / "tokenizer.json"
    return inner if inner.is_file() else folder / "tokenizer.json"
