"""Which step of a procedure a question speaks of: "step 3?", "en stap 2?", "第三步", "the third one".

Digits of any script, ordinals with a suffix ("3rd", "3.", "3º", "第3"), and ordinal words of the languages below.
Numbers above 99 are no steps.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

import regex

# words for a step or a point of a list, as stems: what follows them in the word is its inflection
_STEP = (
    "step|point|stap|stapp|punt|schritt|punkt|paso|punto|étape|etape|point|passo|ponto|passaggio|krok|bod|steg|trin|trinn"
    "|vaihe|vaihee|lépés|pas|pasul|шаг|пункт|крок|корак|stupanj|korak|βήμα|adım|adim|الخطوة|خطوة|שלב|צעד|bước|langkah"
    "|hakbang|चरण|samm|solis|žingsn|žingsni|hatua|urrats|pauso"
)
_STEP_UNSPACED = "步骤|步驟|步|手順|ステップ|단계|ขั้นตอนที่|ขั้นตอน|ขั้นที่"
# ordinals as stems, the same number's in all languages together
_ORDINALS: dict[int, str] = {
    1: "first|eerste|erste|primer|premi|prime|pierwsz|prvn|prvi|први|първ|först|første|ensimmäi|első|перв|перш|πρώτ"
    "|birinci|ilk|الأولى|الاولى|ראשון|ראשונה|thứ nhất|pertama|पहल",
    2: "second|tweede|zweite|segund|deuxième|drugi|други|втор|druh|andra|anden|andre|toi(?:nen|sen|sess)|második|друг"
    "|δεύτερ|ikinci|الثانية|שני|שנייה|thứ hai|kedua|दूसर",
    3: "third|derde|dritte|tercer|terceir|troisième|terz|trzeci|třetí|tretj|treći|трећ|трет|tredje|kolma|harmadik"
    "|τρίτ|üçüncü|الثالثة|שלישי|thứ ba|ketiga|तीसर",
    4: "fourth|vierde|vierte|cuart|quatrième|quart|czwart|čtvrt|četvrt|четврт|четвер|четвёрт|fjärde|fjerde|neljä"
    "|negyedik|τέταρτ|dördüncü|الرابعة|רביעי|thứ tư|keempat|चौथ",
    5: "fifth|vijfde|fünfte|quint|cinquième|piąt|pát|peti|пети|пят|п'ят|femte|viide|ötödik|πέμπτ|beşinci|الخامسة|חמישי"
    "|thứ năm|kelima|पाँचव",
    6: "sixth|zesde|sechste|sext|sixième|sest|szóst|šest|шест|шост|sjätte|sjette|kuude|hatodik|altıncı|السادسة|שישי",
    7: "seventh|zevende|siebte|séptim|septième|sétim|settim|siódm|sedm|седьм|сьом|sjunde|syvende|hetedik|yedinci",
    8: "eighth|achtste|achte|octav|huitième|oitav|ottav|ósm|osm|восьм|восьм|åttonde|ottende|nyolcadik|sekizinci",
    9: "ninth|negende|neunte|noven|neuvième|non[oa]|dziewiąt|devát|девят|дев'ят|nionde|niende|kilencedik|dokuzuncu",
    10: "tenth|tiende|zehnte|décim|dixième|decim|dziesiąt|desát|десят|tionde|tiende|tizedik|onuncu",
}
_CJK_NUMBERS = {c: n for n, c in enumerate("一二三四五六七八九十", 1)}
_THAI_NUMBERS = {
    "หนึ่ง": 1, "สอง": 2, "สาม": 3, "สี่": 4, "ห้า": 5, "หก": 6, "เจ็ด": 7, "แปด": 8, "เก้า": 9, "สิบ": 10,
}  # fmt: skip
_KOREAN_NUMBERS = {"첫": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6}

_WORD = rf"(?<![\p{{L}}\p{{N}}])(?:{_STEP})\p{{L}}{{0,3}}(?!\p{{L}})"
_NUMBER = r"(?P<digits>\p{Nd}{1,2})(?!\p{N}|[.,:]\p{N})(?P<letter>[.)]?[a-z](?!\p{L}))?"
_SUFFIX = r"(?:st|nd|rd|th|e|de|ste|er|re|ère|ème|[.ºªo°]|-[\p{L}]{1,3}|['’]?(?:inci|ıncı|uncu|üncü))?"
_NAMED = "|".join(rf"(?P<n{n}>{stems})" for n, stems in _ORDINALS.items())
_ORDINAL = rf"(?<![\p{{L}}\p{{N}}])(?:{_NAMED})\p{{L}}{{0,5}}(?!\p{{L}})"
_CJK = "|".join(_CJK_NUMBERS)
_THAI = "|".join(_THAI_NUMBERS)
_KOREAN = "|".join(_KOREAN_NUMBERS)
_PATTERNS = [
    regex.compile(pattern, regex.IGNORECASE)
    for pattern in (
        rf"{_WORD}[\s:#№n.]{{0,4}}{_NUMBER}",
        rf"(?<![\p{{N}}.,])(?P<digits>\p{{Nd}}{{1,2}}){_SUFFIX}\s?{_WORD}",
        rf"{_ORDINAL}\s(?:{_WORD})",
        rf"{_WORD}\s(?:{_ORDINAL})",
        rf"第?\s?(?:(?P<digits>\p{{Nd}}{{1,2}})|(?P<cjk>{_CJK}))\s?(?:番目の?|个|個|번째|번)?\s?(?:{_STEP_UNSPACED})",
        rf"(?:{_STEP_UNSPACED})\s?(?:(?P<digits>\p{{Nd}}{{1,2}})(?!\p{{N}})|(?P<cjk>{_CJK})|(?P<thai>{_THAI}))",
        rf"(?P<korean>{_KOREAN})\s?번째\s?(?:{_STEP_UNSPACED})",
    )
]
# the whole question is a number, or a number after a word or two: "and 3?"
_ALONE = regex.compile(rf"\W*(?:\p{{L}}{{1,4}}\s)?{_NUMBER}{_SUFFIX}\W*", regex.IGNORECASE)
_WORDS = regex.compile(r"\p{L}+")


class StepReference(NamedTuple):
    """The number of a step, with its letter where one was named ("2.a"), and how many words say something else."""

    number: str
    other_words: int


def step_reference(question: str) -> StepReference | None:
    """The step that a question speaks of, None where it speaks of none."""
    text = unicodedata.normalize("NFKC", question).casefold()
    if match := _ALONE.fullmatch(text):
        return StepReference(_number(match), 0)
    for pattern in _PATTERNS:
        if match := pattern.search(text):
            rest = text[: match.start()] + " " + text[match.end() :]
            return StepReference(_number(match), len(_WORDS.findall(rest)))
    return None


def _number(match: regex.Match[str]) -> str:
    found = {name: value for name, value in match.groupdict().items() if value}
    if digits := found.get("digits"):
        number = "".join(str(unicodedata.decimal(c)) for c in digits)
        letter = found.get("letter", "").strip(".)")
        return f"{int(number)}.{letter}" if letter else str(int(number))
    for name, table in (("cjk", _CJK_NUMBERS), ("thai", _THAI_NUMBERS), ("korean", _KOREAN_NUMBERS)):
        if word := found.get(name):
            return str(table[word])
    return next(name[1:] for name in found if regex.fullmatch(r"n\d+", name))
