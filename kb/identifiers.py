"""Identifiers in a text: what is looked up to the letter, besides the words that it consists of."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from kb.folding import Folded, Token, fold

MAX_IDENTIFIER = 256
_DIGIT = regex.compile(r"[0-9]")
# The approved verbs of PowerShell: what tells Get-Mailbox from any hyphenated word, in lower case too.
_VERBS = """
    add approve assert backup block build checkpoint clear close compare complete compress confirm
    connect convert convertfrom convertto copy debug deny deploy disable disconnect dismount edit
    enable enter exit expand export find foreach format get grant group hide import initialize install
    invoke join limit lock measure merge mount move new open optimize out ping pop protect publish
    push read receive redo register remove rename repair request reset resize resolve restart restore
    resume revoke save search select send set show skip sort split start step stop submit suspend
    switch sync tee test trace unblock undo uninstall unlock unprotect unpublish unregister update use
    wait watch where write
"""
_EDGE = "._@\\%$+-"
_PUNCTUATION = _EDGE + ",;:!/*~^&="
_URL = regex.compile(r"\b(?:https?|ftp)://(?P<address>[^\s<>\"'?#()\[\]{}|]+)")
_STRETCH = regex.compile(r"[\p{Latin}0-9_@.\\%$+-]{3,}")
_GUID = regex.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CMDLET = regex.compile(rf"(?:{'|'.join(_VERBS.split())})-[a-z][a-z0-9]+")
_DOTTED = regex.compile(r"[\w+-]+(?:\.[\w+-]+)*\.[a-z0-9][a-z0-9-]*")
_PREFIXED = regex.compile(
    r"(?:0x(?P<hex>[0-9a-f]{3,})|(?:[a-z]+)(?P<digits>[0-9]{3,})|v(?P<version>[0-9]+(?:\.[0-9]+)+))"
)
_SEPARATOR = regex.compile(r"[-\\%$+@]")
_NAME = regex.compile(r"[^-\\%$+@._][^-\\%$+@]*")


def identifiers(text: str | Folded) -> list[Token]:
    """What is searched to the letter, besides the words it consists of.

    GUIDs; error codes and numbers of three digits and more, with and without their letters ("0x80070035" and
    "80070035", "kb4532693" and "4532693"); cmdlets; versions; file names and hosts; e-mail addresses; URLs
    without scheme and query; paths; names_with_underscores. A compound gives its parts that are identifiers.
    """
    folded = fold(text) if isinstance(text, str) else text
    found: list[tuple[str, int, int]] = []
    for match in _URL.finditer(folded.text):
        address = match["address"].rstrip(_PUNCTUATION)
        if address and len(address) <= MAX_IDENTIFIER:
            start = match.start("address")
            found.append((address, start, start + len(address)))
    for match in _STRETCH.finditer(folded.text):
        stretch = match.group()
        if stretch.isalpha() or len(stretch) > MAX_IDENTIFIER:
            continue
        start = match.start() + len(stretch) - len(stretch.lstrip(_EDGE))
        for name, offset in _names(stretch.strip(_EDGE)):
            found.append((name, start + offset, start + offset + len(name)))
    return folded.tokens(found)


def _names(stretch: str) -> Iterator[tuple[str, int]]:
    """Identifiers in a stretch of at most MAX_IDENTIFIER characters, each with its offset."""
    if _GUID.fullmatch(stretch):
        yield stretch, 0
        return
    parts = [(stretch, 0)]
    if _SEPARATOR.search(stretch):
        if _DIGIT.search(stretch) or _CMDLET.fullmatch(stretch) or any(c in stretch for c in "\\@._"):
            yield stretch, 0
        parts = [(m.group().rstrip("._"), m.start()) for m in _NAME.finditer(stretch)]
    for part, offset in parts:
        if len(part) < 3:
            continue
        if _DIGIT.search(part) or "_" in part or _DOTTED.fullmatch(part):
            yield part, offset
        if prefixed := _PREFIXED.fullmatch(part):
            number = prefixed.lastgroup or ""
            yield prefixed[number], offset + prefixed.start(number)
