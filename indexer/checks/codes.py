"""Inline code, cmdlets, error codes, file names and the like that the translation lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator

import regex

from indexer.checks.finding import Found, Pair, marked

_VERBS = (
    "Add|Approve|Assert|Backup|Block|Clear|Close|Compare|Complete|Confirm|Connect|Convert|ConvertTo|ConvertFrom|Copy"
    "|Debug|Deny|Disable|Disconnect|Enable|Enter|Exit|Expand|Export|Find|ForEach|Format|Get|Grant|Import|Install"
    "|Invoke|Join|Limit|Lock|Merge|Mount|Move|New|Out|Publish|Push|Read|Receive|Register|Remove|Rename|Repair|Request"
    "|Reset|Resize|Resolve|Restart|Restore|Resume|Revoke|Save|Search|Select|Send|Set|Show|Sort|Start|Stop|Submit"
    "|Suspend|Sync|Test|Trace|Unblock|Undo|Uninstall|Unlock|Unpublish|Unregister|Update|Use|Wait|Write"
)
_SUFFIXES = (
    "exe|dll|msi|bat|cmd|ps1|vbs|reg|ini|log|xml|json|csv|txt|zip|cab|iso|pst|ost|nst|docx?|xlsx?|pptx?|pdf|plist"
    "|pkg|dmg|apk|htm|html|aspx|config|yml|yaml|etl|evtx|sys|dat|eml|msg|ics"
)
_CODE = regex.compile(
    rf"(?P<cmdlet>(?<![\w-])(?:{_VERBS})-(?!(?:Only|Time|Based|Self|Side|Down)\b)[A-Z][A-Za-z0-9]{{3,}})"
    r"|(?P<hex>\b0x[0-9A-Fa-f]{2,}\b)"
    r"|(?P<guid>\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b)"
    rf"|(?P<file>(?<![\w./\\-])[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.(?:{_SUFFIXES})(?![\w]))"
    r"|(?P<error>(?<![\w-])(?:[A-Z]{2,}[0-9]{3,}|[A-Z]{3,}(?:_[A-Z0-9]+)+)(?![\w]))"
    r"|(?P<status>(?<![\w.])[45]\.[0-9]\.[0-9]{1,3}(?![\w.]))"
    r"|(?P<mail>[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"
    r"|(?P<variable>%[A-Za-z][A-Za-z0-9_]+%|\$[A-Za-z_][A-Za-z0-9_]+|\bHK(?:EY_[A-Z_]+|LM|CU)\b)"
)
# Something of every code; most sentences have nothing of it, and are done with fast.
_MAY_BE = re.compile(
    r"[A-Za-z]-[A-Z]|0x|[A-Z]\d|[A-Z]_[A-Z]|\w@\w|[%$]\w|\.\w|HK|[0-9a-fA-F]-[0-9a-fA-F]{4}-"
)
_NAMES = {
    "cmdlet": "cmdlet",
    "hex": "error code",
    "guid": "GUID",
    "file": "file name",
    "error": "error code",
    "status": "status code",
    "mail": "address",
    "variable": "variable",
}
_BLANKS = regex.compile(r"[\s\u00a0]+")


def check_codes(pair: Pair) -> Iterator[Found]:
    """One finding for each code of the source that the target's text has nowhere, case aside."""
    inline = marked(pair.source_runs, "code")
    if not inline and not _MAY_BE.search(pair.source):
        return
    theirs = _folded(pair.target)
    seen: set[str] = set()
    for stretch in inline:
        code = _folded(stretch.text)
        if code and code not in theirs and code not in seen and not _prose(stretch.text):
            seen.add(code)
            yield Found("code", f"code {stretch.text!r} is not in the translation", (stretch.range,))
    for match in _CODE.finditer(pair.source):
        code = _folded(match.group())
        if match.lastgroup == "mail" and code[code.index("@") :] in theirs:
            continue  # the name before an example's "@contoso.com" may be translated
        if code not in theirs and not any(code in one for one in seen):
            seen.add(code)
            name = _NAMES[match.lastgroup or ""]
            yield Found("code", f"{name} {match.group()!r} is not in the translation", (match.span(),))


def _folded(text: str) -> str:
    return _BLANKS.sub("", text).casefold().translate(_SAME)


def _prose(code: str) -> bool:
    """Whether words in code marks are words to translate: "`your domain`"."""
    return regex.search(r"[<>\[\]]|^\p{L}+(?:\s\p{L}+)+$", code) is not None


_SAME = str.maketrans({"‑": "-", "–": "-", "−": "-", "\u200e": "", "\u200f": ""})
