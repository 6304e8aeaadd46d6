"""What the second encoder, which knows one language, is given to read of a question."""

from __future__ import annotations

from collections.abc import Sequence

from kb.embedded import Collection
from kb.locales import lookup
from kb.secondreading import LANGUAGE


def second_text(collections: Sequence[Collection], text: str, language: str) -> str:
    """The text itself in the encoder's language, in an installed one the text word by word (kb.glosses); "" in others,
    and where no collection has been read by that encoder."""
    read = [collection for collection in collections if collection.second is not None]
    if not read or language == LANGUAGE:
        return text if read else ""
    for collection in read:
        locale = lookup(language, list(collection.locales))
        if locale is not None and (glossed := collection.locales[locale].glosses.of(text)):
            return glossed
    return ""
