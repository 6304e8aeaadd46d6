"""The letters that the words of a language are written in, folded: what a mistyped one may have been meant to be."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

_LATIN = "abcdefghijklmnopqrstuvwxyz"
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_GREEK = "αβγδεζηθικλμνξοπρστυφχψωάέήίόύώϊϋ"
_HEBREW = "אבגדהוזחטיךכלםמןנסעףפץצקרשת"
_ARABIC = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي"
_ARMENIAN = "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆև"
_GEORGIAN = "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ"
_SCRIPTS = (_LATIN, _CYRILLIC, _GREEK, _HEBREW, _ARABIC, _ARMENIAN, _GEORGIAN)

# Beyond those of the script, by language; "ß" and "ς" are folded away.
_MORE = {
    "be": "ёіў",
    "bs": "čćđšž",
    "ca": "àçéèíïóòúü",
    "cs": "áčďéěíňóřšťúůýž",
    "cy": "âêîôûŵŷ",
    "da": "æøå",
    "de": "äöü",
    "es": "áéíñóúü",
    "et": "äõöšüž",
    "fa": "پچژگکی",
    "fi": "äöå",
    "fr": "àâçéèêëîïôœùûü",
    "ga": "áéíóú",
    "gl": "áéíñóúü",
    "hr": "čćđšž",
    "hu": "áéíóöőúüű",
    "is": "áéíóúýþæðö",
    "it": "àèéìòù",
    "kk": "әғқңөұүһі",
    "lt": "ąčęėįšųūž",
    "lv": "āčēģīķļņšūž",
    "mk": "ѓѕјљњќџ",
    "nb": "æøå",
    "nl": "éëïóè",
    "nn": "æøå",
    "pl": "ąćęłńóśźż",
    "pt": "áâãàçéêíóôõú",
    "ro": "ăâîșț",
    "ru": "ё",
    "sk": "áäčďéíĺľňóôŕšťúýž",
    "sl": "čšž",
    "sq": "çë",
    "sr": "ђјљњћџčćđšž",
    "sv": "åäö",
    "tr": "çğıöşü",
    "uk": "ґєії",
    "ur": "ٹڈڑںےھہپچژگکی",
}


class Letters(NamedTuple):
    """plain: the script's own letters, which fingers strike by mistake; all: and those with marks, which are left out
    rather than struck."""

    plain: str
    all: str


@cache
def _letters(script: str, language: str) -> Letters:
    more = (c for c in _MORE.get(language, "") if (c < "\u0250") == (script is _LATIN))
    return Letters(script, script + "".join(more))


def letters_of(word: str, language: str) -> Letters | None:
    """The letters of the script that most of a folded word's letters are in; None for scripts whose words an edit of
    one letter says little about (Hangul, Devanagari)."""
    counts = [sum(c in script or c in _MORE.get(language, "") for c in word) for script in _SCRIPTS]
    most = max(counts)
    return _letters(_SCRIPTS[counts.index(most)], language) if 2 * most > len(word) else None
