"""Alerts and notes: `> [!NOTE]`, its translated kinds, and quotes that start with a bold "Note:"."""

from __future__ import annotations

import re
from dataclasses import replace

from kb.article import BlockKind, Run, Segment, visible

# Kinds by the words that mean them, casefolded. English first; the others are met where a monolingual article
# had its marker translated. A word that is not here is a kind of its own.
_KINDS = """
note: note notes opmerking notitie hinweis anmerkung remarque nota notas observação примечание 注
    注意事项 备注 註 メモ 注記 참고 poznámka uwaga megjegyzés notă merk bemærk huomautus
    ملاحظة הערה หมายเหตุ not napomena σημείωση
tip: tip tips tipp conseil conseils astuce sugerencia consejo dica suggerimento совет 提示 秘訣 ヒント 팁
    porada wskazówka råd vihje تلميح עצה เคล็ดลับ ipucu savet savjet συμβουλή
important: important belangrijk wichtig importante важно 重要 重要說明 중요 důležité ważne fontos vigtigt
    viktigt viktig tärkeää مهم חשוב สำคัญ önemli važno σημαντικό
warning: warning waarschuwing warnung avertissement advertencia aviso avviso предупреждение 警告 경고
    upozornění ostrzeżenie figyelmeztetés advarsel varning varoitus تحذير אזהרה คำเตือน uyarı
    upozorenje προειδοποίηση
caution: caution vorsicht attention precaución cuidado attenzione внимание 注意 小心 주의 pozor przestroga
    vigyázat forsigtig försiktighet varo تنبيه זהירות ข้อควรระวัง dikkat oprez προσοχή
"""
_KIND_OF = {
    word: kind
    for kind, words in re.findall(r"^(\w+):(.*(?:\n    .*)*)", _KINDS, re.M)
    for word in words.split()
}
# "[!NOTE]", "[! CONSEILS]", "[!VIDEO https://…]"; a whole marker must start the quote.
_MARKER = re.compile(r"\s*\[!\s*([^\W\d_][^\[\]\s]{0,30})(\s[^\[\]]*)?\]\s*")
_NO_MARKERS = frozenset({"video", "sample", "samples"})
_SPOKEN = re.compile(r"\s*([^\W\d_]{2,20})\s*[:：]")


def alert_of(segments: list[Segment]) -> tuple[BlockKind, str | None, list[Segment]] | None:
    """(block kind, alert kind, segments with the marker set apart) of a quote that begins with a marker.

    The source side decides. `[!div class="…"]` marks a layout and no alert; `[!VIDEO …]` is text.
    """
    if not segments:
        return None
    first = segments[0]
    judged = first.source if first.source else first.target
    match = _MARKER.match(visible(judged))
    if match is None:
        return _spoken(segments, judged)
    word = match[1].casefold()
    if word in _NO_MARKERS:
        return None
    block_kind: BlockKind = "quote" if match[2] and "=" in match[2] else "note"
    kind = None if block_kind == "quote" else _KIND_OF.get(word, word)
    if first.unit is not None:
        # a unit stays whole: its marker is set apart only where the unit is nothing else
        whole = match.end() == len(visible(judged))
        return block_kind, kind, [replace(first, marker=whole), *segments[1:]]
    marker, rest = _cut(first.target, match.end())
    head = replace(first, target=marker, source=marker if first.source is not None else None, marker=True)
    out = [head]
    if rest:
        out.append(replace(first, target=rest, source=rest if first.source is not None else None, glue=" "))
    return block_kind, kind, [*out, *segments[1:]]


def _spoken(
    segments: list[Segment], judged: tuple[Run, ...]
) -> tuple[BlockKind, str | None, list[Segment]] | None:
    """A quote that says "Note:" in its first words."""
    match = _SPOKEN.match(visible(judged))
    kind = _KIND_OF.get(match[1].casefold()) if match else None
    return ("note", kind, segments) if kind else None


def _cut(runs: tuple[Run, ...], at: int) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Runs before and after a position of their visible text, blanks at the cut dropped."""
    before: list[Run] = []
    after: list[Run] = []
    for run in runs:
        if run.image is not None or at <= 0:
            after.append(run)
            continue
        if len(run.text) <= at:
            before.append(run)
        else:
            before.append(replace(run, text=run.text[:at].rstrip()))
            after.append(replace(run, text=run.text[at:].lstrip()))
        at -= len(run.text)
    if before:
        before[-1] = replace(before[-1], text=before[-1].text.rstrip())
    return tuple(before), tuple(run for run in after if run.text or run.image is not None)
