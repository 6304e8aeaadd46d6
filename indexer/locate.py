"""Where an article belongs: its locale and path, from front matter, folders, archive and repository names.

The locale root is the folder or archive that is one locale; the path is the file's place below it, without
its suffix. Full tags (nl-NL, zh-hans) are taken as such in every folder. Bare codes (nl, it, is) are words as
well, so they count only where sites keep their languages: at the top, or below a folder named content, docs …
"""

from __future__ import annotations

import locale as c_locales
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath
from typing import Any, Literal, NamedTuple

from indexer.archives import archive_suffix
from indexer.entries import article_suffix
from kb.locales import is_valid, normalise

Origin = Literal["front matter", "folder", "archive", "repository", "option"]

LOCALE_KEYS = ("ms.contentlocale", "locale", "lang", "language")
_LANGUAGE_FOLDER_NAMES = """
    content contents doc docs documentation i18n l10n lang langs language languages
    locale locales localized translation translations
"""
LANGUAGE_FOLDERS = frozenset(_LANGUAGE_FOLDER_NAMES.split())
_DEEPEST_BARE = 5
# ISO 639-1, and the longer codes that localised documentation is found under.
_LANGUAGE_CODES = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de
    dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id
    ie ig ii ik io is it iu iw ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt
    lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt
    qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to
    tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu ast bho ceb chr ckb cmn cnr doi dsb fil
    gsw haw hmn hsb kab kok mai mni prs quc quz sah sat sma smj smn tzm yue
"""
_SCRIPT_CODES = """
    Adlm Arab Armn Beng Cans Cher Cyrl Deva Ethi Geor Grek Gujr Guru Hans Hant Hebr Jpan Khmr Knda Kore
    Laoo Latn Mlym Mong Mtei Mymr Nkoo Olck Orya Sinh Syrc Taml Telu Tfng Thaa Thai Tibt Vaii
"""
_LANGUAGES = frozenset(_LANGUAGE_CODES.split())
_SCRIPTS = frozenset(_SCRIPT_CODES.split())
_SUPRANATIONAL = frozenset(("001", "150", "419"))
_FULL = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|[0-9]{3}))?")
_BARE = re.compile(r"[a-z]{2}")
# The tag of "…-pr.nl-NL" and "docs.de-de-live": last part after a dot, with a branch behind it in a download.
_REPOSITORY = re.compile(r".+\.([A-Za-z]{2,3}(?:-[A-Za-z]{4})?-(?:[A-Za-z]{2}|[0-9]{3}))(?:-.*)?", re.DOTALL)
# The tag of "manual_nl-NL-2024", where its capitals make it stand out.
_WITHIN = re.compile(r"(?<![A-Za-z0-9])[a-z]{2,3}(?:[-_][A-Z][a-z]{3})?[-_](?:[A-Z]{2}|419)(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class Located:
    """An article's locale (canonical), its path and what the locale was taken from."""

    locale: str
    path: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class _Root:
    """What names alone say; `path`: the file's or, for a source, the folders between the root and it."""

    locale: str | None
    origin: Origin
    path: str


class FileName(NamedTuple):
    """A file of a source: as people are told of it, one path."""

    source: str
    name: str

    def __str__(self) -> str:
        return str(PurePath(self.source, self.name))


class Places:
    """Which file stands at each (locale, path) of a run: the first that claimed it."""

    def __init__(self) -> None:
        self._files: dict[tuple[str, str], FileName] = {}

    def claim(self, locale: str, path: str, file: FileName) -> str | None:
        """None if the place is the file's now, else why not, naming the file that has it."""
        holder = self._files.setdefault((locale, path), file)
        if holder == file:
            return None
        return (
            f"{file} comes out at {path}@{locale}, as does {holder}, which stays;"
            " rename one of them, or index one as another collection"
        )


def locate(name: str, source_label: str, metadata: Mapping[str, Any], option: str | None) -> Located | str:
    """Locale and path of the file `name` of a source, or the reason why it has no locale.

    The first that names a locale decides: front matter, folder, archive, repository, the option. A language
    in the front matter ("nl") is made exact by a folder of the same language ("nl-BE").
    """
    root = _root(name, source_label)
    written = next(((key, tag) for key in LOCALE_KEYS if (tag := _written_tag(metadata.get(key)))), None)
    if written is not None:
        exact = root.locale is not None and root.locale.startswith(written[1] + "-")
        return Located(root.locale if exact and root.locale else written[1], root.path, "front matter")
    if root.locale is not None:
        return Located(root.locale, root.path, root.origin)
    if option is not None:
        return Located(normalise(option), root.path, "option")
    unusable = [f"{key}: {metadata[key]!r}" for key in LOCALE_KEYS if metadata.get(key) is not None]
    return (
        f"no locale found: the front matter has {', '.join(unusable) or 'none of ' + ', '.join(LOCALE_KEYS)},"
        " and no folder or archive around it is named after a locale (nl-NL/…, content/nl/…, nl-NL.tar.gz);"
        " name it in one of these places, or for all such files with --locale"
    )


def article_path(name: str, source_label: str) -> str:
    """The article's path: below its locale root, without suffix, forward slashes, NFC."""
    return _root(name, source_label).path


def article_name(name: str, source_label: str) -> str:
    """The article's path with its suffix."""
    folder, own = _split(name)
    return _folder_root(folder, source_label).path + own


def _root(name: str, source_label: str) -> _Root:
    folder, own = _split(name.removesuffix(article_suffix(name)))
    root = _folder_root(folder, source_label)
    return _Root(root.locale, root.origin, root.path + own)


def _split(name: str) -> tuple[str, str]:
    """The folder, "" or with a slash at its end, and what is in it; NFC."""
    folder, slash, own = unicodedata.normalize("NFC", name).rpartition("/")
    return folder + slash, own


@lru_cache(maxsize=4096)
def _folder_root(folder: str, source_label: str) -> _Root:
    """What a folder of a source says of the files in it; it and its path are "" or end in "/"."""
    folders = folder.split("/")[:-1]
    source = _source_root(source_label)

    def below(index: int, tag: str | None, origin: Origin = "folder") -> _Root:
        return _Root(tag, origin, "".join(f"{part}/" for part in folders[index + 1 :]))

    for index, part in enumerate(folders):
        if (tag := _full_tag(part)) is not None:
            return below(index, tag)
        if index == 0 and (tag := _repository_tag(part)) is not None:
            return below(index, tag, "repository")
    bare = [index for index, part in enumerate(folders[:_DEEPEST_BARE]) if _bare_tag(part) is not None]
    kept = next((index for index in bare if index and folders[index - 1].lower() in LANGUAGE_FOLDERS), None)
    sure_source = source.locale is not None and "-" in source.locale
    if kept is not None and not sure_source:
        return below(kept, _bare_tag(folders[kept]))
    if source.locale is not None:
        return _Root(source.locale, source.origin, source.path + folder)
    if bare[:1] == [0]:
        return below(0, _bare_tag(folders[0]))
    return _Root(None, "folder", folder)


@lru_cache(maxsize=256)
def _source_root(label: str) -> _Root:
    """What a source's own name and the folders around it say; its path is "" or ends in "/"."""
    *around, own = PurePath(label).parts or ("",)
    suffix = archive_suffix(own)
    own = own[: -len(suffix)] if suffix else own
    kind: Origin = "archive" if suffix else "folder"
    if (tag := _full_tag(own)) is not None:
        return _Root(tag, kind, "")
    if (tag := _repository_tag(own)) is not None:
        return _Root(tag, "repository", "")
    if (found := _WITHIN.search(own)) is not None and (tag := _full_tag(found[0].lower())) is not None:
        return _Root(tag, kind, "")
    between = "" if suffix else unicodedata.normalize("NFC", own) + "/"
    for index in range(len(around) - 1, -1, -1):
        tag = _full_tag(around[index]) or _repository_tag(around[index])
        if tag is not None:
            return _Root(tag, "folder", between)
        between = between if suffix else unicodedata.normalize("NFC", around[index]) + "/" + between
    return _Root(_bare_tag(own), kind, "")


def _full_tag(text: str) -> str | None:
    """The tag, with script or region, that a name is: nl-NL, sr-Latn-RS, pt_BR; nl-nl only if well known."""
    match = _FULL.fullmatch(text)
    if match is None or match[1].lower() not in _LANGUAGES or not (match[2] or match[3]):
        return None
    language, script, region = match[1].lower(), (match[2] or "").title(), (match[3] or "").upper()
    if (script and script not in _SCRIPTS) or (region.isdigit() and region not in _SUPRANATIONAL):
        return None
    tag = "-".join(part for part in (language, script, region) if part)
    # "to-do" and "ms-ad" are folders like any other: the C library's locales tell them from "nl-nl"
    known = script or region.isdigit() or f"{language}_{region}".lower() in c_locales.locale_alias
    return normalise(tag) if known or text.replace("_", "-") == tag else None


def _repository_tag(text: str) -> str | None:
    match = _REPOSITORY.fullmatch(text)
    return _full_tag(match[1]) if match else None


def _bare_tag(text: str) -> str | None:
    return normalise(text) if _BARE.fullmatch(text) and text in _LANGUAGES else None


def _written_tag(value: object) -> str | None:
    """The canonical tag that a front matter's value means, None if none."""
    if value is False:
        value = "no"  # YAML 1.1 reads Norwegian's code as a boolean
    if not isinstance(value, str):
        return None
    tag = value.strip().replace("_", "-")
    return normalise(tag) if is_valid(tag) and tag.split("-")[0].lower() in _LANGUAGES else None
