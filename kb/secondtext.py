"""What the second encoder, which knows one language, is given to read of a question."""

from __future__ import annotations

from collections.abc import Sequence

from kb.embedded import Collection
from kb.encoded import Again, Floats, TextReader
from kb.locales import lookup
from kb.secondreading import LANGUAGE
from kb.vectors import centre
from kb.wordtokens import word_tokens


def second_text(collections: Sequence[Collection], text: str, language: str, reader: TextReader) -> Again:
    """The text itself in the encoder's language; in an installed one the text word by word (kb.glosses); in others,
    and where that knows too few of its words, what they are called by where the first encoder puts them (kb.namer).

    "" where no collection has been read by the second encoder, or none can say any of it.
    """
    read = [collection for collection in collections if collection.second is not None]
    if not read or language == LANGUAGE:
        return text if read else ""
    for collection in read:
        locale = lookup(language, list(collection.locales))
        if locale is not None and (glossed := collection.locales[locale].glosses.of(text)):
            return glossed
    return next((_naming(c, text, reader) for c in read if c.namer is not None), "")


def _naming(collection: Collection, text: str, reader: TextReader) -> Again:
    """What names a text's words once the first encoder has read it."""
    namer = collection.namer
    assert namer is not None

    def name(tokens: Floats) -> str:
        spans = reader.spans([text])[0][: len(tokens)]
        # of all languages, as the words that the names were learned from
        return namer.of(text, word_tokens(text, spans), centre(tokens, collection.token_mean(None)))

    return name
