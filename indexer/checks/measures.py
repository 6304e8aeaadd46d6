"""A quantity whose unit of measure changed: GB became MB, hours became days."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from indexer.checks.finding import Found, Pair
from indexer.checks.numbers import numbers

# Forms of a unit in many languages: symbols whole, words by their stems, in all languages at once. A form that
# is missing hides a difference; it never makes one.
_FORMS = {
    "KB": "(?:KB|kB|Ko|КБ|Кбайт)(?!\\w)|[Kk]ilobyte|килобайт|kilooctet|كيلوبايت|กิโลไบต์",
    "MB": "(?:MB|Mo|МБ|Мбайт)(?!\\w)|[Mm]egabyte|мегабайт|mégaoctet|ميغابايت|ميجابايت|เมกะไบต์",
    "GB": "(?:GB|Go|ГБ|Гбайт)(?!\\w)|[Gg]igabyte|гигабайт|gigaoctet|غيغابايت|جيجابايت|กิกะไบต์",
    "TB": "(?:TB|To|ТБ|Тбайт)(?!\\w)|[Tt]erabyte|терабайт|téraoctet|تيرابايت|เทราไบต์",
    "second": "seconds?(?!\\w)|[Ss]ekund|seconden?(?!\\w)|segundo|секунд|saniye|秒|ثاني|ثوان|วินาที",
    "minute": "minut|[Mm]inut|минут|dakika|分|دقيق|دقائق|นาที",
    "hour": "hours?(?!\\w)|uur(?!\\w)|uren(?!\\w)|[Ss]tunde|heure|horas?(?!\\w)|час(?:а|ов)?(?!\\w)|saat|時間|小时"
    "|ساع|ชั่วโมง|sat[ia]?(?!\\w)",
    "day": "(?:business |working )?days?(?!\\w)|dag(?:en)?(?!\\w)|Tag(?:en?)?(?!\\w)|jours?(?!\\w)|días?(?!\\w)"
    "|dias?(?!\\w)|дн[яей]|день|gün|日|天|يوم|أيام|วัน|dana?(?!\\w)",
    "week": "weeks?(?!\\w)|weken(?!\\w)|[Ww]oche|semaine|semana|недел|hafta|週|周|أسبوع|أسابيع|สัปดาห์|nedelj|sedmic",
    "month": "months?(?!\\w)|maand|[Mm]onat|mois(?!\\w)|mes(?:es)?(?!\\w)|mês(?!\\w)|месяц|ay(?!\\w)|か月|ヶ月|个月|شهر"
    "|أشهر|เดือน|mesec",
    "year": "years?(?!\\w)|jaar|jaren|[Jj]ahr|ans(?!\\w)|année|años?(?!\\w)|anos?(?!\\w)|год|лет(?!\\w)|yıl|年"
    "|سنوات|سنة|أعوام|ปี|godin",
}
_UNIT = regex.compile(
    r"[\s\u00a0\u202f-]{0,2}(?:" + "|".join(f"(?P<{name}>{forms})" for name, forms in _FORMS.items()) + r")"
)


def check_measures(pair: Pair) -> Iterator[Found]:
    """One finding for each quantity of the source that has another unit wherever the target has its number."""
    source, target = pair.source_prose, pair.target_prose
    mine_all = [(n, unit_after(source, n.end)) for n in numbers(source)]
    if not any(unit for _, unit in mine_all):
        return
    theirs = numbers(target)
    for number, mine in mine_all:
        others = [(n, unit_after(target, n.end)) for n in theirs if n.value == number.value]
        if mine is None or not others:
            continue
        if all(other is not None and other[0] != mine[0] for _, other in others):
            found = [(n.start, other[1]) for n, other in others if other is not None]
            yield Found(
                "measure",
                f"{number.value} {mine[0]} became {', '.join(sorted({o[0] for _, o in others if o}))}",
                ((number.start, mine[1]),),
                tuple(found),
            )


def unit_after(text: str, position: int) -> tuple[str, int] | None:
    """(the unit of measure that follows, where it ends), None if none that is known."""
    match = _UNIT.match(text, position)
    return None if match is None or match.lastgroup is None else (match.lastgroup, match.end())
