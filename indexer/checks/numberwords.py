"""Written-out numbers: English ones by word, other languages' by stems, in all languages at once.

A stem that means another word in another language only hides a difference; it never makes one.
"""

from __future__ import annotations

import regex

ENGLISH_NUMBERS = {
    word: str(value)
    for value, words in {
        0: "zero none no",
        1: "one first once single a an another each per daily weekly monthly yearly hourly",
        2: "two second twice both double couple pair half",
        3: "three third triple thrice",
        4: "four fourth quarter",
        5: "five fifth",
        6: "six sixth",
        7: "seven seventh week",
        8: "eight eighth",
        9: "nine ninth",
        10: "ten tenth",
        11: "eleven eleventh",
        12: "twelve twelfth dozen noon midnight",
        15: "fifteen",
        20: "twenty",
        24: "day",
        30: "thirty month",
        60: "sixty",
        90: "ninety",
        100: "hundred",
        1000: "thousand",
    }.items()
    for word in words.split()
}
MONTHS = {
    name: str(n)
    for n, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_STEMS = {
    0: "nul null zéro zero cero нол нул sıfır صفر ศูนย์ ゼロ 零 nijed nula",
    1: "een één eerst ein erst un premi uno una primer um uma prim"
    " один одн перв bir ilk واحد أول หนึ่ง แรก 一 jed prv jeden",
    2: "twee zwei deux dos\\b dois duas segund second dwu дв втор iki اثن ثان مرتين ساعتين"
    " يومين شهرين أسبوعين دقيقتين عامين سنتين خيارين สอง 二 两 兩 ふた dva\\b dve dvo drug zweit beid beide",
    3: "drie drei dritt trois tres três terce troisi тр üç ثلاث ثالث สาม 三 tri treć",
    4: "vier quatre cuatr quatr cuart quart четыр четв dört أربع اربع رابع สี่ 四 četir četv",
    5: "vijf fünf fünft cinq cinco quint пят beş خمس خامس ห้า 五 pet",
    6: "zes sechs six seis sext шест altı ست سادس หก 六 šest",
    7: "zeven sieb sept siete sete сем седьм yedi سبع سابع เจ็ด 七 sedam sedm",
    8: "acht huit ocho oito восем вось sekiz ثمان ثامن แปด 八 osam osm",
    9: "negen neun neuf nueve nove девят dokuz تسع تاسع เก้า 九 devet",
    10: "tien zehn dix diez dez десят on\\s عشر عاشر สิบ 十 deset",
    11: "elf onze once одиннадцат on\\sbir احد سิบเอ็ด 十一 jedanaest",
    12: "twaalf zwölf douz doce doze двенадцат on\\siki اثن สิบสอง 十二 dvanaest mittag mitternacht",
    15: "vijftien fünfzehn quinze quince пятнадцат on\\sbeş 十五 สิบห้า petnaest",
    20: "twintig zwanzig vingt veinte vinte двадцат yirmi عشرين عشرون 二十 ยี่สิบ dvadeset",
    30: "dertig dreißig trente treinta trinta тридцат otuz ثلاثين"
    " ثلاثون 三十 สามสิบ trideset monat maand mois mes\\b",
    60: "zestig sechzig soixante sesenta sessenta шестьдес altmış ستين 六十 หกสิบ šezdeset",
    90: "negentig neunzig quatre-vingt-dix noventa девяност doksan تسعين 九十 เก้าสิบ devedeset",
    100: "honderd hundert cent cien сто yüz مائة مئة ร้อย 百 sto\\b",
    1000: "duizend tausend mil\\b тысяч bin\\b ألف พัน 千 hiljad",
}
# The Arabic dual says two by its ending.
_DUAL = r"|\p{Arabic}{2,}(?:ين|ان)(?!\p{Arabic})"
# At the start of a word where the script has words; anywhere in Thai, Chinese, Japanese and Arabic.
WRITTEN = {
    str(value): regex.compile(
        "|".join(
            stem
            if regex.match(r"[\p{Han}\p{Thai}\p{Hiragana}\p{Katakana}\p{Arabic}]", stem)
            else rf"\b{stem}"
            for stem in stems.split()
        )
        + (_DUAL if value == 2 else "")
    )
    for value, stems in _STEMS.items()
}
