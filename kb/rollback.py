"""Earlier generations of a home, and going back to one by the same rename that published it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kb.beside import settle
from kb.checked import Checked
from kb.errors import IndexMissing, InputError
from kb.generation import check_files, generations, named, read_manifest, served
from kb.publish import point_to
from kb.writerlock import writer_lock


@dataclass(frozen=True, slots=True)
class Rollback:
    """What serves now and what served before, None where `current` named nothing; model: of what serves now."""

    generation: str
    before: str | None
    created: str
    model: str
    articles: dict[str, dict[str, int]]


def rollback(home: Path, to: str | None = None) -> Rollback:
    """Lets an earlier generation serve again, the one published last unless another is named; services follow.

    The one that served stays, so that going back can be undone. Whatever has been imported or curated stays as it
    is: that is beside the generations.

    Errors: InputError where there is none, IndexMissing where nothing is indexed, IndexDamaged where it is not whole.
    """
    if not (home / "generations").is_dir():
        raise IndexMissing(f"nothing is indexed in {home}; run `kb index SRC… --home {home}`")
    with writer_lock(home):
        there = generations(home)
        if not there:
            raise IndexMissing(f"no generation is left in {home}; run `kb index SRC… --home {home}`")
        before = served(home)
        earlier = [name for name in there if name != before]
        if to is None and not earlier:
            raise InputError(f"{home} holds one generation, {before}; there is none to go back to")
        chosen = earlier[0] if to is None else to
        if chosen not in there:
            raise InputError(f"no generation {chosen!r} in {home}; there are {', '.join(there)}")
        folder, manifest = read_manifest(home, chosen)
        check_files(folder, manifest, Checked())
        settle(home, named(home))  # before generations are named that were never published
        point_to(home, [chosen, *(name for name in there if name != chosen)])
    return Rollback(
        chosen,
        before,
        manifest.created,
        manifest.model,
        {
            name: {locale: found.articles for locale, found in entry.locales.items()}
            for name, entry in manifest.collections.items()
        },
    )
