"""Each kind of finding: what differs is found, what only looks different isn't."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.checks.finding import Found, Kind, Pair
from indexer.checks.kinds import KINDS
from kb.article import Run

MakePair = Callable[[str, str], Pair]


def look(kind: Kind, pair: Pair) -> list[Found]:
    check = KINDS[kind].check
    assert check is not None
    return list(check(pair))


def shown(text: str, ranges: tuple[tuple[int, int], ...]) -> list[str]:
    return [text[a:b] for a, b in ranges]


@pytest.mark.parametrize(
    ("kind", "source", "target", "lost", "extra"),
    [
        ("number", "Wait 30 minutes.", "Wacht 15 minuten.", ["30"], ["15"]),
        ("number", "It is 1,000 or 2.5.", "Het is 1.001 of 2,5.", ["1,000"], ["1.001"]),
        ("number", "Open in 2019 and 2021.", "Open in 2019.", ["2021"], []),
        ("measure", "Up to 5 GB.", "Tot 5 MB.", ["5 GB"], ["5 MB"]),
        ("measure", "After 24 hours.", "Na 24 dagen.", ["24 hours"], ["24 dagen"]),
        ("code", "Run `lpq -P x`.", "Draai `lpk -P x`.", ["lpq -P x"], []),
        ("code", "Run Get-Mailbox now.", "Voer Postvak ophalen uit.", ["Get-Mailbox"], []),
        ("code", "Error 0x80072EE7 in setup.exe.", "Fout in opstart.exe.", ["0x80072EE7", "setup.exe"], []),
        ("link", "See [this](https://a.example/x).", "Zie dit.", ["this"], []),
        ("link", "See [this](a.md).", "Zie [dit](b.md).", ["this"], ["dit"]),
        ("link", "See [this](https://a.example/x).", "Zie [dit] (https://a.example/x).", [], ["] (https://"]),
        ("link", "See https://a.example/x now.", "Zie https://b.example/x nu.", ["https://a.example/x"], []),
        (
            "bold",
            "Select **Save** > **Close**.",
            "Kies **Opslaan** > Sluiten.",
            ["Save", "Close"],
            ["Opslaan"],
        ),
        ("bold", "Select **Save**.", r"Kies \*\* Opslaan\*\*.", [], ["**", "**"]),
        ("placeholder", "Use {AccountId}.", "Gebruik {RekeningId}.", ["{AccountId}"], []),
        ("placeholder", r"Use \<your name> at a.", "Gebruik uw naam op a.", ["<your name>"], []),
        ("placeholder", "Open contoso.example.", "Open kontoso.example.", ["contoso"], []),
        ("letter", "b. Press it.", "op. Druk erop.", ["b"], ["op."]),
        ("untranslated", "Press the button on the left.", "Press the button on the left.", None, None),
        (
            "untranslated",
            "Close the lid. Then wait until the printer has stopped.",
            "Sluit de klep. Then wait until the printer has stopped.",
            ["Then wait until the printer has stopped"],
            ["Then wait until the printer has stopped"],
        ),
    ],
)
def test_what_differs_is_found_and_shown(
    pair: MakePair, kind: Kind, source: str, target: str, lost: list[str] | None, extra: list[str] | None
) -> None:
    made = pair(source, target)
    found = look(kind, made)
    assert {one.kind for one in found} == {kind}
    if lost is not None and extra is not None:
        assert [s for one in found for s in shown(made.source, one.source_ranges)] == lost
        assert [s for one in found for s in shown(made.target, one.target_ranges)] == extra


@pytest.mark.parametrize(
    ("kind", "source", "target"),
    [
        ("number", "1,000 files of 2.5 MB", "1.000 bestanden van 2,5 MB"),
        ("number", "1,000 files", "1 000 fichiers"),
        ("number", "100K boxes, 30 million items", "100.000 postvakken, 30.000.000 items"),
        ("number", "June 5, 2021", "2021 年 6 月 5 日"),
        ("number", "7/31/2021", "31.07.2021"),
        ("number", "Microsoft 365", "Microsoft ๓๖๕"),
        ("number", "Open 24/7.", "24 uur per dag, 7 dagen per week open."),
        ("number", "At 5 PM.", "Om 17 uur."),
        ("number", "Wait 2 hours.", "Wacht twee uur."),
        ("number", "Wait two hours.", "Wacht 2 uur."),
        ("number", "Use v2.0 of OAuth.", "OAuth2.0 を使う。"),
        ("number", "1 million events", "100 万个事件"),
        ("number", "Within 1 hour, by a 3rd party.", "Binnen het uur, door een derde partij."),
        ("number", "Starts at 3:00 AM.", "Commence à 3h00."),
        ("number", "On the 25th.", "في الخامس والعشرين."),
        ("number", "COVID-19 rules", "コロナの規則"),
        ("number", "Open `a 17`.", "Open `a 18`."),
        ("measure", "2 GB and 24 hours", "2 Go et 24 heures"),
        ("measure", "365 to others", "365 an andere"),
        ("code", "A Read-Only file and add-ins.", "Een alleen-lezen bestand."),
        ("code", "Use `your domain`.", "Gebruik `uw domein`."),
        ("code", "Mail joe@contoso.com.", "Mail jan@contoso.com."),
        ("link", "[a](https://a.example/en-us/x/) [b](b.md)", "[b](b.md) [a](https://a.example/nl-nl/x)"),
        ("bold", "Select **Save**.", "Kies **Opslaan**."),
        ("bold", "Select **Save** **>** **Close**.", "Kies **Opslaan** > **Sluiten**."),
        ("placeholder", r"Use \<your name>.", r"Gebruik \<uw naam>."),
        ("letter", "a. Press it.", "a) Druk erop."),
        ("letter", "b. Press it.", "б. Нажмите."),
        ("untranslated", "Microsoft Defender for Identity", "Microsoft Defender for Identity"),
        ("untranslated", "Imprima a folha de teste agora", "Imprima a folha de teste agora"),
        ("untranslated", "$Box = Get-Mailbox -Identity of the user", "$Box = Get-Mailbox -Identity of the user"),
    ],
)  # fmt: skip
def test_what_is_said_in_another_way_is_no_finding(
    pair: MakePair, kind: Kind, source: str, target: str
) -> None:
    assert look(kind, pair(source, target)) == []


TEXT = st.text(st.sampled_from("aZé日ก٣5 .,:'<>{}[]()*`%$@#/-_\\\n0x"), max_size=60)


@settings(deadline=None)
@given(source=TEXT, target=TEXT)
def test_no_text_breaks_a_check_and_ranges_stay_in_their_text(source: str, target: str) -> None:
    made = Pair.build("1", 1, (Run(target),), (Run(source),))
    for kind, info in KINDS.items():
        for found in info.check(made) if info.check is not None else ():
            assert found.kind == kind
            assert found.message
            for text, ranges in ((source, found.source_ranges), (target, found.target_ranges)):
                assert all(0 <= a <= b <= len(text) for a, b in ranges)


@pytest.mark.parametrize(
    "digits", ["9" * 5000, "9" * 5000 + "万", "9" * 5000 + " million at 5 pm", "1" + ",000" * 9000]
)
def test_numbers_of_any_length_are_compared(pair: MakePair, digits: str) -> None:
    assert look("number", pair(digits, digits)) == []
    assert [found.kind for found in look("number", pair(digits, "77"))] == ["number"]


@settings(deadline=None)
@given(text=TEXT)
def test_equal_sides_differ_in_nothing(text: str) -> None:
    made = Pair.build("1", 1, (Run(text),), (Run(text),))
    for kind in ("number", "measure", "code", "link", "bold", "placeholder"):
        assert look(kind, made) == [], kind
