"""The kinds of finding: what each is called, what it says, and which are on by default."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from indexer.checks.bold import check_bold
from indexer.checks.codes import check_codes
from indexer.checks.finding import Found, Kind, Pair
from indexer.checks.letters import check_letters
from indexer.checks.links import check_links
from indexer.checks.measures import check_measures
from indexer.checks.numbers import check_numbers
from indexer.checks.placeholders import check_placeholders
from indexer.checks.untranslated import check_untranslated


@dataclass(frozen=True, slots=True)
class KindInfo:
    """A kind for people.

    check    looks at one pair by itself; None where the whole run decides (indexer/checks/across.py)
    default  on unless another choice is made: its precision was 0.8 or more in docs/translation-checks.md
    """

    title: str
    help: str
    check: Callable[[Pair], Iterator[Found]] | None = None
    default: bool = True


# In the order in which findings of one unit come.
KINDS: Mapping[Kind, KindInfo] = MappingProxyType(
    {
        "number": KindInfo("Numbers differ", "A number stands on one side only.", check_numbers),
        "measure": KindInfo("Unit of measure differs", "A quantity has another unit.", check_measures, False),
        "code": KindInfo(
            "Code is missing", "The translation lacks a code, cmdlet or file name.", check_codes
        ),
        "link": KindInfo("Links differ", "A link's target stands on one side only.", check_links),
        "bold": KindInfo("Bold differs", "The sides have other numbers of bold labels.", check_bold),
        "placeholder": KindInfo(
            "Placeholder is missing", "The translation lacks a placeholder.", check_placeholders
        ),
        "letter": KindInfo("List letter differs", "A list letter became something else.", check_letters),
        "untranslated": KindInfo(
            "Not translated", "English text stands in the translation.", check_untranslated
        ),
        "label": KindInfo("Label is not translated", "A bold label is English that elsewhere is translated."),
        "name": KindInfo("Name is translated", "A name is missing that the locale keeps elsewhere."),
        "acronym": KindInfo("Acronym is missing", "An acronym is missing that the locale keeps elsewhere."),
        "inconsistent": KindInfo(
            "Translated in several ways", "The same source has another translation elsewhere."
        ),
        "meaning": KindInfo("Meaning may differ", "The sides lie far apart in embedding space.", None, False),
    }
)
DEFAULT_KINDS = tuple(kind for kind, info in KINDS.items() if info.default)
