"""What stores keep whole: articles and small values as deflated JSON, a fifth of its size.

An article's JSON is its dataclasses field by field, read straight into them, kinds and types checked on the way:
a third of the time that dictionaries take from which they would be built. Doors show another form (kb.articlejson).
"""

from __future__ import annotations

import zlib
from typing import Any

import msgspec

from kb.article import Article

_ARTICLES = msgspec.json.Decoder(Article)
_LEVEL = 1  # the next ones save a twentieth and take twice as long


def unpack_article(data: bytes) -> Article:
    """Errors: zlib.error, or ValueError that says which field is not as `pack` writes it."""
    return _ARTICLES.decode(zlib.decompress(data))


def pack(value: Any) -> bytes:
    """JSON values, or an Article."""
    return zlib.compress(msgspec.json.encode(value), _LEVEL)


def unpack(data: bytes) -> Any:
    """JSON values alone. Errors: zlib.error or ValueError."""
    return msgspec.json.decode(zlib.decompress(data))
